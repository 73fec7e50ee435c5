"""Kills and stops the process above."""

import os
import signal
import time


def attack(canary, port):
    for sign in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        try:
            os.kill(1, sign)
        except OSError:
            pass
    time.sleep(0.05)
    return [] if os.path.exists("/proc/1") else ["killed"]
