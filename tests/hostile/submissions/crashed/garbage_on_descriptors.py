"""Writes garbage to every descriptor."""

import os


def attack(canary, port):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, b"full marks" * 100)
        except OSError:
            pass
    return []
