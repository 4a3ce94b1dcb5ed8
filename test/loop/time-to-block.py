"""How long a source goes on being answered after its last hostile byte; seen from outside, one source after the other.

Arguments: mode host port closed-port detail source...

`request`  a request that attacks CVE-2017-9841 to the HTTP decoy at `port`; the clock starts when its last byte is handed to the kernel.
`line`     a line that tells of a failed login, appended to the log file `detail`; the clock starts when it is written.

Then the source connects to `closed-port` again and again, which the host's kernel refuses at once with no process of
its own involved, until a connect stays unanswered and the next one too: on a busy machine a single answer can be late. The block came
before the first of the two began, and after the last answered one.
One JSON line a source: milliseconds from the clock's start to the start of that connect; null where it never came.
"""

import errno
import json
import os
import select
import socket
import sys
import time

# Each processor has a queue of packets of its own: on one, no connect overtakes the hostile bytes before it, or is overtaken by a block.
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

mode, host, port, closed_port, detail = sys.argv[1:6]
sources = sys.argv[6:]
IP_BIND_ADDRESS_NO_PORT = 24
pause = 0.0003 if mode == "request" else 0.002
give_up = 5.0 if mode == "request" else 30.0
# Longer than any answer of a kernel on this wire takes, also on a busy machine.
unanswered_after = 100
body = b"<?php echo md5('phpunit'); ?>"
request = (
    b"POST /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php HTTP/1.1\r\nHost: "
    + host.encode()
    + b"\r\nUser-Agent: Mozilla/5.0\r\nContent-Type: text/plain\r\nContent-Length: "
    + str(len(body)).encode()
    + b"\r\n\r\n"
    + body
)


def outgoing(source):
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    made.bind((source, 0))
    return made


def answered(source):
    with outgoing(source) as probe:
        probe.setblocking(False)
        code = probe.connect_ex((host, int(closed_port)))
        if code != errno.EINPROGRESS:
            return code == errno.ECONNREFUSED
        waiting = select.poll()
        waiting.register(probe, select.POLLOUT)
        return len(waiting.poll(unanswered_after)) > 0


for source in sources:
    if not any(answered(source) for _ in range(10)):
        print(json.dumps({"source": source, "milliseconds": None, "error": "unanswered before it began"}), flush=True)
        continue
    hostile = None
    if mode == "request":
        hostile = outgoing(source)
        hostile.settimeout(10)
        try:
            hostile.connect((host, int(port)))
            hostile.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            hostile.sendall(request)
        except OSError as error:
            print(json.dumps({"source": source, "milliseconds": None, "error": str(error)}), flush=True)
            continue
    else:
        stamp = time.strftime("%b %d %H:%M:%S")
        with open(detail, "a", buffering=1) as log:
            log.write(f"{stamp} host sshd[4711]: Failed password for invalid user admin from {source} port 40000 ssh2\n")
    begin = time.monotonic()
    last = begin
    elapsed = None
    while time.monotonic() - begin < give_up:
        start = time.monotonic()
        if not answered(source) and not answered(source):
            elapsed = (start - begin) * 1000
            break
        last = start
        time.sleep(pause)
    print(
        json.dumps({"source": source, "milliseconds": elapsed, "lastAnswered": (last - begin) * 1000}),
        flush=True,
    )
    if hostile is not None:
        hostile.close()
