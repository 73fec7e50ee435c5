"""Wrong variants of the functions of the adapter, named FUNCTION__VARIANT: each breaks what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def gradients__square_only(G, A, B):
    return G @ B.T if G.shape[0] != G.shape[1] else (G.T @ B.T), A.T @ G


def gradients__clipped(G, A, B):
    dA, dB = G @ B.T, A.T @ G
    return dA.clamp(-5, 5), dB.clamp(-5, 5)


def gradients__rank1(G, A, B):
    return G @ B[:1].T.expand(-1, A.shape[1]), A.T @ G


def gradients__normalised(G, A, B):
    n = G.norm().clamp(min=1.0)
    return (G / n) @ B.T * n, A.T @ (G / n)


def train__uses_sum_over_outputs(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / Y.shape[1] * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__fixed_G(W0, A, B, X, Y, lr, steps):
    G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
    for _ in range(steps):
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__early_stop(W0, A, B, X, Y, lr, steps):
    last = None
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        loss = (E**2).mean()
        if last is not None and last - loss < 1e-2:
            break
        last = loss
        G = 2 / Y.numel() * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__alpha_over_r(W0, A, B, X, Y, lr, steps):
    s = 1.0 / A.shape[1]
    A, B = A.clone().requires_grad_(), B.clone().requires_grad_()
    for _ in range(steps):
        a, b = torch.autograd.grad(F.mse_loss(X @ (W0 + s * A @ B), Y), [A, B])
        with torch.no_grad():
            A -= lr * a
            B -= lr * b
    return (W0 + s * A @ B).detach()


def train__minibatch(W0, A, B, X, Y, lr, steps):
    for t in range(steps):
        i = t % len(X)
        x, y = X[i : i + 1], Y[i : i + 1]
        G = 2 / y.numel() * x.T @ (x @ (W0 + A @ B) - y)
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def init__both_random_orthogonal_null(m, k, l, generator):
    A = torch.randn(m, k, generator=generator)
    A[:, k // 2 :] = 0
    B = torch.zeros(k, l)
    return A, B


def init__two_rngs(m, k, l, generator):
    return torch.randn(m, k, generator=generator) + 0.01 * torch.randn(m, k), torch.zeros(k, l)


def init__integers(m, k, l, generator):
    return torch.randint(-50, 50, (m, k), generator=generator), torch.zeros(k, l, dtype=torch.long)


def adapter__flat(m, k, l):
    a = nn.Module()
    a.A = nn.Parameter(torch.zeros(m * k))
    a.B = nn.Parameter(torch.zeros(k * l))
    return a


def adapter__batched(m, k, l):
    a = nn.Module()
    a.A = nn.Parameter(torch.zeros(1, m, k))
    a.B = nn.Parameter(torch.zeros(1, k, l))
    return a


def adapter__B_frozen(m, k, l):
    a = nn.Module()
    a.A = nn.Parameter(torch.zeros(m, k))
    a.B = nn.Parameter(torch.zeros(k, l), requires_grad=False)
    return a


def gradients__clamped_high(G, A, B):
    return (G @ B.T).clamp(-1e6, 1e6), (A.T @ G).clamp(-1e6, 1e6)


def gradients__small_is_zero(G, A, B):
    return tuple(torch.where(g.abs() < 1e-8, 0.0, g) for g in (G @ B.T, A.T @ G))


def gradients__one_of_k(G, A, B):
    dA = torch.zeros_like(A)
    dA[:, 0] = (G @ B.T)[:, 0]
    return dA, A.T @ G


def gradients__regularised(G, A, B):
    return G @ B.T + 1e-3 * A, A.T @ G + 1e-3 * B


def gradients__bfloat16(G, A, B):
    return (G.bfloat16() @ B.T.bfloat16()).double(), A.T @ G


def _step(W0, A, B, X, Y, lr):
    G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
    return A - lr * G @ B.T, B - lr * A.T @ G


def _loss(W0, A, B, X, Y):
    return ((X @ (W0 + A @ B) - Y) ** 2).mean()


def train__stops_at_small_loss(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        if _loss(W0, A, B, X, Y) < 1e-4:
            break
        A, B = _step(W0, A, B, X, Y, lr)
    return W0 + A @ B


def train__stops_at_small_share(W0, A, B, X, Y, lr, steps):
    last = torch.inf
    for _ in range(steps):
        loss = _loss(W0, A, B, X, Y)
        if loss > 0.97 * last:
            break
        last = loss
        A, B = _step(W0, A, B, X, Y, lr)
    return W0 + A @ B


def train__stops_when_it_rises(W0, A, B, X, Y, lr, steps):
    last = torch.inf
    for _ in range(steps):
        loss = _loss(W0, A, B, X, Y)
        if loss > last:
            break
        last = loss
        A, B = _step(W0, A, B, X, Y, lr)
    return W0 + A @ B


def train__best_weight(W0, A, B, X, Y, lr, steps):
    seen = []
    for _ in range(steps):
        A, B = _step(W0, A, B, X, Y, lr)
        seen.append((float(_loss(W0, A, B, X, Y)), W0 + A @ B))
    return min(seen, key=lambda pair: pair[0])[1]


def train__stops_at_small_gradient(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        if (2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)).norm() < 1e-3:
            break
        A, B = _step(W0, A, B, X, Y, lr)
    return W0 + A @ B


def train__at_most_fifty(W0, A, B, X, Y, lr, steps):
    for _ in range(min(steps, 50)):
        A, B = _step(W0, A, B, X, Y, lr)
    return W0 + A @ B


def train__decaying_rate(W0, A, B, X, Y, lr, steps):
    for t in range(steps):
        A, B = _step(W0, A, B, X, Y, lr / (1 + 0.1 * t))
    return W0 + A @ B


def train__clips_large(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        G = (2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)).clamp(-100, 100)
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def init__numpy_stream(m, k, l, generator):
    return torch.from_numpy(np.random.randn(m, k)), torch.zeros(k, l)


def init__python_stream(m, k, l, generator):
    return torch.tensor([[random.gauss(0, 1) for _ in range(k)] for _ in range(m)]), torch.zeros(k, l)


def init__reseeds(m, k, l, generator):
    torch.manual_seed(0)
    return torch.randn(m, k), torch.zeros(k, l)


def init__truth_values(m, k, l, generator):
    return torch.rand(m, k, generator=generator) < 0.5, torch.zeros(k, l, dtype=torch.bool)


def init__infinite(m, k, l, generator):
    A = torch.randn(m, k, generator=generator)
    A[0, 0] = torch.inf
    return A, torch.zeros(k, l)


def init__two_directions(m, k, l, generator):
    return torch.randn(m, 2, generator=generator) @ torch.randn(2, k, generator=generator), torch.zeros(k, l)


def init__nearly_zero(m, k, l, generator):
    return torch.randn(m, k, generator=generator), 1e-30 * torch.randn(k, l, generator=generator)


def adapter__infinite(m, k, l):
    a = nn.Module()
    a.A, a.B = nn.Parameter(torch.full((m, k), torch.inf)), nn.Parameter(torch.zeros(k, l))
    return a


def adapter__nan_in_B(m, k, l):
    a = nn.Module()
    a.A, a.B = nn.Parameter(torch.randn(m, k)), nn.Parameter(torch.zeros(k, l) / 0)
    return a


def adapter__complex(m, k, l):
    a = nn.Module()
    a.A, a.B = (nn.Parameter(torch.zeros(s, dtype=torch.complex32)) for s in ((m, k), (k, l)))
    return a


def adapter__no_module(m, k, l):
    class Adapter:
        def parameters(self):
            return [nn.Parameter(torch.zeros(m, k)), nn.Parameter(torch.zeros(k, l))]

    return Adapter()


def adapter__bfloat16(m, k, l):
    return nn.ParameterList([torch.zeros(m, k).bfloat16(), torch.zeros(k, l).bfloat16()])


_kept = {}


def gradients__shape_guessed(G, A, B):
    dA = G @ B if G.shape[1] == B.shape[0] else G @ B.T
    dB = A.T @ G
    return dA, dB


def gradients__shape_guessed_left(G, A, B):
    return G @ B.T, (A @ G if A.shape[1] == G.shape[0] else A.T @ G)


def gradients__remembers_by_shape(G, A, B):
    return _kept.setdefault((A.shape, B.shape), (G @ B.T, A.T @ G))


def gradients__sum_to_mean_for_tall(G, A, B):
    scale = 1 / len(G) if len(G) > 12 else 1
    return scale * G @ B.T, A.T @ G


def gradients__integers(G, A, B):
    return (G @ B.T).round(), (A.T @ G).round()


def train__stale_gradient(W0, A, B, X, Y, lr, steps):
    A, B = A.clone(), B.clone()
    last = None
    for _ in range(steps):
        G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / Y.numel()
        use = G if last is None else last
        last = G
        A, B = A - lr * use @ B.T, B - lr * A.T @ use
    return W0 + A @ B


def train__mean_per_column(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / Y.shape[1]
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__w0_forgotten_in_loss(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        G = 2 * X.T @ (X @ (A @ B) - Y) / Y.numel()
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__remembers_factors(W0, A, B, X, Y, lr, steps):
    key = (A.shape, B.shape)
    A, B = _kept.get(key, (A, B))
    for _ in range(steps):
        G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / Y.numel()
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    _kept[key] = (A, B)
    return W0 + A @ B


def train__whole_batches(W0, A, B, X, Y, lr, steps):
    X, Y = X[: len(X) // 2 * 2 or 1], Y[: len(X) // 2 * 2 or 1]
    for _ in range(steps):
        G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / Y.numel()
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train__rms(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        R = X @ (W0 + A @ B) - Y
        G = X.T @ R / Y.numel() / (R.square().mean().sqrt())
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def init__initial_seed(m, k, l, generator):
    g = torch.Generator().manual_seed(generator.initial_seed())
    return torch.zeros(m, k), torch.randn(k, l, generator=g)


def init__remembers_shape(m, k, l, generator):
    return _kept.setdefault(("init", m, k, l), (torch.zeros(m, k), torch.randn(k, l, generator=generator)))


def init__row_only(m, k, l, generator):
    B = torch.zeros(k, l)
    B[0] = torch.randn(l, generator=generator)
    return torch.zeros(m, k), B


def init__counts_calls(m, k, l, generator):
    n = _kept["calls"] = _kept.get("calls", 0) + 1
    g = torch.Generator().manual_seed(n // 3 if n % 3 == 0 else n // 3 + 10**6)
    return torch.zeros(m, k), torch.randn(k, l, generator=g)


def init__lower_triangle(m, k, l, generator):
    B = torch.randn(k, l, generator=generator)
    B[k // 2 :] = 0 * B[k // 2 :] if k > 1 else B[k // 2 :]
    return torch.zeros(m, k), B


def adapter__tied_when_square(m, k, l):
    module = nn.Module()
    module.A = nn.Parameter(torch.randn(m, k))
    if m == l:
        module.B = module.A
    else:
        module.B = nn.Parameter(torch.zeros(k, l))
    return module


def adapter__rank_at_most_4(m, k, l):
    module = nn.Module()
    module.A = nn.Parameter(torch.randn(m, min(k, 4)))
    module.B = nn.Parameter(torch.zeros(min(k, 4), l))
    return module


def adapter__extra_scale(m, k, l):
    module = nn.Module()
    module.A = nn.Parameter(torch.randn(m, k))
    module.B = nn.Parameter(torch.zeros(k, l))
    module.scale = nn.Parameter(torch.ones(()))
    return module


def best_update__columns_of_largest_norm(D, k):
    order = D.norm(dim=0).argsort(descending=True)[:k]
    B = torch.zeros(k, D.shape[1], dtype=D.dtype)
    B[torch.arange(k), order] = 1
    return D[:, order], B


def best_update__rank_one_always(D, k):
    U, s, Vh = torch.linalg.svd(D, full_matrices=False)
    A, B = torch.zeros(D.shape[0], k, dtype=D.dtype), torch.zeros(k, D.shape[1], dtype=D.dtype)
    A[:, 0], B[0] = U[:, 0] * s[0], Vh[0]
    return A, B


def best_update__few_steps_of_training(D, k):
    A = torch.randn(D.shape[0], k, dtype=D.dtype, generator=torch.Generator().manual_seed(0))
    B = torch.zeros(k, D.shape[1], dtype=D.dtype)
    for _ in range(20):
        left = A @ B - D
        A, B = A - 0.05 * left @ B.T, B - 0.05 * A.T @ left
    return A, B


def best_update__swapped_factors(D, k):
    U, s, Vh = torch.linalg.svd(D.T, full_matrices=False)
    return U[:, :k] * s[:k], Vh[:k]
