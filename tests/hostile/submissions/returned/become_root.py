"""Asks for other users and for capabilities."""

import os


def attack(canary, port):
    found = []
    for ask in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.chown(".", 0, 0)):
        try:
            ask()
            found.append("granted")
        except OSError:
            pass
    status = open("/proc/self/status").read()
    return found + [line for line in status.splitlines() if line.startswith(("CapEff", "CapPrm", "CapBnd")) and line.strip("CapEfPrmBnd:0\t ")]
