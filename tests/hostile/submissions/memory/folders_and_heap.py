"""Shares its memory out: some in folders, in files that are deleted and still open, the rest in the process."""

import time

FILES, HEAP = 15 << 20, 400 << 20


def attack(canary, port):
    import os

    open_files = []
    for folder in ("/scratch", "/tmp", "/dev/shm"):
        for number in range(4):
            path = f"{folder}/{number}"
            open_files.append(open(path, "wb"))
            open_files[-1].write(bytes(FILES))
            open_files[-1].flush()
            os.unlink(path)
    held = bytearray(HEAP)
    for place in range(0, HEAP, 4096):
        held[place] = 1
    time.sleep(10_000)
