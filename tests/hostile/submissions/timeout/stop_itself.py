"""Stops itself."""

import os
import signal


def attack(canary, port):
    os.kill(os.getpid(), signal.SIGSTOP)
    return []
