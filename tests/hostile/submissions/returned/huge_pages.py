"""Takes huge pages that the system has set aside, shared and private."""

import mmap


def attack(canary, port):
    found = []
    for flags in (mmap.MAP_SHARED | 0x40000, mmap.MAP_SHARED | 0x40000 | 0x20):
        try:
            mmap.mmap(-1, 1 << 21, flags)
            found.append(flags)
        except OSError:
            pass
    return found
