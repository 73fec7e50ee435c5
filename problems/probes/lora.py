"""What is observed of the adapter, beside the student's code."""

from collections.abc import Callable
from typing import Any

import torch

Student = Callable[..., Any]


def parameter_sizes(adapter: Student, m: int, k: int, l: int) -> list[list[int]]:
    """[rows, columns, bytes per number, is trained] of every parameter, in the order of their sizes."""
    return sorted(
        [*parameter.shape, parameter.element_size(), int(parameter.requires_grad)]
        for parameter in adapter(m, k, l).parameters()
    )


def parameter_bytes(adapter: Student, m: int, k: int, l: int) -> int:
    """Bytes that the parameters take in memory."""
    return sum(p.numel() * p.element_size() for p in adapter(m, k, l).parameters())


def two_starts(init: Student, m: int, k: int, l: int, seed: int) -> list[list[Any]]:
    """Both factors from two generators with the same seed."""
    return [list(init(m, k, l, torch.Generator().manual_seed(seed))) for _ in range(2)]


def product_variance(m: int, k: int, l: int, draws: int) -> float:
    """Sample variance of the entries of A B, both drawn as torch's own Xavier initialisation does."""
    total = 0.0
    for _ in range(draws):
        A = torch.nn.init.xavier_normal_(torch.empty(m, k, dtype=torch.float64))
        B = torch.nn.init.xavier_uniform_(torch.empty(k, l, dtype=torch.float64))
        total += (A @ B).square().mean().item()
    return total / draws
