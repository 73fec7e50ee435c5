"""Fills the memory with anonymous shared pages."""

import mmap


def attack(canary, port):
    held = []
    while True:
        held.append(mmap.mmap(-1, 1 << 24))
        held[-1].write(b"x" * (1 << 24))
