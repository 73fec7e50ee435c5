"""What is observed of the circuits: the same function on the same tokens in another order."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Student = Callable[..., Any]


def _reordered(n: int) -> Tensor:
    return torch.arange(n).roll(1)


def permuted_logits(logits: Student, T: Tensor, W_E: Tensor, W_U: Tensor) -> list[Any]:
    """Logits, and logits of reordered columns."""
    reordered = T[:, _reordered(T.shape[1])]
    return [logits(T, W_E.clone(), W_U.clone()), logits(reordered, W_E, W_U)]


def relabelled(attend: Student, X: Tensor, A: Tensor) -> list[Any]:
    """The average before and after sources and their weights are reordered together."""
    order = _reordered(X.shape[1])
    reordered = X[:, order], A[:, order]
    return [attend(X, A), attend(*reordered)]
