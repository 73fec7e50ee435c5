"""Kills every process that it can."""

import os
import signal


def attack(canary, port):
    os.kill(-1, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
