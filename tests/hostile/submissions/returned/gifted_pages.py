"""Puts pages of large maps into pipes and unmaps them: the pipe holds them."""

import ctypes
import os


def attack(canary, port):
    libc = ctypes.CDLL(None, use_errno=True)
    page = ctypes.create_string_buffer(4096)
    part = (ctypes.c_size_t * 2)(ctypes.addressof(page), 4096)
    _, end = os.pipe()
    return [] if libc.syscall(278, end, part, 1, 8) < 0 else ["vmsplice"]
