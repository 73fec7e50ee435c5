"""Right variants of the adapter's functions."""

import torch
from torch import Tensor


def init_in_halves(m: int, k: int, l: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Where a column of A is zero, the row of B that meets it is random, and the other way round."""
    A, B = torch.randn(m, k, generator=generator), torch.randn(k, l, generator=generator)
    A[:, k // 2 :] = 0
    B[: k // 2] = 0
    return A, B


def init_as_lists(m: int, k: int, l: int, generator: torch.Generator) -> tuple[list[list[float]], list[list[float]]]:
    """A is zero and B random, both as nested lists."""
    return torch.zeros(m, k).tolist(), (1e-6 * torch.randn(k, l, generator=generator)).tolist()


def best_update_by_eigenvectors(D: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """D projected on the first k eigenvectors of D Dᵀ."""
    _, vectors = torch.linalg.eigh(D @ D.T)
    A = vectors[:, -k:]
    return A, A.T @ D


def best_update_of_two_precisions(D: Tensor, k: int) -> tuple[list[Tensor], Tensor]:
    """A in single precision, as a list of its rows, and B in double precision."""
    U, sigma, Vt = torch.linalg.svd(D, full_matrices=False)
    return list((U[:, :k] * sigma[:k]).float()), Vt[:k]
