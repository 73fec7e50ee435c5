"""Attaches a debugger to the process above."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None)
    return ["attached"] if libc.ptrace(16, 1, 0, 0) == 0 or libc.ptrace(0x4206, 1, 0, 0) == 0 else []
