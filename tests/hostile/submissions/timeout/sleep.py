"""Sleeps without using any CPU."""

import time


def attack(canary, port):
    time.sleep(1000)
