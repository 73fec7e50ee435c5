"""Fills the memory with shared maps, as the standard library makes them."""

import mmap


def attack(canary, port):
    held = []
    try:
        while True:
            held.append(mmap.mmap(-1, 1 << 24))
            held[-1].write(b"x" * (1 << 24))
    except OSError:
        return [len(held)] if held else []
