"""Phones that went out of reach without a word: their connections must end by themselves.

A PATCH whose phone is gone sits in a read, and a thread with it; granian gives no way to end that read from outside.
So the kernel is asked to look whether the other end is still there. What is set on a listening socket, connections
accepted from it inherit (tcp(7)). Granian makes that socket itself, after the application: hence a look at what this
process has open, at its first upload. Behind a proxy these are the proxy's connections, and its timeouts do the rest.
"""

import os
import socket
import sys
from functools import cache
from pathlib import Path

IDLE, INTERVAL, COUNT = 60, 15, 4
"""Seconds of silence before the first question, between questions, and how many may stay unanswered: two minutes."""


@cache
def watch() -> int:
    """Have the kernel watch every connection that this process accepts from now on; the number of listeners found.
    Only on Linux, once in a process. Elsewhere nothing is done: waitress, which serves there, ends silent ones."""
    if sys.platform != "linux":
        return 0
    found = 0
    for entry in list(Path("/proc/self/fd").iterdir()):
        try:
            if not str(entry.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as copy:
                if copy.family not in (socket.AF_INET, socket.AF_INET6):
                    continue
                listens = copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
                copy.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE)
                copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, INTERVAL)
                copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, COUNT)
                found += bool(listens)
        except OSError:
            continue  # closed meanwhile, or of a kind that takes no such question
    return found
