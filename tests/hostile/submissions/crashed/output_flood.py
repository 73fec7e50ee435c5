"""Prints without end."""

import os


def attack(canary, port):
    while True:
        os.write(1, b"flood " * 10_000)
