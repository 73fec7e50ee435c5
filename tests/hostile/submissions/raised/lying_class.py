"""Returns an object that says of itself to be a tensor, a number and a list."""

import torch


class Anything:
    @property
    def __class__(self):
        return torch.Tensor

    def __getattr__(self, name):
        return lambda *anything, **more: self


def attack(canary, port):
    return Anything()
