"""Leaves threads that go on patching."""

import threading
import time
import torch


def forever():
    while True:
        torch.allclose = lambda *a, **k: True
        time.sleep(0.001)


def attack(canary, port):
    for _ in range(4):
        threading.Thread(target=forever, daemon=True).start()
    return []
