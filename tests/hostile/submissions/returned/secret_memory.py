"""Asks for memory that is hidden from the kernel, and so from whoever counts."""

import ctypes


def attack(canary, port):
    return [] if ctypes.CDLL(None).syscall(447, 0) < 0 else ["memfd_secret"]
