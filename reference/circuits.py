"""Transformer circuits: a residual stream X (d_model, n_context) whose columns are tokens.

Source of the view: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits".
"""

from __future__ import annotations

import sympy as sp
import torch
from torch import Tensor

RANK_TOLERANCE = 1e-9
"""Singular values below this share of the largest count as zero."""

d_model, d_head, n_vocab, n_context, r = sp.symbols("d_model d_head n_vocab n_context r", integer=True, positive=True)

W_Q, W_K = sp.MatrixSymbol("W_Q", d_head, d_model), sp.MatrixSymbol("W_K", d_head, d_model)
W_V, W_O = sp.MatrixSymbol("W_V", d_head, d_model), sp.MatrixSymbol("W_O", d_model, d_head)


def _vector(name: str) -> sp.MatrixSymbol:
    return sp.MatrixSymbol(name, d_model, 1)


# Derivations


def zero_layer_logits() -> sp.Expr:
    """Embed the one-hot columns of T, then unembed: nothing stands between."""
    W_U, W_E = sp.MatrixSymbol("W_U", n_vocab, d_model), sp.MatrixSymbol("W_E", d_model, n_vocab)
    embedded = W_E * sp.MatrixSymbol("T", n_vocab, n_context)
    return W_U * embedded


def block_product() -> sp.Expr:
    """Both output matrices side by side, times what both heads put out, one on top of the other."""
    W = [sp.MatrixSymbol(f"W_O{h}", d_model, d_head) for h in (1, 2)]
    outputs = [sp.MatrixSymbol(f"r_{h}", d_head, n_context) for h in (1, 2)]
    return sp.block_collapse(sp.BlockMatrix([W]) * sp.BlockMatrix([[output] for output in outputs]))


def score() -> sp.Expr:
    """Query of token i times key of token j."""
    query, key = W_Q * _vector("X_i"), W_K * _vector("X_j")
    return query.T * key


def W_QK() -> sp.Expr:
    """What stands between X_iᵀ and X_j in the score."""
    return W_Q.T * W_K


def _toy_score(W: sp.Matrix) -> sp.Expr:
    """xᵀ W y with query x and key y, for d_model = 3."""
    x, y = sp.Matrix(sp.symbols("x1:4", real=True)), sp.Matrix(sp.symbols("y1:4", real=True))
    return (x.T * W * y)[0, 0]


def toy_score_1() -> sp.Expr:
    """For W_QK = I."""
    return _toy_score(sp.eye(3))


def toy_score_2() -> sp.Expr:
    """For W_QK = diag(1, 0, 0)."""
    return _toy_score(sp.diag(1, 0, 0))


def toy_score_3() -> sp.Expr:
    """For W_QK = diag(1, 0, -1)."""
    return _toy_score(sp.diag(1, 0, -1))


def toy_score_4() -> sp.Expr:
    """For W_QK = -I."""
    return _toy_score(-sp.eye(3))


def toy_score_5() -> sp.Expr:
    """For W_QK = diag(1, 1, -1)."""
    return _toy_score(sp.diag(1, 1, -1))


def attended_column() -> sp.Expr:
    """Column i of X Aᵀ for three tokens, where row i of A is (a1, a2, a3)."""
    weights = sp.symbols("a1:4", real=True)
    return sp.MatAdd(*(a * _vector(f"X{j}") for j, a in enumerate(weights, start=1)))


def final_stream() -> sp.Expr:
    """The stream after one layer of two heads: what was there, plus what each head writes."""
    X0 = sp.MatrixSymbol("X0", d_model, n_context)
    heads = (
        sp.MatrixSymbol(f"W_OV{h}", d_model, d_model) * X0 * sp.MatrixSymbol(f"A{h}", n_context, n_context).T
        for h in (1, 2)
    )
    return sp.MatAdd(X0, *heads)


def rank_bound() -> sp.Expr:
    """rank(W_O W_V) is at most the dimension over which the product sums."""
    return W_V.rows


def exact_rank() -> sp.Expr:
    """Rank and nullity of W_O on the range of W_V, which has v dimensions: z of them are lost."""
    v, z = sp.Symbol("v", integer=True, positive=True), sp.Symbol("z", integer=True, nonnegative=True)
    rank = sp.Symbol("rank")
    (solution,) = sp.solve(sp.Eq(rank + z, v), rank)
    return solution


def svd_output() -> sp.Expr:
    """U Σ Vᵀ X for rank 2, one channel after the other."""
    channels = (
        sp.Symbol(f"sigma_{k}", positive=True) * _vector(f"U_{k}") * _vector(f"V_{k}").T * _vector("X") for k in (1, 2)
    )
    return sp.MatAdd(*channels)


def read_dimension() -> sp.Expr:
    """span(V) lies in the row space of W_V, which has no more dimensions than W_V has rows."""
    return W_V.rows


# What a student hands in


def logits(T: Tensor, W_E: Tensor, W_U: Tensor) -> Tensor:
    """Logits of a transformer without layers.

    Args:
        T: one-hot tokens, (n_vocab, n_context).
        W_E: embedding, (d_model, n_vocab).
        W_U: unembedding, (n_vocab, d_model).

    Returns:
        (n_vocab, n_context).
    """
    return W_U @ W_E @ T


def stack_output_matrices(W_O: list[Tensor]) -> Tensor:
    """The one matrix that acts on the concatenated head outputs as the W_O do on each.

    Args:
        W_O: H matrices, each (d_model, d_head).

    Returns:
        (d_model, H * d_head).
    """
    return torch.cat(list(W_O), dim=1)


def qk_matrix(W_Q: Tensor, W_K: Tensor) -> Tensor:
    """The bilinear form of the attention scores, (d_model, d_model), from two (d_head, d_model)."""
    return W_Q.T @ W_K


def attention_pattern(X: Tensor, W_QK: Tensor) -> Tensor:
    """Row i is the softmax of token i's scores with every token, (n, n); X (d, n), W_QK (d, d)."""
    return torch.softmax(X.T @ W_QK @ X, dim=1)


def attend(X: Tensor, A: Tensor) -> Tensor:
    """Column i is the average of the columns of X with the weights in row i of A: (d, n) from (d, n), (n, n)."""
    return X @ A.T


def head_output(X: Tensor, A: Tensor, W_OV: Tensor) -> Tensor:
    """What one head adds to the stream, (d, n); W_OV (d, d)."""
    return W_OV @ attend(X, A)


def final_residual(X: Tensor, A: list[Tensor], W_OV: list[Tensor]) -> Tensor:
    """The stream after one layer of attention heads, (d, n)."""
    stream = X.clone()
    for pattern, matrix in zip(A, W_OV, strict=True):
        stream = stream + head_output(X, pattern, matrix)
    return stream


def _compact_svd(W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """U (d, r), σ (r,), V (d, r) with only the nonzero singular values."""
    U, sigma, Vt = torch.linalg.svd(W, full_matrices=False)
    kept = sigma > RANK_TOLERANCE * sigma[0]
    return U[:, kept], sigma[kept], Vt[kept].T


def svd_channels(W_OV: Tensor, x: Tensor) -> Tensor:
    """What each channel writes, (d, r): read along V_k, scale by σ_k, write along U_k."""
    U, sigma, V = _compact_svd(W_OV)
    return U * (sigma * (V.T @ x))


def svd_apply(W_OV: Tensor, x: Tensor) -> Tensor:
    """W_OV x, (d,), as the sum of its channels."""
    return svd_channels(W_OV, x).sum(dim=1)


def read_write_projectors(W_O: Tensor, W_V: Tensor) -> tuple[Tensor, Tensor]:
    """Orthogonal projectors on what a head can read and on where it can write, each (d, d).

    Singular vectors are not unique, the subspaces that they span are.
    """
    U, _, V = _compact_svd(W_O @ W_V)
    return V @ V.T, U @ U.T
