"""Asks the kernel itself for shared maps, with other flags beside those that tell."""

import ctypes

SHARED, ANONYMOUS, NO_RESERVE, POPULATE, LOCKED = 0x01, 0x20, 0x4000, 0x8000, 0x2000


def attack(canary, port):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    found = []
    for others in (0, NO_RESERVE, POPULATE, LOCKED, 1 << 40, NO_RESERVE | POPULATE):
        flags = ctypes.c_long(SHARED | ANONYMOUS | others)
        place = libc.syscall(9, None, ctypes.c_long(1 << 20), ctypes.c_long(3), flags, ctypes.c_long(-1), ctypes.c_long(0))
        if place != -1:
            found.append(others)
    return found
