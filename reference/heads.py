"""Two attention heads by hand, in the row convention: a token is a row of X (T, d)."""

from __future__ import annotations

import torch
from torch import Tensor

MASKED = -1e9
"""Score of a token in the future."""

TOKENS = 4


def single_attention_head(X: Tensor, W_QK: Tensor, W_OV: Tensor) -> Tensor:
    """One causal attention head without scaling.

    Args:
        X: (T, d).
        W_QK: (d, d), between query and key.
        W_OV: (d, d), from what is read to what is written.

    Returns:
        softmax(X W_QK Xᵀ, masked to the past and present) X W_OVᵀ, (T, d).
    """
    scores = X @ W_QK @ X.T
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return torch.softmax(scores.masked_fill(future, MASKED), dim=1) @ X @ W_OV.T


def induction_copy_head(E: Tensor, strength: float) -> Tensor:
    """Look for the earlier tokens that followed a copy of the current one, and copy them.

    Args:
        E: five rows, each a one-hot token (4) followed by a one-hot position (5).
        strength: score of a match.

    Returns:
        The attention that each of the four tokens receives, (4,).
    """
    tokens = E[:, :TOKENS]
    followed_a_match = tokens[:3] @ tokens[4]
    scores = strength * torch.cat([torch.zeros(1, dtype=E.dtype), followed_a_match])
    return torch.softmax(scores, dim=0) @ tokens[:4]
