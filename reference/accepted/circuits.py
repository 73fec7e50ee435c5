"""Right variants of the circuits' functions that a check could take for wrong: precision and container differ."""

from typing import Any

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
