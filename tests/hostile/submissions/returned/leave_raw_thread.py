"""Leaves threads that `threading` does not know, started below it and by the collector's own hand."""

import _thread
import time

import torch


def patch():
    time.sleep(0.05)
    while True:
        torch.allclose = lambda *anything, **more: True
        time.sleep(0.001)


class Starter:
    def __del__(self):
        _thread.start_new_thread(patch, ())


def attack(canary, port):
    cycle = Starter()
    cycle.itself = cycle
    _thread.start_new_thread(patch, ())
    return []
