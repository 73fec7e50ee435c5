"""Counts processes other than its own."""

import os


def attack(canary, port):
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if pid not in (1, os.getpid())]
