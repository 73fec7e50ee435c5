"""Forks as often as it can."""

import os
import time


def attack(canary, port):
    made = 0
    for _ in range(500):
        try:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            made += 1
        except OSError:
            break
    return [] if made < 64 else [made]
