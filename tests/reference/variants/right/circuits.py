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
