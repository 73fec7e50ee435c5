"""Leaves System V shared memory, which no folder shows."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None)
    libc.shmget(0x4811, 4096, 0o1666)
    libc.semget(0x4811, 1, 0o1666)
    return []
