"""Fills the memory from many processes at once."""

import os
import time


def attack(canary, port):
    for _ in range(12):
        if os.fork() == 0:
            held = bytearray(150 << 20)
            for place in range(0, len(held), 4096):
                held[place] = 1
            time.sleep(10_000)
    time.sleep(10_000)
