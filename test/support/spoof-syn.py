"""For tests: SYNs in another's name, by someone who hears no answer. Arguments: source destination first last mode.

`twice` sends each SYN again at once after the last of them; `some` a random half; `once` none; `stubborn` each three times, from one
source port.
"""

import random
import socket
import struct
import sys
import time

source, destination, first, last, mode = sys.argv[1:6]
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def send(port, source_port):
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    tcp = struct.pack(">HHIIBBHHH", source_port, port, 7, 0, 0x50, 2, 1024, 0, 0)
    tcp = tcp[:16] + struct.pack(">H", checksum(ends + struct.pack(">HH", 6, 20) + tcp)) + tcp[18:]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 40, port, 0, 64, 6, 0) + ends
    raw.sendto(ip + tcp, (destination, 0))


chunk = 500
for start in range(int(first), int(last) + 1, chunk):
    ports = range(start, min(start + chunk, int(last) + 1))
    for turn in range({"once": 1, "stubborn": 3}.get(mode, 2)):
        for port in ports:
            if mode == "some" and turn > 0 and random.random() < 0.5:
                continue
            send(port, 40_000 if mode == "stubborn" else 40_000 + turn)
        time.sleep(0.05)
