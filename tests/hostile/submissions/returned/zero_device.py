"""Fills shared maps of the device that gives zeros, which are memory without a file."""

import mmap
import os


def attack(canary, port):
    found = []
    for flags, access in ((os.O_RDWR, mmap.PROT_READ | mmap.PROT_WRITE), (os.O_RDONLY, mmap.PROT_READ)):
        try:
            file = os.open("/dev/zero", flags)
            mmap.mmap(file, 1 << 20, mmap.MAP_SHARED, access)
            found.append(flags)
        except OSError:
            pass
    return found
