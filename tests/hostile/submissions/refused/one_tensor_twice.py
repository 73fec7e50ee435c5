"""Returns one tensor under many names: it is small inside and large outside."""

import torch


def attack(canary, port):
    shared = torch.zeros(1 << 16, dtype=torch.float32)
    return {str(number): shared for number in range(100)}
