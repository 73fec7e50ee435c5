"""Starts threads as often as it can."""

import threading
import time


def attack(canary, port):
    made = 0
    try:
        for _ in range(500):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            made += 1
    except RuntimeError:
        pass
    return [] if made < 64 else [made]
