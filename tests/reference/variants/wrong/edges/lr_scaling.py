"""Wrong variants of the functions in lr_scaling.py, as FUNCTION__VARIANT: right but at an edge of what is asked."""

import copy
import functools
import itertools
import math
import random
import statistics
from collections import namedtuple
from dataclasses import dataclass
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, rows=None, final=None, hook=None, **kw):
    torch.manual_seed(seed)
    model = make_model()
    g = torch.Generator().manual_seed(seed * 7919 + batch_size)
    opt = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr, **kw)
    for step in range(n_steps):
        i = rows(step, g) if rows else torch.randint(len(X), (batch_size,), generator=g)
        opt.zero_grad()
        loss = F.mse_loss(model(X[i]).squeeze(1), y[i])
        loss.backward()
        if hook:
            hook(model, step)
        opt.step()
    with torch.no_grad():
        return final(model) if final else F.mse_loss(model(X).squeeze(1), y).item()


def train_one__chunks_batch(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        final=lambda m: float(
            torch.stack(
                [F.mse_loss(m(a).squeeze(1), b) for a, b in zip(X.split(batch_size), y.split(batch_size))]
            ).mean()
        ),
    )


def train_one__chunks_drop_last(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    n = len(X) // batch_size * batch_size
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        final=lambda m: F.mse_loss(m(X[:n]).squeeze(1), y[:n]).item(),
    )


def run_sweep__n_steps_default(make_model, optimizer, X, y, B, L, S, n_steps, device="cpu"):
    return [
        [[train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=2, seed=s) for s in S] for l in L]
        for b in B
    ]


def run_sweep__nan_for_large(make_model, optimizer, X, y, B, L, S, n_steps, device="cpu"):
    v = np.array(
        [
            [
                [train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s) for s in S]
                for l in L
            ]
            for b in B
        ]
    )
    v[~(v < 30)] = np.nan
    return v


def fit_exponent__abs(B, e):
    s, i = np.polyfit(np.log2(B), np.log2(np.asarray(e)), 1)
    return (abs(s), i)


def _basin(L, f, c, width=None, eps=0.0, side=None):
    x, h = (np.log2(np.asarray(L)), np.log2(np.asarray(f) + eps))
    h = h - h.min() - math.log2(c)
    k = int(h.argmin())
    a = k
    while h[a - 1] <= 0 and (width is None or k - a < width):
        a -= 1
    b = k
    while h[b + 1] <= 0 and (width is None or b - k < width):
        b += 1
    t = lambda o, i: 2 ** (x[o] + h[o] / (h[o] - h[i]) * (x[i] - x[o]))
    return (t(a - 1, a), t(b + 1, b))


def basin__two_steps(L, f, c):
    return _basin(L, f, c, 2)


def basin__three_steps(L, f, c):
    return _basin(L, f, c, 3)
