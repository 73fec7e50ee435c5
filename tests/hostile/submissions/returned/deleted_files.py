"""Fills its folders with files that no folder shows any more."""

import os


def attack(canary, port):
    held, total = [], 0
    for folder in ("/scratch", "/tmp", "/dev/shm"):
        try:
            for number in range(16):
                held.append(open(f"{folder}/{number}", "wb", buffering=0))
                os.unlink(f"{folder}/{number}")
                for _ in range(15):
                    total += held[-1].write(bytes(1 << 20))
        except OSError:
            continue
    return [] if total <= 3 * (65 << 20) else [total]
