"""Makes the same system calls under their other numbers."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None)
    return ["x32"] if libc.syscall(0x40000000 + 272, 0x10000000) == 0 else []
