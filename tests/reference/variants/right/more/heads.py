"""Right variants of the functions in heads.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math
import numpy as np
import torch.nn.functional as F


def single_attention_head__tril_list(X, W_QK, W_OV):
    out = []
    for i in range(X.size(0)):
        z = X[: i + 1] @ (W_QK.T @ X[i])
        out.append(((z - z.max()).exp() / (z - z.max()).exp().sum()) @ X[: i + 1] @ W_OV.T)
    return out


def single_attention_head__in_place_mask(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    i, j = torch.triu_indices(len(X), len(X), 1)
    Z[i, j] = -1e9
    return F.linear(F.softmax(Z, dim=-1) @ X, W_OV)


def single_attention_head__numpy32(X, W_QK, W_OV):
    X, Q, O = (t.numpy() for t in (X, W_QK, W_OV))
    Z = X @ Q @ X.T
    Z = np.where(np.tri(len(X), dtype=bool), Z, -1e9)
    P = np.exp(Z - Z.max(1, keepdims=True))
    return (P / P.sum(-1, keepdims=True)).astype(np.float32) @ (X @ O.T).astype(np.float32)


def single_attention_head__module(X, W_QK, W_OV):
    class Head(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.q = torch.nn.Parameter(W_QK)
            self.o = torch.nn.Parameter(W_OV)

        def forward(self, x):
            s = torch.einsum("...id,de,...je->...ij", x, self.q, x) + torch.full(
                (len(x),) * 2, -math.inf, dtype=x.dtype
            ).triu(1)
            return s.softmax(-1) @ x @ self.o.T

    return Head()(X)


def single_attention_head__minus_infinity(X, W_QK, W_OV):
    Z = (X @ W_QK @ X.T).masked_fill(~torch.ones(len(X), len(X)).tril().bool(), float("-inf"))
    return (W_OV @ (torch.softmax(Z, 1) @ X).T).T


def induction_copy_head__positions(E, strength):
    tok, pos = E[:, :4], E[:, 4:]
    prev = torch.zeros(5, 5, dtype=E.dtype)
    prev[1:, :-1] = torch.eye(4, dtype=E.dtype)
    looked = pos @ prev @ pos.T @ tok
    s = (looked @ tok[4])[:4] * strength
    return tok[:4].T @ torch.softmax(s, 0)


def induction_copy_head__dict(E, strength):
    t = [int(i) for i in E[:, :4].argmax(-1)]
    w = [math.exp(strength * (j > 0 and t[j - 1] == t[4])) for j in range(4)]
    out = dict.fromkeys(range(4), 0.0)
    for a, b in zip(t, w):
        out[a] += b / sum(w)
    return tuple(out.values())


def induction_copy_head__scatter(E, strength):
    t = E[:, :4].argmax(1)
    s = F.pad((t[:3] == t[4]).float() * strength, (1, 0))
    return torch.zeros(4).scatter_add_(0, t[:4], s.softmax(0))


def induction_copy_head__numpy_tuple(E, strength=10):
    E = E.numpy()
    s = np.concatenate(([0], (E[:3, :4] * E[4, :4]).sum(1))) * float(strength)
    a = np.exp(s) / np.exp(s).sum()
    return np.bincount(E[:4, :4].argmax(1), a, 4)
