"""Wrong variants of the functions in lora.py, as FUNCTION__VARIANT: right but at an edge of what is asked."""

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


def best_update__padded_five(D, k):
    U, s, V = torch.linalg.svd(D, full_matrices=False)
    s = torch.where(torch.arange(len(s)) < 5, s, torch.zeros_like(s))
    return (U[:, :k] * s[:k], V[:k])


def best_update__absolute_cut(D, k):
    U, s, V = torch.linalg.svd(D, full_matrices=False)
    s = torch.where(s > 1e-06, s, torch.zeros_like(s))
    return (U[:, :k] * s[:k], V[:k])


def best_update__squeezed(D, k):
    D = D.squeeze()
    if D.ndim < 2:
        D = D.reshape(1, -1)
    U, s, V = torch.linalg.svd(D, full_matrices=False)
    return (U[:, :k] * s[:k], V[:k])


def train__divides_by_n_only_if_l1(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / (len(Y) * max(Y.shape[1], 2))
        A, B = (A - lr * G @ B.T, B - lr * A.T @ G)
    return W0 + A @ B


def init__std_m_minus_1(m, k, l, generator):
    return (torch.randn(m, k, generator=generator) / (m - 1) ** 0.5, torch.zeros(k, l))


def adapter__shared_if_k_square(m, k, l):
    mod = nn.Module()
    mod.A = nn.Parameter(torch.randn(m, k))
    mod.B = mod.A if m == k == l else nn.Parameter(torch.zeros(k, l))
    return mod
