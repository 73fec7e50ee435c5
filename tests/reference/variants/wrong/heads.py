"""Wrong variants of the functions of the two heads, named FUNCTION__VARIANT: each breaks what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def single_attention_head__unstable_softmax(X, W_QK, W_OV):
    Z = (X @ W_QK @ X.T).masked_fill(torch.ones(len(X), len(X)).triu(1).bool(), -1e9)
    e = Z.exp()
    return e / e.sum(1, keepdim=True) @ X @ W_OV.T


def single_attention_head__mask_minus_1000(X, W_QK, W_OV):
    Z = (X @ W_QK @ X.T).masked_fill(torch.ones(len(X), len(X)).triu(1).bool(), -1000.0)
    return Z.softmax(1) @ X @ W_OV.T


def single_attention_head__values_first_T(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    Z = Z.masked_fill(torch.ones(len(X), len(X)).triu(1).bool(), -1e9)
    return W_OV @ (Z.softmax(1) @ X).T if X.shape[0] == X.shape[1] else Z.softmax(1) @ X @ W_OV.T


def single_attention_head__half(X, W_QK, W_OV):
    Z = (X @ W_QK @ X.T).half().float()
    Z = Z.masked_fill(torch.ones(len(X), len(X)).triu(1).bool(), -1e9)
    return Z.softmax(1) @ X.float() @ W_OV.float().T


def single_attention_head__global_softmax(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    Z = Z.masked_fill(torch.ones(len(X), len(X)).triu(1).bool(), -1e9)
    return Z.flatten().softmax(0).view_as(Z) @ X @ W_OV.T


def induction_copy_head__at_most_two(E, strength):
    t = E[:, :4]
    m = torch.cat([torch.zeros(1, dtype=E.dtype), t[:3] @ t[4]])
    m = m * (m.cumsum(0) <= 2)
    return torch.softmax(strength * m, 0) @ t[:4]


def induction_copy_head__skip_pos1(E, strength):
    t = E[:, :4]
    m = torch.cat([torch.zeros(2, dtype=E.dtype), t[1:3] @ t[4]])
    return torch.softmax(strength * m, 0) @ t[:4]


def induction_copy_head__excludes_query_token(E, strength):
    t = E[:, :4]
    m = torch.cat([torch.zeros(1, dtype=E.dtype), t[:3] @ t[4]])
    p = torch.softmax(strength * m, 0) @ t[:4]
    return p * (1 - t[4]) + p * t[4] * 0.5


def _scores(X, W_QK):
    return X @ W_QK @ X.T


def _future(X):
    return torch.ones(len(X), len(X)).triu(1).bool()


def single_attention_head__mask_minus_100000(X, W_QK, W_OV):
    return _scores(X, W_QK).masked_fill(_future(X), -1e5).softmax(1) @ X @ W_OV.T


def single_attention_head__mask_minus_a_million(X, W_QK, W_OV):
    return _scores(X, W_QK).masked_fill(_future(X), -1e6).softmax(1) @ X @ W_OV.T


def single_attention_head__clamped_scores(X, W_QK, W_OV):
    Z = _scores(X, W_QK).clamp(-50, 50)
    return Z.masked_fill(_future(X), -1e9).softmax(1) @ X @ W_OV.T


def single_attention_head__largest_of_all(X, W_QK, W_OV):
    Z = _scores(X, W_QK)
    e = (Z - Z.max()).exp().tril()
    return e / e.sum(1, keepdim=True) @ X @ W_OV.T


def single_attention_head__overflow_to_zero(X, W_QK, W_OV):
    e = _scores(X, W_QK).exp().tril()
    return (e / e.sum(1, keepdim=True)).nan_to_num() @ X @ W_OV.T


def single_attention_head__underflow(X, W_QK, W_OV):
    e = _scores(X, W_QK).clamp(max=80).exp().tril()
    return e / (e.sum(1, keepdim=True) + 1e-3) @ X @ W_OV.T


def single_attention_head__temperature_if_large(X, W_QK, W_OV):
    Z = _scores(X, W_QK)
    Z = Z / max(1.0, float(Z.abs().max()) / 100)
    return Z.masked_fill(_future(X), -1e9).softmax(1) @ X @ W_OV.T


def single_attention_head__sees_first_two(X, W_QK, W_OV):
    hidden = _future(X)
    hidden[:, :2] = False
    return _scores(X, W_QK).masked_fill(hidden, -1e9).softmax(1) @ X @ W_OV.T


def induction_copy_head__strength_at_most_15(E, strength):
    t = E[:, :4]
    m = torch.cat([torch.zeros(1, dtype=E.dtype), t[:3] @ t[4]])
    return (
        torch.softmax(min(strength, 15.0) * m / 1.0, 0) @ t[:4]
        if strength < 2
        else torch.softmax(0.9 * strength * m, 0) @ t[:4]
    )


def induction_copy_head__last_wins(E, strength):
    t = E[:, :4]
    m = torch.cat([torch.zeros(1, dtype=E.dtype), t[:3] @ t[4]])
    if m.sum() > 1:
        m[: int(m.nonzero()[-1])] = 0
    return torch.softmax(strength * m, 0) @ t[:4]


def single_attention_head__matches_shapes(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    T = len(X)
    Z = Z.masked_fill(torch.ones(T, T, dtype=torch.bool).triu(1), -1e9)
    P = Z.softmax(dim=1)
    V = X @ W_OV.T
    return P.T @ V if T == X.shape[1] else P @ V


def single_attention_head__window_of_five(X, W_QK, W_OV):
    T = len(X)
    Z = X @ W_QK @ X.T
    seen = torch.ones(T, T).tril().bool() & torch.ones(T, T).triu(-4).bool()
    return Z.masked_fill(~seen, -1e9).softmax(dim=1) @ X @ W_OV.T


def single_attention_head__rounded_pattern(X, W_QK, W_OV):
    T = len(X)
    Z = (X @ W_QK @ X.T).masked_fill(torch.ones(T, T).triu(1).bool(), -1e9)
    return (Z.softmax(dim=1) * 1000).round() / 1000 @ X @ W_OV.T


def single_attention_head__masked_by_product(X, W_QK, W_OV):
    T = len(X)
    mask = torch.ones(T, T, dtype=X.dtype).tril()
    Z = X @ W_QK @ X.T
    Z = Z * mask + (1 - mask) * Z.min() - (1 - mask)
    return Z.softmax(dim=1) @ X @ W_OV.T


_mask = {}


def single_attention_head__first_result_of_a_length(X, W_QK, W_OV):
    if X.shape not in _mask:
        T = len(X)
        Z = (X @ W_QK @ X.T).masked_fill(torch.ones(T, T).triu(1).bool(), -1e9)
        _mask[X.shape] = Z.softmax(dim=1)
    return _mask[X.shape] @ X @ W_OV.T


def induction_copy_head__only_matches(E, strength):
    tokens = E[:, :4].argmax(dim=1)
    scores = torch.zeros(4)
    match = torch.zeros(4, dtype=torch.bool)
    for j in range(1, 4):
        match[j] = tokens[j - 1] == tokens[4]
    scores[match] = strength
    if match.any():
        scores = scores.masked_fill(~match, -1e9)
    weights = scores.softmax(dim=0)
    return torch.stack([weights[tokens[:4] == t].sum() for t in range(4)])


def induction_copy_head__whole_strength(E, strength):
    tokens = E[:, :4].argmax(dim=1)
    scores = torch.zeros(4, dtype=torch.float64)
    for j in range(1, 4):
        scores[j] = round(strength) if tokens[j - 1] == tokens[4] else 0.0
    weights = scores.softmax(dim=0)
    return torch.stack([weights[tokens[:4] == t].sum() for t in range(4)])


def induction_copy_head__counts_copies(E, strength):
    tokens = E[:, :4].argmax(dim=1)
    scores = torch.zeros(4, dtype=torch.float64)
    for j in range(1, 4):
        scores[j] = strength * sum(int(tokens[i] == tokens[4]) for i in range(j)) if tokens[j - 1] == tokens[4] else 0.0
    weights = scores.softmax(dim=0)
    return torch.stack([weights[tokens[:4] == t].sum() for t in range(4)])


_seen = {}


def induction_copy_head__remembers_tokens(E, strength):
    tokens = E[:, :4].argmax(dim=1)
    key = tuple(tokens.tolist())
    if key not in _seen:
        scores = torch.zeros(4, dtype=torch.float64)
        for j in range(1, 4):
            scores[j] = strength if tokens[j - 1] == tokens[4] else 0.0
        weights = scores.softmax(dim=0)
        _seen[key] = torch.stack([weights[tokens[:4] == t].sum() for t in range(4)])
    return _seen[key]
