"""Lets children burn the CPU time."""

import os


def attack(canary, port):
    for _ in range(3):
        if os.fork() == 0:
            while True:
                pass
    os.wait()
