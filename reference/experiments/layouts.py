"""Hand-written forward and backward passes for many copies of a model at once.

Owns how weights of all (seed, learning rate) copies lie in memory. Rows of a batch depend on the seed and
not on the learning rate, so all learning rates of a seed share one matrix product:

    weights (S, L*h, d+1) @ batch (S, d+1, B) -> activations (S, L*h, B)

The bias is a column of ones. With the batch last, the same memory reads as (S*L, h, B), and the second layer
is a product per copy without moving anything. Does not own the update rule (`engine`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

EVALUATION_ROWS = 256
"""Rows per block of the final evaluation: its activations stay in the cache."""


class Layout(Protocol):
    """Copies of one model: S seeds × L learning rates."""

    parameters: list[Tensor]
    """Each (S, L, ...)."""

    def gradients(self, rows: Tensor, y: Tensor) -> list[Tensor]:
        """Gradients of the mean squared error, one per parameter; rows (S, B, d+1), y (S, B)."""

    def losses(self, rows: Tensor, y: Tensor) -> Tensor:
        """Mean squared error of every copy (S, L) in float64 on the same rows (N, d+1), y (N,)."""


class LinearLayout:
    """`Linear(d, 1)`: one parameter (S, L, d+1), the bias last."""

    def __init__(self, models: Sequence[nn.Module], n_rates: int, like: Tensor) -> None:
        weight = torch.stack([_with_bias(model) for model in models]).to(like)  # (S, 1, d+1)
        self.parameters = [weight.expand(-1, n_rates, -1).contiguous()]

    def gradients(self, rows: Tensor, y: Tensor) -> list[Tensor]:
        """See `Layout`."""
        (weight,) = self.parameters
        error = torch.bmm(weight, rows.mT).sub_(y.unsqueeze(1)).mul_(2 / y.shape[1])
        return [torch.bmm(error, rows)]

    def losses(self, rows: Tensor, y: Tensor) -> Tensor:
        """See `Layout`. A quadratic form in the second moments: no pass over the rows per copy."""
        (weight,) = self.parameters
        joint = torch.cat([rows, y.unsqueeze(1)], dim=1).double()
        second_moment = joint.mT @ joint / len(joint)
        w = torch.cat([weight.double(), -torch.ones_like(weight[..., :1]).double()], dim=2)
        return ((w @ second_moment) * w).sum(dim=2)


class MlpLayout:
    """`Linear(d, h)`, ReLU, `Linear(h, 1)`: (S, L, h, d+1), (S, L, h) and (S, L)."""

    def __init__(self, models: Sequence[nn.Module], n_rates: int, like: Tensor) -> None:
        first = torch.stack([_with_bias(layer(model, 0)) for model in models]).to(like)
        last = torch.stack([_with_bias(layer(model, 2)) for model in models]).to(like)  # (S, 1, h+1)
        self.parameters = [
            first.unsqueeze(1).expand(-1, n_rates, -1, -1).contiguous(),
            last[..., :-1].expand(-1, n_rates, -1).contiguous(),
            last[..., -1].expand(-1, n_rates).contiguous(),
        ]

    def gradients(self, rows: Tensor, y: Tensor) -> list[Tensor]:
        """See `Layout`."""
        first, last, bias = self.parameters
        seeds, rates, hidden, _ = first.shape
        size = y.shape[1]
        active = torch.bmm(first.flatten(1, 2), rows.mT).relu_().view(seeds * rates, hidden, size)
        output = torch.bmm(last.view(-1, 1, hidden), active).view(seeds, rates, size)
        error = output.add_(bias.unsqueeze(2)).sub_(y.unsqueeze(1)).mul_(2 / size)
        error_row = error.view(-1, 1, size)
        last_gradient = torch.bmm(error_row, active.mT).view_as(last)
        back = active.sign_().mul_(error_row).mul_(last.view(-1, hidden, 1))
        first_gradient = torch.bmm(back.view(seeds, rates * hidden, size), rows).view_as(first)
        return [first_gradient, last_gradient, error.sum(dim=2)]

    def losses(self, rows: Tensor, y: Tensor) -> Tensor:
        """See `Layout`."""
        first, last, bias = self.parameters
        seeds, rates, hidden, width = first.shape
        total = torch.zeros(seeds, rates, dtype=torch.float64, device=first.device)
        for block, target in zip(torch.split(rows, EVALUATION_ROWS), torch.split(y, EVALUATION_ROWS), strict=True):
            active = (first.view(-1, width) @ block.mT).relu_().view(seeds * rates, hidden, -1)
            output = torch.bmm(last.view(-1, 1, hidden), active).view(seeds, rates, -1)
            error = output.add_(bias.unsqueeze(2)).sub_(target)
            total += error.square_().sum(dim=2)
        return total / len(y)


def layer(model: nn.Module, index: int) -> nn.Module:
    """One layer of a sequential model."""
    return list(model.children())[index]


def _with_bias(module: nn.Module) -> Tensor:
    """(out, in+1): the weights of a linear layer with the bias as last column."""
    if not isinstance(module, nn.Linear):
        raise TypeError(f"expected a linear layer, not {type(module).__name__}")
    return torch.cat([module.weight, module.bias.unsqueeze(1)], dim=1).detach()
