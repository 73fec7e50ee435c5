"""Fills shared maps without a file and drops their pages, which stay in memory."""

import mmap


def attack(canary, port):
    held = []
    for _ in range(24):
        try:
            held.append(mmap.mmap(-1, 1 << 27))
        except OSError:
            return []
        held[-1].write(b"x" * (1 << 27))
        held[-1].madvise(mmap.MADV_DONTNEED)
    return [len(held)]
