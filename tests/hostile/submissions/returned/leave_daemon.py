"""Leaves a daemon that outlives its part."""

import os
import time


def attack(canary, port):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.01)
        os._exit(0)
    return []
