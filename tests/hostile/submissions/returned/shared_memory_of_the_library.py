"""Takes shared memory by the standard library, more than its folder holds."""

import os
from multiprocessing import shared_memory


def attack(canary, port):
    found = []
    for number in range(8):
        try:
            block = shared_memory.SharedMemory(create=True, size=1 << 28)
            os.posix_fallocate(block._fd, 0, 1 << 28)
            found.append(number)
        except OSError:
            pass
    return found
