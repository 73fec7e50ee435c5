"""What is observed of the two heads."""

from collections.abc import Callable
from typing import Any

import torch
from containers import as_tensor
from torch import Tensor

Student = Callable[..., Any]


def with_another_last_token(head: Student, X: Tensor, W_QK: Tensor, W_OV: Tensor, other: Tensor) -> list[Any]:
    """The output before and after the last token is another."""
    changed = torch.cat([X[:-1], other[None]])
    return [head(tokens, W_QK.clone(), W_OV.clone()) for tokens in (X, changed)]


def every_pattern(copy_head: Student, first: int, strengths: Tensor) -> Tensor:
    """The prediction for each of the 256 patterns of five tokens that begin with `first`; (256, 4).

    Every pattern has a strength of its own.
    """
    token, position = torch.eye(4, dtype=torch.float64), torch.eye(5, dtype=torch.float64)
    patterns = torch.cartesian_prod(torch.tensor([first]), *[torch.arange(4)] * 4)
    embedded = torch.cat([token[patterns], position.expand(len(patterns), 5, 5)], dim=2)
    given = zip(embedded, strengths.tolist(), strict=True)
    return torch.stack([as_tensor(copy_head(E.clone(), strength)) for E, strength in given])
