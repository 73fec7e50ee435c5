"""Patches layers, the functions that they use, and the method that every one of them has."""

import torch


def attack(canary, port):
    torch.nn.Conv2d.forward = lambda self, x: x * 0
    torch.nn.modules.linear.F.linear = lambda x, weight, bias=None: x * 0
    torch.nn.Module.__call__ = lambda self, *inputs: inputs[0]
    return []
