"""Right variants of the functions of the circuits, named FUNCTION__VARIANT: each does what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def logits__ref(T, W_E, W_U):
    return W_U @ W_E @ T


def logits__embedding(T, W_E, W_U):
    tokens = T.argmax(dim=0)
    return F.linear(F.embedding(tokens, W_E.T), W_U).T


def logits__numpy(T, W_E, W_U):
    return np.array(W_U) @ (np.array(W_E) @ np.array(T))


def logits__list(T, W_E, W_U):
    return torch.matmul(W_U, torch.matmul(W_E, T)).tolist()


def stack_output_matrices__ref(W_O):
    return torch.cat(list(W_O), dim=1)


def stack_output_matrices__numpy(W_O):
    return np.concatenate([np.asarray(w) for w in W_O], axis=1)


def stack_output_matrices__fill(W_O):
    d, h = W_O[0].shape
    out = torch.empty(d, len(W_O) * h, dtype=W_O[0].dtype)
    for i, w in enumerate(W_O):
        out[:, i * h : (i + 1) * h] = w
    return out


def qk_matrix__ref(W_Q, W_K):
    return W_Q.T @ W_K


def qk_matrix__outer(W_Q, W_K):
    total = torch.zeros(W_Q.shape[1], W_Q.shape[1])
    for q, k in zip(W_Q, W_K):
        total += torch.outer(q, k)
    return total


def qk_matrix__view(W_Q, W_K):
    return (W_K.T @ W_Q).T


def attend__ref(X, A):
    return X @ A.T


def attend__loops(X, A):
    d, n = X.shape
    out = torch.zeros_like(X)
    for i in range(n):
        for j in range(n):
            out[:, i] += A[i, j] * X[:, j]
    return out


def attend__numpy(X, A):
    return np.einsum("ij,dj->di", np.asarray(A), np.asarray(X))


def attend__linear(X, A):
    return F.linear(X, A)


def head_output__ref(X, A, W_OV):
    return W_OV @ (X @ A.T)


def head_output__loops(X, A, W_OV):
    n = X.size(1)
    cols = []
    for i in range(n):
        v = torch.zeros(X.size(0), dtype=X.dtype)
        for j in range(n):
            v = v + A[i, j] * (W_OV @ X[:, j])
        cols.append(v)
    return torch.stack(cols, dim=1)


def head_output__view(X, A, W_OV):
    return (A @ (W_OV @ X).T).T


def final_residual__ref(X, A, W_OV):
    stream = X.clone()
    for pattern, matrix in zip(A, W_OV, strict=True):
        stream = stream + matrix @ X @ pattern.T
    return stream


def final_residual__einsum(X, A, W_OV):
    return X + torch.einsum("hde,ej,hij->di", torch.stack(list(W_OV)), X, torch.stack(list(A)))


def final_residual__numpy(X, A, W_OV):
    out = np.array(X, copy=True)
    for h in range(len(W_OV)):
        out += np.asarray(W_OV[h]) @ np.asarray(X) @ np.asarray(A[h]).T
    return out


def svd_apply__ref(W_OV, x):
    U, sigma, Vt = torch.linalg.svd(W_OV, full_matrices=False)
    kept = sigma > 1e-9 * sigma[0]
    U, sigma, V = U[:, kept], sigma[kept], Vt[kept].T
    return U @ (sigma * (V.T @ x))


def svd_apply__numpy(W_OV, x):
    U, s, Vt = np.linalg.svd(np.asarray(W_OV))
    r = int((s > 1e-12).sum())
    return (U[:, :r] * s[:r]) @ (Vt[:r] @ np.asarray(x))


def svd_apply__rank(W_OV, x):
    r = int(torch.linalg.matrix_rank(W_OV))
    U, S, Vh = torch.linalg.svd(W_OV)
    return (U[:, :r] @ torch.diag(S[:r]) @ Vh[:r, :] @ x.unsqueeze(1)).squeeze(1)


def read_write_projectors__ref(W_O, W_V):
    U, sigma, Vt = torch.linalg.svd(W_O @ W_V, full_matrices=False)
    kept = sigma > 1e-9 * sigma[0]
    U, V = U[:, kept], Vt[kept].T
    return V @ V.T, U @ U.T


def read_write_projectors__numpy(W_O, W_V):
    U, s, Vt = np.linalg.svd((W_O @ W_V).numpy())
    r = int(np.sum(s > 1e-9 * s.max()))
    return Vt[:r].T @ Vt[:r], U[:, :r] @ U[:, :r].T


def read_write_projectors__loops(W_O, W_V):
    W = W_O @ W_V
    U, S, Vh = torch.linalg.svd(W)
    P_read, P_write = torch.zeros_like(W), torch.zeros_like(W)
    for k, s in enumerate(S):
        if s > 1e-9 * S.max():
            P_read += torch.outer(Vh[k], Vh[k])
            P_write += torch.outer(U[:, k], U[:, k])
    return [P_read, P_write]


def read_write_projectors__qr(W_O, W_V):
    W = W_O @ W_V
    r = int(torch.linalg.matrix_rank(W, rtol=1e-9))

    def span(M):
        U, _, _ = torch.linalg.svd(M, full_matrices=False)
        Q, _ = torch.linalg.qr(M @ torch.linalg.svd(M)[2][:r].T)
        return Q @ Q.T

    return span(W.T), span(W)


def svd_apply__lowrank(W_OV, x):
    U, S, V = torch.svd_lowrank(W_OV, q=W_OV.shape[0])
    return U @ (S * (V.T @ x))


def final_residual__float32list(X, A, W_OV):
    out = torch.zeros(X.shape)
    out += X
    for a, w in zip(A, W_OV):
        out += w @ X @ a.T
    return out.tolist()


def svd_apply__double_sum(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV)
    return sum((S[k] * U[:, k] * (Vh[k] * x).sum() for k in range(len(S))), torch.zeros_like(x))


def svd_apply__single(W_OV, x):
    U, S, Vh = torch.linalg.svd(W_OV.float(), full_matrices=False)
    return (U * S) @ (Vh @ x.float())


def read_write_projectors__pinv(W_O, W_V):
    W = W_O @ W_V
    return torch.linalg.pinv(W, rtol=1e-9) @ W, W @ torch.linalg.pinv(W, rtol=1e-9)


def head_output__single(X, A, W_OV):
    return (W_OV.float() @ X.float() @ A.float().T).numpy()


def attend__single(X, A):
    return torch.stack([X.float() @ row.float() for row in A], dim=1)


def logits__tensordot(T, W_E, W_U):
    return torch.tensordot(W_U, torch.tensordot(W_E, T, dims=1), dims=([1], [0]))


def logits__per_token(T, W_E, W_U):
    columns = []
    for t in T.unbind(dim=1):
        columns.append(W_U @ W_E[:, int(t.argmax())])
    return torch.stack(columns, dim=1)


def logits__transposed_twice(T, W_E, W_U):
    return (T.T @ W_E.T @ W_U.T).T


def logits__in_place(T, W_E, W_U):
    out = torch.empty(W_U.shape[0], T.shape[1], dtype=torch.float64)
    torch.matmul(W_U, W_E @ T, out=out)
    return out


def logits__sparse(T, W_E, W_U):
    return torch.sparse.mm(T.T.to_sparse(), (W_U @ W_E).T).T


def stack_output_matrices__hstack(W_O):
    return torch.hstack([m for m in W_O])


def stack_output_matrices__einops_like(W_O):
    return torch.stack(tuple(W_O)).permute(1, 0, 2).reshape(W_O[0].shape[0], -1)


def stack_output_matrices__numpy_concatenate(W_O):
    return np.concatenate([np.asarray(m) for m in W_O], axis=-1)


def qk_matrix__einsum(W_Q, W_K):
    return torch.einsum("hi,hj->ij", W_Q, W_K)


def qk_matrix__sum_of_outers(W_Q, W_K):
    total = 0
    for q, k in zip(W_Q, W_K):
        total = total + q[:, None] * k[None, :]
    return total


def qk_matrix__numpy_matrix(W_Q, W_K):
    return np.asarray(np.matrix(W_Q.numpy()).T * np.matrix(W_K.numpy()))


def attend__einsum(X, A):
    return torch.einsum("ij,dj->di", A, X)


def attend__generator(X, A):
    return torch.stack(tuple(sum(a * X[:, j] for j, a in enumerate(row)) for row in A), dim=-1)


def attend__weighted_average(X, A):
    return np.stack([np.average(X.numpy(), axis=1, weights=row) for row in A.numpy()], axis=1)


def attend__bmm(X, A):
    return torch.bmm(X[None], A.T[None]).squeeze(0)


def head_output__einsum(X, A, W_OV):
    return torch.einsum("ab,bj,ij->ai", W_OV, X, A)


def head_output__kron(X, A, W_OV):
    d, n = X.shape
    vec = torch.kron(A.contiguous(), W_OV.contiguous()) @ X.T.reshape(-1)
    return vec.reshape(n, d).T


class _Head:
    def __init__(self, A, W):
        self.A, self.W = A, W

    def __call__(self, X):
        return self.W @ X @ self.A.mT


def head_output__class(X, A, W_OV):
    return _Head(A, W_OV)(X)


def final_residual__own_copy_in_place(X, A, W_OV):
    stream = X.clone()
    for pattern, matrix in zip(A, W_OV):
        stream += matrix @ X @ pattern.T
    return stream


def final_residual__batched(X, A, W_OV):
    return X + (torch.stack(list(W_OV)) @ X @ torch.stack(list(A)).mT).sum(dim=0)


def final_residual__reduce(X, A, W_OV):
    from functools import reduce

    return reduce(torch.add, (W @ X @ P.T for P, W in zip(A, W_OV)), X)


def svd_apply__loop(W_OV, x):
    U, s, Vh = torch.linalg.svd(W_OV, full_matrices=False)
    y = torch.zeros_like(x)
    for k in range(len(s)):
        if s[k] > 0:
            y += s[k] * U[:, k] * (Vh[k] @ x)
    return y


def svd_apply__numpy_compact(W_OV, x):
    U, s, Vh = np.linalg.svd(W_OV.numpy(), full_matrices=False)
    r = int((s > s.max(initial=0) * 1e-8).sum())
    return (U[:, :r] * s[:r]) @ (Vh[:r] @ x.numpy())


def svd_apply__eigh_of_gram(W_OV, x):
    l, V = torch.linalg.eigh(W_OV.T @ W_OV)
    keep = l > 1e-10 * l.max()
    s, V = l[keep].sqrt(), V[:, keep]
    U = W_OV @ V / s
    return U @ (s * (V.T @ x))


def read_write_projectors__lstsq(W_O, W_V):
    W = W_O @ W_V
    U, s, Vh = torch.linalg.svd(W, full_matrices=False)
    k = int(torch.count_nonzero(s > 1e-9 * s.max())) if s.max() > 0 else 0
    P = Vh[:k].mT @ Vh[:k]
    return P, U[:, :k] @ U[:, :k].mT


def read_write_projectors__matrix_rank(W_O, W_V):
    W = (W_O @ W_V).numpy()
    r = np.linalg.matrix_rank(W, tol=1e-9 * np.linalg.norm(W, 2))
    U, _, Vh = np.linalg.svd(W)
    return [Vh[:r].T @ Vh[:r], U[:, :r] @ U[:, :r].T]


def read_write_projectors__sum_of_outers(W_O, W_V):
    W = W_O @ W_V
    d = len(W)
    U, s, V = torch.svd(W)
    R, Q = torch.zeros(d, d, dtype=W.dtype), torch.zeros(d, d, dtype=W.dtype)
    for i, gain in enumerate(s):
        if gain > 1e-9 * s[0]:
            R += torch.outer(V[:, i], V[:, i])
            Q += torch.outer(U[:, i], U[:, i])
    return R, Q


def attention_pattern__logsumexp(X, W_QK):
    S = torch.einsum("di,de,ej->ij", X, W_QK, X)
    return (S - S.logsumexp(1, keepdim=True)).exp()


def attention_pattern__numpy(X, W_QK):
    S = (X.T @ W_QK @ X).numpy()
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def svd_channels__einsum(W_OV, x):
    U, s, Vh = torch.linalg.svd(W_OV)
    r = int(torch.linalg.matrix_rank(W_OV, rtol=1e-9))
    return torch.einsum("dk,k,ke,e->dk", U[:, :r], s[:r], Vh[:r], x)


def svd_channels__by_projecting_what_is_written(W_OV, x):
    U, s, _ = torch.linalg.svd(W_OV)
    r = int((s > 1e-7 * s[0]).sum())
    y = W_OV @ x
    return torch.stack([U[:, k] * (U[:, k] @ y) for k in range(r)], 1)
