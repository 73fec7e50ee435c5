"""Fills message queues, of System V and of POSIX, which hold their messages in the kernel."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None, use_errno=True)
    held = [f"msgget {number}" for number in range(3) if libc.msgget(0, 0o1600) >= 0]
    held += [f"semget {number}" for number in range(3) if libc.semget(0, 100, 0o1600) >= 0]
    held += [f"mq_open {number}" for number in range(3) if libc.syscall(240, b"queue", 0o102, 0o600, 0) >= 0]
    return held
