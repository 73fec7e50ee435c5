"""Fills standard error without end."""

import os


def attack(canary, port):
    while True:
        os.write(2, b"flood " * 10_000)
