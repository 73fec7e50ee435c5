"""Returns a tensor that holds one number and claims a shape of three hundred million."""

import torch


def attack(canary, port):
    return torch.zeros(1).expand(300_000_000)
