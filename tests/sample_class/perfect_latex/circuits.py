"""einsum wherever possible; numpy out."""

import numpy as np
import torch


def logits(T, W_E, W_U):
    return torch.einsum("vd,du,un->vn", W_U, W_E, T)


def stack_output_matrices(W_O):
    return np.concatenate([w.numpy() for w in W_O], axis=1)


def qk_matrix(W_Q, W_K):
    return torch.einsum("hd,he->de", W_Q, W_K)


def attend(X, A):
    return torch.einsum("dj,ij->di", X, A).tolist()


def head_output(X, A, W_OV):
    return torch.einsum("ed,dj,ij->ei", W_OV, X, A)


def final_residual(X, A, W_OV):
    return X + torch.einsum("hed,dj,hij->ei", torch.stack(W_OV), X, torch.stack(A))


def svd_apply(W_OV, x):
    U, s, Vt = np.linalg.svd(W_OV.numpy())
    return U @ (s * (Vt @ x.numpy()))


def _basis(M):
    """Orthonormal basis of the column space."""
    U, s, _ = np.linalg.svd(M)
    return U[:, : (s > 1e-9 * s[0]).sum()]


def read_write_projectors(W_O, W_V):
    M = (W_O @ W_V).numpy()
    V, U = _basis(M.T), _basis(M)
    return V @ V.T, U @ U.T


def attention_pattern(X, W_QK):
    scores = torch.einsum("di,de,ej->ij", X, W_QK, X).numpy()
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def svd_channels(W_OV, x):
    u, s, vt = np.linalg.svd(W_OV.numpy())
    r = int((s > 1e-9 * s[0]).sum())
    return np.einsum("dk,k,ke,e->dk", u[:, :r], s[:r], vt[:r], x.numpy())
