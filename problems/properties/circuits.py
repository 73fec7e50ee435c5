"""What must hold of circuits, whatever the formula.

Each function returns None, or a sentence that says what is wrong. What is of no fitting form may raise.
"""

from collections.abc import Mapping
from typing import Any

import torch
from containers import as_tensor

Inputs = Mapping[str, Any]
"""Sizes and inputs of a case, by name."""

CLOSE = 1e-4
"""What single precision leaves of a right result, as a share of the largest entry."""


def _close(a: Any, b: Any) -> bool:
    """Equal up to rounding, measured against the larger of both."""
    a, b = as_tensor(a, dtype=torch.float64), as_tensor(b, dtype=torch.float64)
    scale = max(a.abs().max().item(), b.abs().max().item(), 1e-300)
    return a.shape == b.shape and bool((a - b).abs().max() <= CLOSE * scale)


def both_equal(inputs: Inputs, value: Any) -> str | None:
    """Sources that change places with their weights are the same sources."""
    before, after = value
    return None if _close(before, after) else "the order of the tokens must not matter here, yet it does"


def moves_with_its_token(inputs: Inputs, value: Any) -> str | None:
    """Each token, moved to the next place, takes its column with it."""
    before, after = (as_tensor(output, torch.float64) for output in value)
    return both_equal(inputs, (before.roll(1, dims=1), after))


def acts_like_the_sum(inputs: Inputs, value: Any) -> str | None:
    """The stacked matrix times stacked outputs is the sum over heads."""
    generator = torch.Generator().manual_seed(0)
    outputs = [torch.randn(W.shape[1], 3, generator=generator, dtype=W.dtype) for W in inputs["W_O"]]
    added = torch.stack([W @ output for W, output in zip(inputs["W_O"], outputs, strict=True)]).sum(dim=0)
    if not _close(as_tensor(value, dtype=torch.float64) @ torch.cat(outputs), added):
        return "times the stacked head outputs, it does not give the sum over heads"
    return None


def scores_are_bilinear(inputs: Inputs, value: Any) -> str | None:
    """X_iᵀ W_QK X_j is the product of query and key."""
    W_Q, W_K = inputs["W_Q"], inputs["W_K"]
    X = torch.randn(W_Q.shape[1], 4, generator=torch.Generator().manual_seed(0), dtype=W_Q.dtype)
    if not _close(X.T @ as_tensor(value, dtype=torch.float64) @ X, (W_Q @ X).T @ (W_K @ X)):
        return "between two tokens it does not give the product of query and key"
    return None


def rows_share_out_one(inputs: Inputs, value: Any) -> str | None:
    """Every query shares out exactly 1, and no share is negative."""
    value, n = as_tensor(value, dtype=torch.float64), inputs["X"].shape[1]
    if value.shape != (n, n):
        return f"a share for each query and key is asked for: ({n}, {n})"
    if (value < 0).any() or not _close(value.sum(dim=1), torch.ones(n)):
        return "the shares of a query must be 0 or more and add up to 1"
    return None


def channels_add_up(inputs: Inputs, value: Any) -> str | None:
    """Together the channels write W_OV x."""
    value = as_tensor(value, dtype=torch.float64)
    if value.ndim != 2 or not _close(value.sum(dim=1), inputs["W_OV"] @ inputs["x"]):
        return "the columns must add up to W_OV x"
    return None


def stream_is_unchanged(inputs: Inputs, value: Any) -> str | None:
    """Heads whose matrices are zero write nothing."""
    return None if _close(value, inputs["X"]) else "no head writes anything, so the stream must stay as it was"


def lies_in_column_space(inputs: Inputs, value: Any) -> str | None:
    """Nothing is left of the output outside the columns of W_OV."""
    U, sigma, _ = torch.linalg.svd(inputs["W_OV"])
    U = U[:, : int((sigma > 1e-9 * sigma[0]).sum())]
    value = as_tensor(value, dtype=torch.float64)
    if value.shape != inputs["X"].shape:
        return f"a head writes something of the shape of X, {tuple(inputs['X'].shape)}"
    return None if _close(U @ (U.T @ value), value) else "part of the output lies outside the columns of W_OV"


def are_projectors(inputs: Inputs, value: Any) -> str | None:
    """Both are orthogonal projectors of the right rank, and W_OV loses nothing between them."""
    W_OV = inputs["W_O"] @ inputs["W_V"]
    rank = int(torch.linalg.matrix_rank(W_OV, rtol=1e-9))
    for name, P in zip(("reading", "writing"), (as_tensor(p, dtype=torch.float64) for p in value), strict=True):
        if P.shape != W_OV.shape:
            return f"the {name} projector must have the shape of W_O W_V, {tuple(W_OV.shape)}"
        if not (_close(P @ P, P) and _close(P, P.T)):
            return f"the {name} projector must be symmetric and equal its own square"
        if not abs(P.trace().item() - rank) <= CLOSE * max(rank, 1):
            return f"the {name} projector has trace {P.trace().item():.4g}; the rank of W_O W_V is {rank}"
    P_read, P_write = (as_tensor(p, dtype=torch.float64) for p in value)
    if not (_close(W_OV @ P_read, W_OV) and _close(P_write @ W_OV, W_OV)):
        return "W_O W_V reads or writes something outside these subspaces"
    return None
