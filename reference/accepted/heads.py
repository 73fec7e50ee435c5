"""Right variants of the heads by hand."""

import torch
from torch import Tensor


def head_row_by_row(X: Tensor, W_QK: Tensor, W_OV: Tensor) -> Tensor:
    """Each token with what came before it, and no mask."""
    rows = [(X[i] @ W_QK @ X[: i + 1].T).softmax(dim=0) @ X[: i + 1] for i in range(len(X))]
    return torch.stack(rows) @ W_OV.T


def head_in_single_precision(X: Tensor, W_QK: Tensor, W_OV: Tensor) -> Tensor:
    """With an infinite mask."""
    X, W_QK, W_OV = X.float(), W_QK.float(), W_OV.float()
    scores = (X @ W_QK @ X.T).masked_fill(torch.ones(len(X), len(X)).triu(1) > 0, -torch.inf)
    return scores.softmax(dim=1) @ X @ W_OV.T
