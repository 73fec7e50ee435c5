"""Closes every descriptor."""

import os


def attack(canary, port):
    os.closerange(0, 256)
    return []
