"""Returns a view that claims a terabyte."""

import torch


def attack(canary, port):
    return torch.zeros(1).expand(1 << 40)
