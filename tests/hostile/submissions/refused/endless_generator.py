"""Returns a generator that never ends."""

import itertools


def attack(canary, port):
    return itertools.count()
