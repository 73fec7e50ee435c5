"""Right variants of the functions of the two heads, named FUNCTION__VARIANT: each does what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def single_attention_head__ref(X, W_QK, W_OV):
    scores = X @ W_QK @ X.T
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return torch.softmax(scores.masked_fill(future, -1e9), dim=1) @ X @ W_OV.T


def single_attention_head__add(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    Z = Z + torch.triu(torch.full(Z.shape, -1e9), diagonal=1)
    return Z.softmax(-1) @ X @ W_OV.T


def single_attention_head__loops(X, W_QK, W_OV):
    T, d = X.shape
    out = torch.zeros(T, d)
    for i in range(T):
        z = torch.stack([X[i] @ W_QK @ X[j] for j in range(i + 1)])
        a = torch.softmax(z, dim=0)
        for j in range(i + 1):
            out[i] += a[j] * (W_OV @ X[j])
    return out


def single_attention_head__einsum(X, W_QK, W_OV):
    Z = torch.einsum("id,de,je->ij", X, W_QK, X)
    Z = Z.masked_fill(torch.arange(len(X))[None, :] > torch.arange(len(X))[:, None], -1e9)
    A = torch.exp(Z - torch.logsumexp(Z, dim=1, keepdim=True))
    return torch.einsum("ij,je,de->id", A, X, W_OV)


def induction_copy_head__ref(E, strength):
    tokens = E[:, :4]
    followed = tokens[:3] @ tokens[4]
    scores = strength * torch.cat([torch.zeros(1, dtype=E.dtype), followed])
    return torch.softmax(scores, dim=0) @ tokens[:4]


def induction_copy_head__shift(E, strength):
    tok = E[:, :4].argmax(1)
    prev = torch.cat([torch.tensor([-1]), tok[:-1]])
    scores = (prev[:4] == tok[4]).double() * strength
    attn = F.softmax(scores, dim=0)
    return torch.zeros(4, dtype=torch.float64).index_add(0, tok[:4], attn)


def induction_copy_head__numpy(E, strength):
    t = np.asarray(E)[:, :4]
    s = np.r_[0.0, t[:3] @ t[4]] * strength
    a = np.exp(s - s.max())
    return (a / a.sum()) @ t[:4]


def induction_copy_head__float32list(E, strength):
    tok = E[:, :4].argmax(dim=1)
    scores = torch.tensor([0.0] + [float(strength) if tok[j - 1] == tok[4] else 0.0 for j in range(1, 4)])
    attn = torch.softmax(scores, dim=0)
    return [sum(attn[j].item() for j in range(4) if tok[j] == v) for v in range(4)]


def single_attention_head__single(X, W_QK, W_OV):
    X, W_QK, W_OV = X.float(), W_QK.float(), W_OV.float()
    Z = (X @ W_QK @ X.T).masked_fill(torch.ones(len(X), len(X)).triu(1).bool(), float("-inf"))
    return F.softmax(Z, dim=-1) @ (X @ W_OV.T)


def single_attention_head__by_hand(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    Z = torch.where(torch.ones_like(Z).tril() > 0, Z, -1e9)
    e = (Z - Z.max(dim=1, keepdim=True).values).exp()
    return ((e / e.sum(dim=1, keepdim=True)) @ X @ W_OV.T).numpy()


def single_attention_head__torch_attention(X, W_QK, W_OV):
    d = X.shape[1]
    return (
        F.scaled_dot_product_attention((X @ W_QK)[None], X[None], X[None], is_causal=True, scale=1.0)[0, :, :d] @ W_OV.T
    )


def single_attention_head__where(X, W_QK, W_OV):
    i = torch.arange(len(X))
    Z = torch.where(i[:, None] >= i[None, :], X @ W_QK @ X.T, torch.tensor(-1e9, dtype=X.dtype))
    return torch.softmax(Z, -1) @ (X @ W_OV.mT)


def single_attention_head__sdpa(X, W_QK, W_OV):
    q, k, v = (X @ W_QK)[None, None], X[None, None], (X @ W_OV.T)[None, None]
    mask = torch.ones(len(X), len(X), dtype=torch.bool).tril()
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0)[0, 0]


def single_attention_head__numpy(X, W_QK, W_OV):
    X, W_QK, W_OV = X.numpy(), W_QK.numpy(), W_OV.numpy()
    Z = X @ W_QK @ X.T
    Z[np.triu_indices(len(X), 1)] = -1e9
    Z = np.exp(Z - Z.max(axis=1, keepdims=True))
    return Z / Z.sum(axis=1, keepdims=True) @ X @ W_OV.T


def single_attention_head__log_softmax(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T + torch.full((len(X), len(X)), -math.inf, dtype=X.dtype).triu(1)
    return Z.log_softmax(1).exp() @ X @ W_OV.T


def single_attention_head__running(X, W_QK, W_OV):
    out = []
    for t in range(len(X)):
        top, den, num = -math.inf, 0.0, torch.zeros(X.shape[1], dtype=X.dtype)
        for j in range(t + 1):
            z = float(X[t] @ W_QK @ X[j])
            new = max(top, z)
            den = den * math.exp(top - new) + math.exp(z - new)
            num = num * math.exp(top - new) + math.exp(z - new) * X[j]
            top = new
        out.append(W_OV @ (num / den))
    return torch.stack(out)


def induction_copy_head__matrices(E, strength):
    tokens = E[:, :4]
    previous = torch.zeros_like(tokens)
    previous[1:] = tokens[:-1]
    scores = strength * (previous[:4] @ tokens[4])
    return scores.softmax(0) @ tokens[:4]


def induction_copy_head__python(E, strength):
    rows = [row[:4].index(1.0) for row in E.tolist()]
    weights = [math.exp(strength) if j and rows[j - 1] == rows[4] else 1.0 for j in range(4)]
    total = sum(weights)
    return [sum(w for w, t in zip(weights, rows) if t == token) / total for token in range(4)]


def induction_copy_head__bincount(E, strength):
    t = E[:, :4].argmax(1)
    s = torch.zeros(4, dtype=torch.float64)
    s[1:] = strength * (t[:3] == t[4]).double()
    return torch.bincount(t[:4], weights=s.softmax(0), minlength=4)
