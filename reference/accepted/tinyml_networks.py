"""Right variants of what `tinyml.py` says of whole networks."""

from collections.abc import Collection, Sequence

import torch
from torch import Tensor


def macs_by_counting_weights(channels: Sequence[int], kernel: int, side: int, pooled_after: Collection[int]) -> int:
    """The weights of real convolutions, each used at every place of the output."""
    total = 0
    for layer in range(1, len(channels)):
        conv = torch.nn.Conv2d(channels[layer - 1], channels[layer], kernel, padding=kernel // 2, bias=False)
        total += conv.weight.numel() * side * side
        if layer in pooled_after:
            side = max(side // 2, 1)
    return total


def fit_by_normal_equations(macs: Tensor, milliseconds: Tensor) -> Tensor:
    """Both numbers from the normal equations."""
    X = torch.stack([torch.ones_like(macs), macs], dim=1)
    line: Tensor = torch.linalg.solve(X.T @ X, X.T @ milliseconds)
    return line
