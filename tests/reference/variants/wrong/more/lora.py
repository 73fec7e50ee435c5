"""Wrong variants of the functions in lora.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math
import numpy as np
from torch import nn
import torch.nn.functional as F


def gradients__rank_at_most_twelve(G, A, B):
    k = 12
    dA, dB = torch.zeros_like(A), torch.zeros_like(B)
    dA[:, :k], dB[:k] = G @ B[:k].T, A[:, :k].T @ G
    return dA, dB


def gradients__one_row_as_vector(G, A, B):
    if len(A) == 1:
        return (G @ B.T)[0], A.T @ G
    return G @ B.T, A.T @ G


def gradients__one_column_summed(G, A, B):
    dB = A.T @ G
    if G.shape[1] == 1:
        dB = dB * A.shape[0]
    return G @ B.T, dB


def gradients__six_decimals(G, A, B):
    return torch.round(G @ B.T, decimals=6), torch.round(A.T @ G, decimals=6)


def gradients__finite_differences(G, A, B):
    def f(A, B):
        return (G.float() * (A.float() @ B.float())).sum()

    e = 1e-3
    dA, dB = torch.zeros_like(A), torch.zeros_like(B)
    for M, d in ((A, dA), (B, dB)):
        for i in range(M.shape[0]):
            for j in range(M.shape[1]):
                M[i, j] += e
                u = f(A, B)
                M[i, j] -= 2 * e
                v = f(A, B)
                M[i, j] += e
                d[i, j] = (u - v) / (2 * e)
    return dA, dB


def gradients__skips_tiny_factor(G, A, B):
    return G @ B.T, (A * (A.abs() > 0.05)).T @ G


def gradients__orthogonalised(G, A, B):
    dA, dB = G @ B.T, A.T @ G
    return dA, dB - B * (dB * B).sum() / (B * B).sum() if B.any() else dB


def gradients__concatenated(G, A, B):
    return torch.cat([(G @ B.T).flatten(), (A.T @ G).flatten()])


def train__updates_A_first(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A = A - lr * G @ B.T
        B = B - lr * A.T @ G
    return W0 + A @ B


def train__W0_trained_too(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        W0 = W0 - lr * G
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__at_most_eight_rows(W0, A, B, X, Y, lr, steps):
    X, Y = X[:8], Y[:8]
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__momentum_after_ten(W0, A, B, X, Y, lr, steps):
    vA = vB = 0
    for t in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        m = 0.9 if t > 10 else 0
        vA, vB = m * vA + G @ B.T, m * vB + A.T @ G
        A, B = A - lr * vA, B - lr * vB
    return W0 + A @ B


def train__weight_decay(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A, B = A - lr * (G @ B.T + 0.01 * A), B - lr * (A.T @ G + 0.01 * B)
    return W0 + A @ B


def train__averages_iterates(W0, A, B, X, Y, lr, steps):
    W = []
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
        W.append(W0 + A @ B)
    return torch.stack(W[-2:]).mean(0)


def train__rate_at_most_one(W0, A, B, X, Y, lr, steps):
    lr = min(lr, 1.0)
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__adapter_alone(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return A @ B


def init__rank_four(m, k, l, generator):
    A = torch.randn(m, k, generator=generator)
    if k > 4:
        A[:, 4:] = A[:, :1].repeat(1, k - 4)
    return A, torch.zeros(k, l)


def init__B_transposed(m, k, l, generator):
    return torch.randn(m, k, generator=generator), torch.zeros(l, k)


def init__nan_in_zero(m, k, l, generator):
    return torch.randn(m, k, generator=generator), torch.zeros(k, l) / torch.zeros(1)


def init__fixed_seed(m, k, l, generator):
    return torch.randn(m, k, generator=torch.Generator().manual_seed(7)), torch.zeros(k, l)


def init__generator_twice_only_sign(m, k, l, generator):
    return (torch.rand(m, k, generator=generator) > 0.5).float() * 0 + torch.ones(m, k), torch.zeros(k, l)


def init__product_tiny(m, k, l, generator):
    return torch.randn(m, k, generator=generator) * 1e-20, torch.randn(k, l, generator=generator) * 1e-20


def init__first_column(m, k, l, generator):
    A = torch.zeros(m, k)
    A[:, 0] = torch.randn(m, generator=generator)
    return A, torch.zeros(k, l)


def init__global_after_seed(m, k, l, generator):
    torch.manual_seed(generator.initial_seed())
    return torch.randn(m, k), torch.zeros(k, l)


class _Module(nn.Module):
    def __init__(self, **tensors):
        super().__init__()
        for n, t in tensors.items():
            setattr(self, n, t)


def adapter__rank_capped(m, k, l):
    k = min(k, m, l)
    return _Module(A=nn.Parameter(torch.zeros(m, k)), B=nn.Parameter(torch.zeros(k, l)))


def adapter__B_is_buffer(m, k, l):
    a = _Module(A=nn.Parameter(torch.zeros(m, k)))
    a.register_buffer("B", torch.zeros(k, l))
    return a


def adapter__both_transposed(m, k, l):
    return _Module(A=nn.Parameter(torch.zeros(k, m)), B=nn.Parameter(torch.zeros(l, k)))


def adapter__alpha(m, k, l):
    return _Module(
        A=nn.Parameter(torch.zeros(m, k)), B=nn.Parameter(torch.zeros(k, l)), alpha=nn.Parameter(torch.ones(()))
    )


def adapter__lazy(m, k, l):
    return nn.Sequential(nn.LazyLinear(k, bias=False), nn.Linear(k, l, bias=False))


def adapter__doubles_small(m, k, l):
    d = torch.float64 if k == 1 else torch.float32
    return _Module(A=nn.Parameter(torch.zeros(m, k, dtype=d)), B=nn.Parameter(torch.zeros(k, l, dtype=d)))


def adapter__per_row(m, k, l):
    a = nn.ParameterList([nn.Parameter(torch.zeros(k)) for _ in range(m)])
    a.append(nn.Parameter(torch.zeros(k, l)))
    return a
