"""What is observed of the circuits: the same function on the same tokens in another order."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from containers import as_tensor
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


def log_odds(
    attention_pattern: Student,
    x1: float,
    x2: float,
    x3: float,
    y1: float,
    y2: float,
    y3: float,
    diagonal: Sequence[float],
) -> float:
    """How much more token y gets of token x's attention than a token of zeros, whose score is zero: as a logarithm."""
    tokens = torch.tensor([[x1, x2, x3], [y1, y2, y3], [0.0, 0.0, 0.0]], dtype=torch.float64).T
    W_QK = torch.tensor(diagonal, dtype=torch.float64).diag()
    pattern = as_tensor(attention_pattern(tokens, W_QK), torch.float64)
    return float((pattern[0, 1] / pattern[0, 2]).log())


def rank_of_product(v: int, z: int) -> int:
    """Rank of W_O W_V, where W_V has rank v and W_O sends z dimensions of its column space to zero."""
    size, width = v + 2, v + 4
    turn = torch.linalg.qr(torch.randn(size, size, dtype=torch.float64)).Q
    W_V = turn[:, :v] @ torch.randn(v, width, dtype=torch.float64)
    W_O = torch.randn(width, size - z, dtype=torch.float64) @ turn[:, z:].T
    return int(torch.linalg.matrix_rank(W_O @ W_V))
