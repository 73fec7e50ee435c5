"""Registers work for every end that there is: of the program, of a fork, of a reference, of a thread."""

import atexit
import os
import threading
import weakref

import torch


class Kept:
    pass


def late(*anything):
    torch.allclose = lambda *a, **k: True
    with open("/scratch/late", "a") as file:
        file.write("late")


def attack(canary, port):
    atexit.register(late)
    threading._register_atexit(late)
    os.register_at_fork(before=late, after_in_parent=late, after_in_child=late)
    weakref.finalize(torch.nn.Linear, late)
    attack.kept = Kept()
    attack.watch = weakref.ref(attack.kept, late)
    return []
