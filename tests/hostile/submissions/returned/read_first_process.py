"""Reads the memory, environment and descriptors of the process above."""

import os


def attack(canary, port):
    found = []
    for name in ("mem", "environ", "maps"):
        try:
            with open(f"/proc/1/{name}", "rb") as file:
                file.read(1)
            found.append(name)
        except OSError:
            pass
    try:
        found += os.listdir("/proc/1/fd")
    except OSError:
        pass
    return found
