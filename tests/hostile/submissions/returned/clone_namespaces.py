"""Asks clone for a user namespace instead of unshare."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None)
    pid = libc.syscall(56, ctypes.c_ulong(0x10000000 | 17), None, None, None, None)
    if pid == 0:
        import os

        os._exit(0)
    return ["cloned"] if pid > 0 else []
