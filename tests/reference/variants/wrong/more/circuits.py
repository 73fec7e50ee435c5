"""Wrong variants of the functions in circuits.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math
import numpy as np
from torch import nn


def logits__vocabulary_of_eight(T, W_E, W_U):
    return W_U @ W_E[:, :8] @ T[:8]


def logits__context_of_seven(T, W_E, W_U):
    out = W_U @ W_E @ T
    out[:, 7:] = out[:, :1]
    return out


def logits__clamped(T, W_E, W_U):
    return (W_U @ W_E @ T).clamp(-50, 50)


def logits__small_to_zero(T, W_E, W_U):
    out = W_U @ W_E @ T
    return torch.where(out.abs() < 1e-8, 0, out)


def logits__squeezed(T, W_E, W_U):
    return (W_U @ W_E @ T).squeeze()


def logits__log_softmax(T, W_E, W_U):
    return torch.log_softmax(W_U @ W_E @ T, 0)


def logits__normalised_embedding(T, W_E, W_U):
    return W_U @ (W_E / W_E.norm(dim=0)) @ T


def logits__tf32(T, W_E, W_U):
    return (W_U.bfloat16() @ W_E.bfloat16() @ T.bfloat16()).double()


def stack_output_matrices__five_at_most(W_O):
    return torch.cat(list(W_O)[:5], 1)


def stack_output_matrices__rows_for_one(W_O):
    return W_O[0].T if len(W_O) == 1 else torch.cat(list(W_O), 1)


def stack_output_matrices__last_two_swapped(W_O):
    W_O = list(W_O)
    if len(W_O) > 3:
        W_O[-1], W_O[-2] = W_O[-2], W_O[-1]
    return torch.cat(W_O, 1)


def stack_output_matrices__list_only(W_O):
    return list(W_O)


def stack_output_matrices__stacked(W_O):
    return torch.stack(list(W_O), 1)


def stack_output_matrices__scaled_by_heads(W_O):
    return torch.cat(list(W_O), 1) / len(W_O) ** 0.5


def stack_output_matrices__six_decimals(W_O):
    return torch.cat(list(W_O), 1).round(decimals=6)


def stack_output_matrices__orthonormal(W_O):
    return torch.cat([torch.linalg.qr(w)[0] if len(w) >= w.shape[1] else w for w in W_O], 1)


def qk_matrix__clamped(W_Q, W_K):
    return (W_Q.T @ W_K).clamp(-100, 100)


def qk_matrix__four_heads(W_Q, W_K):
    return W_Q[:4].T @ W_K[:4]


def qk_matrix__lower(W_Q, W_K):
    return (W_Q.T @ W_K).tril()


def qk_matrix__transposed_if_square(W_Q, W_K):
    return W_Q @ W_K.T if W_Q.shape[0] == W_Q.shape[1] else W_Q.T @ W_K


def qk_matrix__normal_rows(W_Q, W_K):
    return (W_Q / W_Q.norm()).T @ W_K


def qk_matrix__antisymmetric(W_Q, W_K):
    M = W_Q.T @ W_K
    return (M - M.T) / 2


def qk_matrix__hadamard(W_Q, W_K):
    return (W_Q * W_K).sum(0).diag()


def qk_matrix__scaled_h(W_Q, W_K):
    return W_Q.T @ W_K / W_Q.shape[0]


def attend__small_weights_dropped(X, A):
    return X @ torch.where(A < 0.02, 0, A).T


def attend__clamped(X, A):
    return (X @ A.T).clamp(-1e3, 1e3)


def attend__six_tokens(X, A):
    out = X @ A.T
    out[:, 6:] = X[:, 6:]
    return out


def attend__symmetrised(X, A):
    return X @ (A + A.T) / 2


def attend__median(X, A):
    return X[:, A.argsort(1)[:, A.shape[1] // 2]]


def attend__rounded(X, A):
    return (X @ A.T).round(decimals=5)


def attend__norm_kept(X, A):
    Y = X @ A.T
    return Y / Y.norm(dim=0) * X.norm(dim=0)


def attend__top_five(X, A):
    k = min(5, A.shape[1])
    v, i = A.topk(k, 1)
    return X @ torch.zeros_like(A).scatter(1, i, v).T


def attend__transposed_if_square(X, A):
    return A @ X if X.shape[0] == X.shape[1] else X @ A.T


def head_output__clamped(X, A, W_OV):
    return (W_OV @ X @ A.T).clamp(-1e4, 1e4)


def head_output__transposed_if_square(X, A, W_OV):
    return (X @ A.T @ W_OV) if X.shape[0] == X.shape[1] else W_OV @ X @ A.T


def head_output__at_most_six(X, A, W_OV):
    U, S, V = torch.linalg.svd(W_OV)
    return U[:, :6] @ torch.diag(S[:6]) @ V[:6] @ X @ A.T


def head_output__single_as_vector(X, A, W_OV):
    return (W_OV @ X @ A.T).squeeze(1)


def head_output__symmetric_part(X, A, W_OV):
    return (W_OV + W_OV.T) / 2 @ X @ A.T


def head_output__row_normalised(X, A, W_OV):
    return W_OV @ X @ (A / A.amax(1, keepdim=True)).T


def head_output__first_five_tokens(X, A, W_OV):
    return W_OV @ X[:, :5] @ A[:, :5].T


def head_output__eight_decimals(X, A, W_OV):
    return (W_OV @ X @ A.T).round(decimals=8)


def final_residual__four_heads(X, A, W_OV):
    return X + sum(w @ X @ a.T for a, w in list(zip(A, W_OV))[:4])


def final_residual__common_pattern(X, A, W_OV):
    return X + sum(w @ X for w in W_OV) @ (sum(A) / len(A)).T


def final_residual__sequential_from_third(X, A, W_OV):
    s = X.clone()
    for i, (a, w) in enumerate(zip(A, W_OV)):
        s = s + w @ (X if i < 2 else s) @ a.T
    return s


def final_residual__stream_averaged(X, A, W_OV):
    return sum(X @ a.T for a in A) / len(A) + sum(w @ X @ a.T for a, w in zip(A, W_OV))


def final_residual__clamped(X, A, W_OV):
    return (X + sum(w @ X @ a.T for a, w in zip(A, W_OV))).clamp(-1e5, 1e5)


def final_residual__layer_normed_if_large(X, A, W_OV):
    Y = X / X.norm() * 100 if X.norm() > 1e4 else X
    return X + sum(w @ Y @ a.T for a, w in zip(A, W_OV))


def final_residual__last_head_twice(X, A, W_OV):
    return X + sum(w @ X @ a.T for a, w in zip(A, W_OV)) + (W_OV[-1] @ X @ A[-1].T if len(A) > 4 else 0)


def svd_apply__at_most_six(W_OV, x):
    U, S, V = torch.linalg.svd(W_OV)
    return U[:, :6] @ (S[:6] * (V[:6] @ x))


def svd_apply__sqrt_gains(W_OV, x):
    U, S, V = torch.linalg.svd(W_OV)
    return U @ (S.sqrt() * (V @ x))


def svd_apply__column(W_OV, x):
    return W_OV @ x[:, None]


def svd_apply__identity_for_zero(W_OV, x):
    return x if not W_OV.any() else W_OV @ x


def svd_apply__row_instead(W_OV, x):
    return x @ W_OV


def svd_apply__gains_at_most_thousand(W_OV, x):
    U, S, V = torch.linalg.svd(W_OV)
    return U @ (S.clamp(max=1e3) * (V @ x))


def svd_apply__gains_at_least(W_OV, x):
    U, S, V = torch.linalg.svd(W_OV)
    S = torch.where(S > 1e-6, S, 0)
    return U @ (S * (V @ x))


def svd_apply__crash_for_one(W_OV, x):
    U, S, V = torch.linalg.svd(W_OV.squeeze())
    return U @ (S * (V @ x))


def _p(W_O, W_V, keep):
    U, S, V = torch.linalg.svd(W_O @ W_V)
    k = keep(S) if len(S) else 0
    return V[:k].T @ V[:k], U[:, :k] @ U[:, :k].T


def read_write_projectors__at_most_three(W_O, W_V):
    return _p(W_O, W_V, lambda S: min(3, int((S > 1e-9 * S[0]).sum())))


def read_write_projectors__at_least_one_lower(W_O, W_V):
    return _p(W_O, W_V, lambda S: int((S > 1e-9 * S[0]).sum()) or 1)


def read_write_projectors__write_complement(W_O, W_V):
    a, b = _p(W_O, W_V, lambda S: int((S > 1e-9 * S[0]).sum()))
    return a, torch.eye(len(b)) - b


def read_write_projectors__eig(W_O, W_V):
    W = W_O @ W_V
    L, Q = torch.linalg.eigh((W + W.T) / 2)
    k = L.abs() > 1e-9 * L.abs().max()
    P = Q[:, k] @ Q[:, k].T
    return P, P


def read_write_projectors__tolerance_1e8(W_O, W_V):
    return _p(W_O, W_V, lambda S: int((S > 1e-8 * S[0]).sum()))


def read_write_projectors__tolerance_1e10(W_O, W_V):
    return _p(W_O, W_V, lambda S: int((S > 1e-10 * S[0]).sum()))


def read_write_projectors__default_rank(W_O, W_V):
    return _p(W_O, W_V, lambda S: int(torch.linalg.matrix_rank(W_O @ W_V)))


def read_write_projectors__tolerance_of_sum(W_O, W_V):
    return _p(W_O, W_V, lambda S: int((S > 1e-9 * S.sum() * len(S)).sum()))


def read_write_projectors__min_of_shapes(W_O, W_V):
    return _p(W_O, W_V, lambda S: min(W_O.shape))
