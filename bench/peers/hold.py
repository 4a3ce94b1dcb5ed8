"""Opens connections from many addresses of 127.0.0.0/8, reads each one's greeting, and holds them until its input ends.

Arguments: port, number. Prints `held N` once all that could be had are greeted.
"""

import resource
import select
import socket
import sys
import time

port, number = int(sys.argv[1]), int(sys.argv[2])
per_source = 200
IP_BIND_ADDRESS_NO_PORT = 24
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
held = []
ready = select.epoll()
greeted = 0


def reap(timeout):
    global greeted
    for descriptor, _ in ready.poll(timeout):
        ready.unregister(descriptor)
        if by_descriptor[descriptor].recv(256):
            greeted += 1


by_descriptor = {}
for index in range(number):
    one = socket.socket()
    one.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    source = index // per_source
    one.bind((f"127.1.{source // 250}.{1 + source % 250}", 0))
    one.connect(("127.0.0.1", port))
    by_descriptor[one.fileno()] = one
    held.append(one)
    ready.register(one.fileno(), select.EPOLLIN)
    if index % 100 == 0:
        reap(0)
give_up = time.monotonic() + 60
while greeted < number and time.monotonic() < give_up:
    reap(0.1)
print(f"held {greeted}", flush=True)
sys.stdin.read()
