"""Overflows the C stack."""

import sys


def attack(canary, port):
    sys.setrecursionlimit(10**9)
    import ctypes

    call = ctypes.CFUNCTYPE(None)
    step = call(lambda: step())
    step()
