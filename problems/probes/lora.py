"""What is observed of the adapter, beside the student's code."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from containers import as_tensor

Student = Callable[..., Any]


def parameters(adapter: Student, m: int, k: int, l: int) -> list[list[Any]]:
    """[shape, type, is trained, is finite] of every parameter, in the order of their sizes."""
    module = adapter(m, k, l)
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"a torch.nn.Module is asked for, not {type(module).__name__}")
    return sorted(
        [list(parameter.shape), str(parameter.dtype), parameter.requires_grad, bool(parameter.isfinite().all())]
        for parameter in module.parameters()
    )


def parameter_bytes(adapter: Student, m: int, k: int, l: int) -> int:
    """Bytes that the parameters take in memory."""
    return sum(p.numel() * p.element_size() for p in adapter(m, k, l).parameters())


def starts(init: Student, m: int, k: int, l: int, generators: Sequence[Sequence[int]]) -> list[list[Any]]:
    """Both factors from generators, given as seed and numbers drawn before; torch's own stream stands anywhere."""
    found = []
    for place, (seed, before) in enumerate(generators):
        torch.default_generator.manual_seed(place)
        generator = torch.Generator().manual_seed(seed)
        torch.rand(before, generator=generator)
        found.append(list(init(m, k, l, generator)))
    return found


def product_variance(m: int, k: int, l: int, draws: int) -> float:
    """Sample variance of the entries of A B, both drawn as torch's own Xavier initialisation does."""
    total = 0.0
    for _ in range(draws):
        A = torch.nn.init.xavier_normal_(torch.empty(m, k, dtype=torch.float64))
        B = torch.nn.init.xavier_uniform_(torch.empty(k, l, dtype=torch.float64))
        total += (A @ B).square().mean().item()
    return total / draws


def product(best_update: Student, D: torch.Tensor, k: int) -> dict[str, Any]:
    """The product of both factors, and their shapes."""
    A, B = (as_tensor(factor, D.dtype) for factor in best_update(D, k))
    return {"the shapes of A and B": [list(A.shape), list(B.shape)], "A B": A @ B}


STEPS = 250
"""Enough to end within a percent, for singular values as far apart as those that are drawn."""


def loss_at_the_end(
    train: Student, s_1: float, s_2: float, s_3: float, s_4: float, D: torch.Tensor, A: torch.Tensor
) -> float:
    """Mean square of what is left of D after training at the rank of A, from B = 0 and W0 = 0."""
    m, l = D.shape
    B = torch.zeros(A.shape[1], l, dtype=D.dtype)
    rate = 0.2 * m * l / s_1
    W = train(torch.zeros_like(D), A, B, torch.eye(m, dtype=D.dtype), D.clone(), rate, STEPS)
    return float((as_tensor(W, D.dtype) - D).square().mean())
