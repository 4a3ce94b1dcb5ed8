"""How long a source goes on being answered after its last hostile byte; seen from outside, one source upon the other.

Arguments: mode host port closed-port detail rest source...

`request`  a request that attacks CVE-2017-9841 to the HTTP decoy at `port`; the clock starts before its bytes are handed to the kernel.
`line`     a line that tells of a failed login, appended to the log file `detail`; the clock starts before it is written.

Then the source connects to `closed-port` again and again, which the host's kernel refuses at once with no process of
its own involved, until a connect stays unanswered and the next one too. The block came before the first of the two began, and after
the last answered one. On a busy machine a single answer can be late: both are watched for long enough while the next source has begun, and
where an answer does come, the source is asked on until one stays away for good.
`rest` is the time between a source and the next, milliseconds; 0 for an attack in which they come as fast as they are blocked.
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

mode, host, port, closed_port, detail, rest = sys.argv[1:7]
sources = sys.argv[7:]
IP_BIND_ADDRESS_NO_PORT = 24
pause = 0.0001 if mode == "request" else 0.002
give_up = 5.0 if mode == "request" else 30.0
# A kernel that refuses does so within some 0.1 ms, milliseconds.
looks_unanswered_after = 5
# Longer than any answer of a kernel on this wire takes, also on a busy machine, milliseconds.
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


def say(source, **figures):
    print(json.dumps({"source": source, **figures}), flush=True)


def outgoing(source):
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    made.bind((source, 0))
    return made


class Probe:
    """One connect to the closed port."""

    def __init__(self, source):
        self.start = time.monotonic()
        self.socket = outgoing(source)
        self.socket.setblocking(False)
        code = self.socket.connect_ex((host, int(closed_port)))
        self.refused = code == errno.ECONNREFUSED
        self.failed = code not in (errno.ECONNREFUSED, errno.EINPROGRESS)
        self.waiting = select.poll()
        self.waiting.register(self.socket, select.POLLOUT)

    def answered(self, patience):
        return self.refused or (not self.failed and len(self.waiting.poll(patience)) > 0)

    def close(self):
        self.socket.close()


class Attack:
    """A source from its last hostile byte until two connects in a row stay unanswered."""

    def __init__(self, source):
        self.source = source
        self.hostile = None
        self.silent = []
        self.last = 0.0
        self.begin = 0.0

    def strike(self):
        if mode == "request":
            self.hostile = outgoing(self.source)
            self.hostile.settimeout(10)
            self.hostile.connect((host, int(port)))
            self.hostile.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.begin = time.monotonic()
            self.hostile.sendall(request)
        else:
            stamp = time.strftime("%b %d %H:%M:%S")
            self.begin = time.monotonic()
            with open(detail, "a", buffering=1) as log:
                log.write(
                    f"{stamp} host sshd[4711]: Failed password for invalid user admin from {self.source} port 40000 ssh2\n"
                )
        self.last = self.begin

    def ask(self, patience):
        """Connects until two in a row are silent for as long; False where that never comes."""
        while time.monotonic() - self.begin < give_up:
            self.silent = []
            for _ in range(2):
                probe = Probe(self.source)
                if probe.answered(patience):
                    self.last = probe.start
                    probe.close()
                    break
                self.silent.append(probe)
            if len(self.silent) == 2:
                return True
            for probe in self.silent:
                probe.close()
            time.sleep(pause)
        return False

    def due(self):
        return self.silent[1].start + unanswered_after / 1000

    def judge(self):
        """To be called when both have been silent for long enough."""
        was_late = any(probe.answered(0) for probe in self.silent)
        start = self.silent[0].start
        for probe in self.silent:
            probe.close()
        if was_late:
            if not self.ask(unanswered_after):
                self.end(None)
                return
            start = self.silent[0].start
            for probe in self.silent:
                probe.close()
        self.end((start - self.begin) * 1000)

    def end(self, milliseconds):
        say(self.source, milliseconds=milliseconds, lastAnswered=(self.last - self.begin) * 1000)
        if self.hostile is not None:
            self.hostile.close()


def answers(source):
    for _ in range(10):
        probe = Probe(source)
        answered = probe.answered(unanswered_after)
        probe.close()
        if answered:
            return True
    return False


watched = []
for source in sources:
    while watched and time.monotonic() >= watched[0].due():
        watched.pop(0).judge()
    if not answers(source):
        say(source, milliseconds=None, error="unanswered before it began")
        continue
    attack = Attack(source)
    try:
        attack.strike()
    except OSError as error:
        say(source, milliseconds=None, error=str(error))
        continue
    if attack.ask(looks_unanswered_after):
        watched.append(attack)
    else:
        attack.end(None)
    time.sleep(float(rest) / 1000)

for attack in watched:
    time.sleep(max(0.0, attack.due() - time.monotonic()))
    attack.judge()
