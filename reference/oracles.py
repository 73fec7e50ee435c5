"""Second ways to the same results, for checks that should not trust the reference's own way.

Each has the signature of the student function it stands for.
"""

from __future__ import annotations

import torch
from torch import Tensor


def train(W0: Tensor, A: Tensor, B: Tensor, X: Tensor, Y: Tensor, lr: float, steps: int) -> Tensor:
    """`lora.train` by autograd and torch's own SGD instead of by the chain rule."""
    factors = [A.clone().requires_grad_(), B.clone().requires_grad_()]
    optimizer = torch.optim.SGD(factors, lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(X @ (W0 + factors[0] @ factors[1]), Y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return (W0 + factors[0] @ factors[1]).detach()


def meta_gradient(phi: Tensor, H_train: Tensor, c_train: Tensor, H_val: Tensor, c_val: Tensor, lr: float) -> Tensor:
    """`soft_prompts.meta_gradient` by autograd through the inner step."""

    def loss(point: Tensor, H: Tensor, c: Tensor) -> Tensor:
        return (point - c) @ H @ (point - c) / 2

    start = phi.clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(start, H_train, c_train), start, create_graph=True)
    (gradient,) = torch.autograd.grad(loss(start - lr * slope, H_val, c_val), start)
    return gradient
