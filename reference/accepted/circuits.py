"""Right variants of the circuits' functions that a check could take for wrong: precision and container differ."""

from typing import Any

import torch
from torch import Tensor


def final_residual_in_lists(X: Tensor, patterns: list[Tensor], W_OVs: list[Tensor]) -> Any:
    """In single precision, returned as nested lists."""
    stream = X.float()
    for A, W_OV in zip(patterns, W_OVs, strict=True):
        stream = stream + W_OV.float() @ X.float() @ A.float().T
    return stream.tolist()


def attend_as_columns(X: Tensor, A: Tensor) -> Any:
    """In double precision, returned as a numpy array."""
    return (X @ A.T).numpy()


def svd_apply_all_channels(W_OV: Tensor, x: Tensor) -> Tensor:
    """With the channels whose gain is zero, which write nothing."""
    U, sigma, Vt = torch.linalg.svd(W_OV)
    y: Tensor = U @ torch.diag(sigma) @ Vt @ x
    return y


def svd_apply_in_single_precision(W_OV: Tensor, x: Tensor) -> Tensor:
    """Without the channels that single precision takes for zero."""
    U, sigma, Vt = torch.linalg.svd(W_OV.float())
    kept = sigma > 1e-6 * sigma[0]
    y: Tensor = U[:, kept] @ (sigma[kept] * (Vt[kept] @ x.float()))
    return y


def projectors_by_pseudoinverse(W_O: Tensor, W_V: Tensor) -> tuple[Tensor, Tensor]:
    """What a product and its pseudoinverse leave as it is."""
    W_OV = W_O @ W_V
    inverse = torch.linalg.pinv(W_OV, rtol=1e-9)
    return inverse @ W_OV, W_OV @ inverse


def pattern_row_by_row(X: Tensor, W_QK: Tensor) -> list[Tensor]:
    """One query after the other, its largest score taken away before the exponentials."""
    rows = []
    for x in X.T:
        scores = torch.stack([x @ W_QK @ y for y in X.T])
        powers = (scores - scores.max()).exp()
        rows.append(powers / powers.sum())
    return rows


def channels_as_outer_products(W_OV: Tensor, x: Tensor) -> Tensor:
    """Each channel as a matrix of rank 1, times the token."""
    U, sigma, Vt = torch.linalg.svd(W_OV)
    r = int((sigma > 1e-8 * sigma[0]).sum())
    return torch.stack([sigma[k] * torch.outer(U[:, k], Vt[k]) @ x for k in range(r)], dim=1)


def channels_in_single_precision(W_OV: Tensor, x: Tensor) -> list[Tensor]:
    """As a list of rows."""
    U, sigma, Vt = torch.linalg.svd(W_OV.float())
    kept = sigma > 1e-5 * sigma[0]
    return list(U[:, kept] * (sigma[kept] * (Vt[kept] @ x.float())))
