"""Becomes root in a namespace of its own."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None)
    return [hex(flag) for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000) if libc.unshare(flag) == 0]
