"""Swaps code and defaults of functions, whose names mean what they meant."""

from torch.nn import functional


def attack(canary, port):
    functional.softmax.__code__ = (lambda input, dim=None, _stacklevel=3, dtype=None: input).__code__
    functional.dropout.__defaults__ = (0.0, False, False)
    return []
