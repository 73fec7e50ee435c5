"""Dies while a child keeps the channel open."""

import os
import time


def attack(canary, port):
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
