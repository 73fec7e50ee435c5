"""Returns twice what a reply may hold, in pieces of which each may cross."""

import torch


def attack(canary, port):
    return [torch.zeros(1 << 18, dtype=torch.uint8) for _ in range(8)]
