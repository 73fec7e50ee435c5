"""Fills memory files in several processes: no process maps them."""

import os


def attack(canary, port):
    held = []
    for number in range(4):
        try:
            file = os.memfd_create("memory")
        except OSError:
            continue
        os.ftruncate(file, 1 << 30)
        held.append(number)
        if os.fork() == 0:
            while os.write(file, bytes(1 << 24)):
                pass
    return held
