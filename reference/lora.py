"""LoRA: W = W0 + A B, with A (m, k), B (k, l) and k much smaller than m and l.

Source of the method: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models".
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
import torch
from torch import Tensor, nn

BYTES_PER_NUMBER = 4
"""float32, IEEE 754 binary32."""

m, k, l = sp.symbols("m k l", integer=True, positive=True)


# Derivations


SINGULAR_VALUES = sp.symbols("s_1:5", positive=True)
"""Of the update that training aims at, the largest first."""
RANK = 2


def _mean_square(singular_values: Sequence[sp.Expr]) -> sp.Expr:
    """Mean square of the entries of U S Vᵀ (m, l): rotations keep the sum of squares, which is tr(SᵀS)."""
    S = sp.diag(*singular_values)
    return sp.trace(S.T * S) / (m * l)


def loss_at_the_start() -> sp.Expr:
    """Mean square of the whole update, none of which is made yet."""
    return _mean_square(SINGULAR_VALUES)


def loss_floor() -> sp.Expr:
    """What rank 2 leaves (Eckart and Young 1936): everything but the two largest singular values."""
    return _mean_square(SINGULAR_VALUES[RANK:])


def _chain_rule() -> sp.Expr:
    """The part of dL that A and B cause: dL = <G, d(A B)> = tr(Gᵀ d(A B)), with G = ∂L/∂W."""
    G, A, B = (sp.MatrixSymbol("G", m, l), sp.MatrixSymbol("A", m, k), sp.MatrixSymbol("B", k, l))
    return sp.Trace(G.T * A * B)


def grad_A() -> sp.Expr:
    """∂L/∂A, of shape (m, k)."""
    return _chain_rule().diff(sp.MatrixSymbol("A", m, k))


def grad_B() -> sp.Expr:
    """∂L/∂B, of shape (k, l)."""
    return _chain_rule().diff(sp.MatrixSymbol("B", k, l))


def grad_A_at_zero() -> int:
    """Every entry of ∂L/∂A where A = B = 0."""
    return _single_entry_at_zero(grad_A())


def grad_B_at_zero() -> int:
    """Every entry of ∂L/∂B where A = B = 0."""
    return _single_entry_at_zero(grad_B())


def _single_entry_at_zero(gradient: sp.Expr) -> int:
    zeros = {sp.MatrixSymbol("A", m, k): sp.ZeroMatrix(m, k), sp.MatrixSymbol("B", k, l): sp.ZeroMatrix(k, l)}
    return int(gradient.subs(zeros).doit()[0, 0])


def _xavier_variance(fan_in: sp.Expr, fan_out: sp.Expr) -> sp.Expr:
    """Var of one entry under Xavier initialisation (Glorot and Bengio 2010, eq. 12)."""
    return 2 / (fan_in + fan_out)


def variance() -> sp.Expr:
    """Var((A B)_ij): a sum of k products of independent entries of mean zero."""
    return k * _xavier_variance(m, k) * _xavier_variance(k, l)


def adapter_params() -> sp.Expr:
    """Numbers in A and B together."""
    return sp.factor(m * k + k * l)


def adapter_bytes() -> sp.Expr:
    """Bytes of A and B together."""
    return BYTES_PER_NUMBER * adapter_params()


def full_bytes() -> sp.Expr:
    """Bytes of a full update, of the shape of W."""
    return BYTES_PER_NUMBER * m * l


def fraction() -> sp.Expr:
    """Memory of the adapter as a share of the full update's."""
    return sp.cancel(adapter_bytes() / full_bytes())


def break_even() -> sp.Expr:
    """The rank at which the adapter costs as much as the full update."""
    (rank,) = sp.solve(sp.Eq(adapter_bytes(), full_bytes()), k)
    return rank


# What a student hands in


def best_update(D: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The factors of rank k whose product is closest to D in the mean of squares.

    Args:
        D: (m, l).
        k: at most the smaller of both.

    Returns:
        A (m, k) and B (k, l): D's first k singular directions, each factor with the root of the singular values.
    """
    U, sigma, Vt = torch.linalg.svd(D, full_matrices=False)
    root = sigma[:k].sqrt()
    return U[:, :k] * root, root[:, None] * Vt[:k]


def gradients(G: Tensor, A: Tensor, B: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of the loss with respect to both factors.

    Args:
        G: ∂L/∂W, (m, l).
        A: (m, k).
        B: (k, l).

    Returns:
        ∂L/∂A, (m, k), and ∂L/∂B, (k, l).
    """
    return G @ B.T, A.T @ G


def train(W0: Tensor, A: Tensor, B: Tensor, X: Tensor, Y: Tensor, lr: float, steps: int) -> Tensor:
    """Full-batch SGD on A and B alone; W0 stays frozen.

    The loss is the mean over all entries of (X W - Y)², with X (n, m) and Y (n, l).

    Returns:
        W0 + A B after `steps` updates, (m, l).
    """
    for _ in range(steps):
        error = X @ (W0 + A @ B) - Y
        G = 2 / error.numel() * X.T @ error
        dA, dB = gradients(G, A, B)
        A, B = A - lr * dA, B - lr * dB
    return W0 + A @ B


def init(m: int, k: int, l: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Start exactly at W0 and still learn: A random, B zero.

    Returns:
        A (m, k) with entries of variance 1/m, and B (k, l).
    """
    return torch.randn(m, k, generator=generator) / m**0.5, torch.zeros(k, l)


class Adapter(nn.Module):
    """The trainable part of one adapted layer: the factors A (m, k) and B (k, l) in float32."""

    def __init__(self, m: int, k: int, l: int) -> None:
        super().__init__()
        self.A = nn.Parameter(torch.randn(m, k, dtype=torch.float32) / m**0.5)
        self.B = nn.Parameter(torch.zeros(k, l, dtype=torch.float32))

    def forward(self, X: Tensor) -> Tensor:
        """What the adapter adds to X W0: X A B, for X (n, m)."""
        return X @ self.A @ self.B


def adapter(m: int, k: int, l: int) -> nn.Module:
    """A module whose parameters are A (m, k) and B (k, l), in float32."""
    return Adapter(m, k, l)
