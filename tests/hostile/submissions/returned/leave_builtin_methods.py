"""Changes methods of types that are written in C, through the dictionaries that the collector shows."""

import gc

import torch


def inside(kind):
    return next(one for one in gc.get_referents(kind.__dict__) if isinstance(one, dict))


def attack(canary, port):
    inside(torch._C.TensorBase)["relu"] = lambda self: self * 0
    inside(torch._C.TensorBase)["sum"] = lambda self, *anything, **more: self.flatten()[0]
    inside(list)["count"] = lambda self, item: 0
    return []
