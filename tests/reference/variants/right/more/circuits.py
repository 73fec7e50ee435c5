"""Right variants of the functions in circuits.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math, functools, operator
import numpy as np
from torch import nn
import torch.nn.functional as F


def logits__index(T, W_E, W_U):
    return torch.stack([(W_U @ W_E)[:, t] for t in T.argmax(0).tolist()], dim=-1)


def logits__embedding_bag(T, W_E, W_U):
    return [list(map(float, r)) for r in (W_U.float() @ (W_E.float() @ T.float()))]


def logits__chain(T, W_E, W_U):
    return torch.linalg.multi_dot([W_U, W_E, T])


def logits__contiguous_view(T, W_E, W_U):
    return (T.mT @ W_E.mT @ W_U.mT).mT


def stack_output_matrices__tuple(W_O):
    return tuple(map(tuple, torch.hstack(tuple(W_O)).tolist()))


def stack_output_matrices__permute(W_O):
    return torch.stack(W_O).permute(1, 0, 2).reshape(len(W_O[0]), -1)


def stack_output_matrices__reduce(W_O):
    return functools.reduce(lambda a, b: np.c_[a, b], [w.numpy() for w in W_O])


def stack_output_matrices__columns(W_O):
    return torch.stack([w[:, j] for w in W_O for j in range(w.shape[1])]).T


def qk_matrix__bilinear(W_Q, W_K):
    I = torch.eye(W_Q.shape[1], dtype=W_Q.dtype)
    return (W_Q @ I).T @ (W_K @ I)


def qk_matrix__tensordot(W_Q, W_K):
    return torch.tensordot(W_Q, W_K, dims=([0], [0]))


def qk_matrix__autograd(W_Q, W_K):
    x = torch.zeros(W_Q.shape[1], dtype=W_Q.dtype)
    y = torch.zeros_like(x)
    return torch.autograd.functional.hessian(lambda x, y: (W_Q @ x) @ (W_K @ y), (x, y))[0][1]


def qk_matrix__lists(W_Q, W_K):
    q, k = W_Q.T.tolist(), W_K.T.tolist()
    return [[math.fsum(a * b for a, b in zip(u, v)) for v in k] for u in q]


def attend__in_place(X, A):
    A.t_()
    return X.matmul(A)


def attend__map(X, A):
    return torch.vmap(lambda a: X @ a, out_dims=1)(A)


def attend__mv(X, A):
    return torch.column_stack([X.mv(a) for a in A.unbind(0)])


def attend__f32_numpy(X, A):
    return np.matmul(X.numpy().astype("f4"), A.numpy().astype("f4").T)


def head_output__bilinear(X, A, W_OV):
    return F.linear(F.linear(X.T, W_OV).T, A)


def head_output__numpy32(X, A, W_OV):
    return np.linalg.multi_dot([W_OV.float().numpy(), X.float().numpy(), A.float().numpy().T]).tolist()


def head_output__einsum_one(X, A, W_OV):
    return torch.einsum("de,ej,ij->di", W_OV, X, A)


def head_output__in_place(X, A, W_OV):
    X.copy_(W_OV @ X)
    return X @ A.T


def final_residual__in_place(X, A, W_OV):
    Y = X.clone()
    for i in range(len(A)):
        X += W_OV[i] @ Y @ A[i].T
    return X


def final_residual__concat(X, A, W_OV):
    return X + torch.cat(list(W_OV), 1) @ torch.cat([X @ a.T for a in A], 0)


def final_residual__map(X, A, W_OV):
    return functools.reduce(operator.add, map(lambda a, w: w @ X @ a.T, A, W_OV), X)


def final_residual__columns(X, A, W_OV):
    out = X.double().numpy().copy()
    for a, w in zip(A, W_OV):
        for i in range(X.shape[1]):
            out[:, i] += (w @ (X * a[i]).sum(1)).numpy()
    return np.asfortranarray(out)


def svd_apply__full(W_OV, x):
    U, S, V = W_OV.svd()
    return (U * S) @ (V.mT @ x)


def svd_apply__scipy(W_OV, x):
    import scipy.linalg

    U, S, V = scipy.linalg.svd(W_OV.numpy())
    return (U @ np.diag(S) @ V @ x.numpy()).tolist()


def svd_apply__outer(W_OV, x):
    U, S, V = torch.linalg.svd(W_OV, full_matrices=False)
    return sum((S[k] * torch.outer(U[:, k], V[k]) @ x for k in range(len(S)) if S[k] > 0), torch.zeros_like(x))


def svd_apply__pinv(W_OV, x):
    return W_OV @ (torch.linalg.pinv(W_OV) @ (W_OV @ x))


def read_write_projectors__stacked(W_O, W_V):
    U, S, V = torch.linalg.svd(W_O @ W_V, full_matrices=False)
    k = S > S.max() * 1e-9
    return torch.stack([V[k].mT @ V[k], U[:, k] @ U[:, k].mT])


def read_write_projectors__numpy_rank(W_O, W_V):
    W = (W_O @ W_V).numpy()
    r = np.linalg.matrix_rank(W, tol=1e-9 * np.linalg.norm(W, 2))
    U, _, V = np.linalg.svd(W)
    return np.array([V[:r].T @ V[:r], U[:, :r] @ U[:, :r].T])


def read_write_projectors__mask(W_O, W_V):
    U, S, Vh = torch.linalg.svd(W_O @ W_V)
    m = torch.diag((S > 1e-9 * S[0]).double())
    return Vh.T @ m @ Vh, U @ m @ U.T


def read_write_projectors__lists(W_O, W_V):
    U, S, Vh = torch.linalg.svd(torch.mm(W_O, W_V))
    r = (S / S[0].clamp(min=1e-300) > 1e-9).sum().item()
    return [(Vh[:r].T @ Vh[:r]).tolist(), (U[:, :r] @ U[:, :r].T).float().numpy()]
