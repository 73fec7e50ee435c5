"""Fills shared memory of System V, segment by segment, and keeps none of it mapped."""

import ctypes

SEGMENT, SEGMENTS = 1 << 28, 12


def attack(canary, port):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    held = []
    for number in range(SEGMENTS):
        segment = libc.shmget(0, SEGMENT, 0o1600)
        if segment < 0:
            continue
        held.append(number)
        place = libc.shmat(segment, None, 0)
        ctypes.memset(place, 1, SEGMENT)
        libc.shmdt(ctypes.c_void_p(place))
    return held
