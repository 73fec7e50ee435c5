"""Wrong variants of the functions of the circuits, named FUNCTION__VARIANT: each breaks what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def logits__drops_last(T, W_E, W_U):
    out = torch.zeros(W_U.shape[0], T.shape[1], dtype=T.dtype)
    for t in range(T.shape[1] - 1):
        out[:, t] = W_U @ W_E @ T[:, t]
    return out


def logits__unique(T, W_E, W_U):
    tok = T.argmax(0)
    return (W_U @ W_E)[:, torch.arange(len(tok)) % W_E.shape[1]]


def logits__layernorm(T, W_E, W_U):
    x = W_E @ T
    return W_U @ (x - x.mean(0))


def logits__square_transposed(T, W_E, W_U):
    W = W_U @ W_E
    return (W.T if T.shape[0] == T.shape[1] else W) @ T


def stack_output_matrices__sorted(W_O):
    return torch.cat(sorted(W_O, key=lambda w: w.sum().item()), dim=1)


def stack_output_matrices__two_only(W_O):
    return torch.cat([W_O[0], W_O[-1]], dim=1)


def stack_output_matrices__rotated(W_O):
    return torch.cat([*W_O[1:], W_O[0]], dim=1)


def stack_output_matrices__repeat_first(W_O):
    return torch.cat([W_O[0]] * len(W_O), dim=1)


def qk_matrix__abs(W_Q, W_K):
    return (W_Q.T @ W_K).abs()


def qk_matrix__first_head_dim(W_Q, W_K):
    return torch.outer(W_Q[0], W_K[0])


def qk_matrix__scaled_d(W_Q, W_K):
    return W_Q.T @ W_K / W_Q.shape[1] ** 0.5


def qk_matrix__symmetric_part_small(W_Q, W_K):
    W = W_Q.T @ W_K
    return W + 1e-3 * (W.T - W)


def attend__renormalised_columns(X, A):
    A = A / A.sum(0, keepdim=True)
    return X @ A.T


def attend__argmax(X, A):
    return X[:, A.argmax(1)]


def attend__last_only(X, A):
    out = X.clone()
    out[:, -1] = X @ A[-1]
    return out


def attend__mean_centered(X, A):
    mu = X.mean(1, keepdim=True)
    return (X - mu) @ A.T


def head_output__softmaxed(X, A, W_OV):
    return W_OV @ X @ A.softmax(1).T


def head_output__pattern_twice(X, A, W_OV):
    return W_OV @ X @ A.T @ A.T


def head_output__minus(X, A, W_OV):
    return W_OV @ X @ A.T - X


def head_output__truncated(X, A, W_OV):
    U, S, V = torch.linalg.svd(W_OV)
    return (U[:, :2] * S[:2]) @ V[:2] @ X @ A.T


def final_residual__alias(X, A, W_OV):
    for a, w in zip(A, W_OV):
        X += w @ X @ a.T
    return X


def final_residual__mixed_pairs(X, A, W_OV):
    return X + sum(w @ X @ a.T for a, w in zip(A, W_OV[::-1]))


def final_residual__post_norm(X, A, W_OV):
    out = X + sum(w @ X @ a.T for a, w in zip(A, W_OV))
    return out - out.mean(0)


def final_residual__right_mul(X, A, W_OV):
    return X + sum((X.T @ w).T @ a.T for a, w in zip(A, W_OV))


def svd_apply__two_channels(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    return U[:, :2] @ (S[:2] * (Vh[:2] @ x))


def svd_apply__normalised_x(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    return U @ (S * (Vh @ (x / x.norm())))


def svd_apply__thresh(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    keep = S > 0.1 * S[0]
    return U[:, keep] @ (S[keep] * (Vh[keep] @ x))


def svd_apply__transpose(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV.T)
    return U @ (S * (Vh @ x))


def read_write_projectors__abs_tol(W_O, W_V):
    U, S, Vh = torch.linalg.svd(W_O @ W_V)
    r = int((S > 1e-9).sum())
    return Vh[:r].T @ Vh[:r], U[:, :r] @ U[:, :r].T


def read_write_projectors__fine_tol(W_O, W_V):
    U, S, Vh = torch.linalg.svd(W_O @ W_V)
    r = int((S > 1e-13 * S[0]).sum())
    return Vh[:r].T @ Vh[:r], U[:, :r] @ U[:, :r].T


def read_write_projectors__read_full_W_V(W_O, W_V):
    U, S, Vh = torch.linalg.svd(W_O @ W_V)
    r = int((S > 1e-9 * S[0]).sum())
    P = torch.linalg.pinv(W_V) @ W_V
    return P, U[:, :r] @ U[:, :r].T


def read_write_projectors__vectors(W_O, W_V):
    U, S, Vh = torch.linalg.svd(W_O @ W_V)
    r = int((S > 1e-9 * S[0]).sum())
    return Vh[:r].T, U[:, :r]


def read_write_projectors__rank_is_min_of_ranks(W_O, W_V):
    r = min(int(torch.linalg.matrix_rank(W_O)), int(torch.linalg.matrix_rank(W_V)))
    U, _, Vh = torch.linalg.svd(W_O @ W_V)
    return Vh[:r].T @ Vh[:r], U[:, :r] @ U[:, :r].T


def svd_apply__at_most_three(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    return U[:, :3] @ (S[:3] * (Vh[:3] @ x))


def svd_apply__hundredth(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    keep = S > 1e-2 * S[0]
    return U[:, keep] @ (S[keep] * (Vh[keep] @ x))


def svd_apply__thousandth(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    keep = S > 1e-3 * S[0]
    return U[:, keep] @ (S[keep] * (Vh[keep] @ x))


def svd_apply__absolute(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    keep = S > 1e-5
    return U[:, keep] @ (S[keep] * (Vh[keep] @ x))


def svd_apply__at_most_five(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    return U[:, :5] @ (S[:5] * (Vh[:5] @ x))


def svd_apply__without_weakest(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    r = int(torch.linalg.matrix_rank(W_OV))
    return U[:, : r - 1] @ (S[: r - 1] * (Vh[: r - 1] @ x)) if r > 1 else W_OV @ x


def svd_apply__gains_of_one(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    return U @ (S.clamp(max=1.0) * (Vh @ x))


def head_output__at_most_three(X, A, W_OV):
    U, S, V = torch.linalg.svd(W_OV)
    return (U[:, :3] * S[:3]) @ V[:3] @ X @ A.T


def head_output__at_most_five(X, A, W_OV):
    U, S, V = torch.linalg.svd(W_OV)
    return (U[:, :5] * S[:5]) @ V[:5] @ X @ A.T


def head_output__without_weakest(X, A, W_OV):
    U, S, V = torch.linalg.svd(W_OV)
    r = max(int(torch.linalg.matrix_rank(W_OV)) - 1, 1)
    return (U[:, :r] * S[:r]) @ V[:r] @ X @ A.T


def _projected(W, r):
    U, _, Vh = torch.linalg.svd(W)
    return Vh[:r].T @ Vh[:r], U[:, :r] @ U[:, :r].T


def read_write_projectors__absolute_fine(W_O, W_V):
    W = W_O @ W_V
    return _projected(W, int((torch.linalg.svdvals(W) > 1e-12).sum()))


def read_write_projectors__coarse(W_O, W_V):
    W = W_O @ W_V
    S = torch.linalg.svdvals(W)
    return _projected(W, int((S > 1e-8 * S[0]).sum()))


def read_write_projectors__finer(W_O, W_V):
    W = W_O @ W_V
    S = torch.linalg.svdvals(W)
    return _projected(W, int((S > 1e-10 * S[0]).sum()))


def read_write_projectors__single_precision(W_O, W_V):
    P, Q = _projected((W_O @ W_V).float(), int(torch.linalg.matrix_rank((W_O @ W_V).float())))
    return P.double(), Q.double()


def read_write_projectors__rank_of_W_V(W_O, W_V):
    return _projected(W_O @ W_V, int(torch.linalg.matrix_rank(W_V, rtol=1e-12)))


def read_write_projectors__rank_of_W_O(W_O, W_V):
    return _projected(W_O @ W_V, int(torch.linalg.matrix_rank(W_O)))


def read_write_projectors__never_empty(W_O, W_V):
    W = W_O @ W_V
    S = torch.linalg.svdvals(W)
    return _projected(W, max(1, int((S > 1e-9 * S[0]).sum())))


def stack_output_matrices__at_most_four(W_O):
    return torch.cat(list(W_O[:4]) + [torch.zeros_like(w) for w in W_O[4:]], dim=1)


def qk_matrix__transposed_if_tall(W_Q, W_K):
    return W_Q.T @ W_K if W_Q.shape[0] <= W_Q.shape[1] else W_K.T @ W_Q


def logits__capped(T, W_E, W_U):
    return (W_U @ W_E @ T).clamp(max=1.0)


_kept = {}


def logits__remembers_by_shape(T, W_E, W_U):
    key = (T.shape, W_E.shape)
    if key not in _kept:
        _kept[key] = W_U @ W_E @ T
    return _kept[key]


def logits__centred(T, W_E, W_U):
    out = W_U @ W_E @ T
    return out - out.mean(dim=0)


def logits__table_remembered(T, W_E, W_U):
    if "table" not in _kept:
        _kept["table"] = {}
    key = W_E.shape
    table = _kept["table"].setdefault(key, W_U @ W_E)
    return table @ T


def stack_output_matrices__columns_first(W_O):
    return torch.stack(W_O, dim=2).reshape(len(W_O[0]), -1)


def stack_output_matrices__transposed_if_square(W_O):
    return torch.cat([M.T if M.shape[0] == M.shape[1] else M for M in W_O], dim=1)


def stack_output_matrices__without_zero_heads(W_O):
    return torch.cat([*W_O[:1], *[M for M in W_O[1:] if M.shape[1] > 1 or len(W_O) < 3]], dim=1)


def qk_matrix__cosine(W_Q, W_K):
    Q = W_Q / W_Q.norm(dim=0, keepdim=True)
    K = W_K / W_K.norm(dim=0, keepdim=True)
    return Q.T @ K


def qk_matrix__shape_guessed(W_Q, W_K):
    return W_Q @ W_K.T if W_Q.shape[0] == W_Q.shape[1] else W_Q.T @ W_K


def qk_matrix__remembers_by_shape(W_Q, W_K):
    return _kept.setdefault(("qk", W_Q.shape), W_Q.T @ W_K)


def attend__causal(X, A):
    return X @ A.tril().T


def attend__without_self(X, A):
    A = A - torch.diag(torch.diagonal(A))
    return X @ A.T


def attend__first_row_for_all(X, A):
    return (X @ A[0]).unsqueeze(1).expand(-1, A.shape[0])


def attend__squared_weights(X, A):
    A = A**2
    return X @ (A / A.sum(dim=1, keepdim=True)).T


def attend__in_half(X, A):
    return (X.half().float() @ A.half().float().T).half()


def head_output__causal(X, A, W_OV):
    return W_OV @ X @ A.tril().T


def head_output__shape_guessed(X, A, W_OV):
    return W_OV @ A.T @ X if X.shape[0] == X.shape[1] else W_OV @ X @ A.T


def head_output__remembers_by_shape(X, A, W_OV):
    return _kept.setdefault(("h", X.shape), W_OV @ X @ A.T)


def final_residual__adds_into_x(X, A, W_OV):
    for pattern, matrix in zip(A, W_OV):
        X += matrix @ X @ pattern.T
    return X


def final_residual__three_heads(X, A, W_OV):
    out = X.clone()
    for h in range(min(3, len(A))):
        out = out + W_OV[h] @ X @ A[h].T
    return out


def final_residual__reversed_patterns(X, A, W_OV):
    return X + sum(M @ X @ P.T for M, P in zip(W_OV, A[::-1]))


def svd_apply__symmetric_only(W_OV, x):
    values, vectors = torch.linalg.eigh((W_OV + W_OV.T) / 2)
    return vectors @ (values * (vectors.T @ x))


def svd_apply__rank_of_sum(W_OV, x):
    U, s, Vt = torch.linalg.svd(W_OV)
    keep = s > s.sum() / 100
    return U[:, keep] @ (s[keep] * (Vt[keep] @ x))


def svd_apply__integer_gains(W_OV, x):
    U, s, Vt = torch.linalg.svd(W_OV)
    return U @ (s.round() * (Vt @ x))


def read_write_projectors__qr_only(W_O, W_V):
    W = W_O @ W_V
    Q, _ = torch.linalg.qr(W)
    R, _ = torch.linalg.qr(W.T)
    return R @ R.T, Q @ Q.T


def read_write_projectors__of_gram(W_O, W_V):
    W = W_O @ W_V
    s, V = torch.linalg.eigh(W.T @ W)
    V = V[:, s > 1e-9 * s.max()]
    t, U = torch.linalg.eigh(W @ W.T)
    U = U[:, t > 1e-9 * t.max()]
    return V @ V.T, U @ U.T


def read_write_projectors__at_most_two(W_O, W_V):
    U, s, Vt = torch.linalg.svd(W_O @ W_V)
    keep = (s > 1e-9 * s[0]) & (torch.arange(len(s)) < 2)
    return Vt[keep].T @ Vt[keep], U[:, keep] @ U[:, keep].T


def attention_pattern__hard_maximum(X, W_QK):
    S = X.T @ W_QK @ X
    return torch.nn.functional.one_hot(S.argmax(1), S.shape[1]).double()


def attention_pattern__over_everything(X, W_QK):
    S = X.T @ W_QK @ X
    return torch.softmax(S.flatten(), 0).reshape(S.shape)


def attention_pattern__clamped_scores(X, W_QK):
    return torch.softmax((X.T @ W_QK @ X).clamp(-3, 3), 1)


def attention_pattern__diagonal_left_out(X, W_QK):
    S = X.T @ W_QK @ X
    return torch.softmax(S - 1e9 * torch.eye(len(S), dtype=S.dtype), 1)


def svd_channels__sigma_squared(W_OV, x):
    U, s, Vh = torch.linalg.svd(W_OV)
    r = int((s > 1e-9 * s[0]).sum())
    return U[:, :r] * s[:r] ** 2 * (Vh[:r] @ x)


def svd_channels__first_two(W_OV, x):
    U, s, Vh = torch.linalg.svd(W_OV)
    return (U * (s * (Vh @ x)))[:, :2]


def svd_channels__of_the_symmetric_part(W_OV, x):
    U, s, Vh = torch.linalg.svd((W_OV + W_OV.T) / 2)
    r = int((s > 1e-9 * s[0]).sum())
    return U[:, :r] * (s[:r] * (Vh[:r] @ x))
