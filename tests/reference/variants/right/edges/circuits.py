"""Right variants of the functions in circuits.py, as FUNCTION__VARIANT: other containers, precisions and ways to compute."""

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


def attention_pattern__rows(X, W_QK):
    S = X.T @ W_QK @ X
    return [torch.softmax(row, 0) for row in S]


def attention_pattern__single(X, W_QK):
    X, W_QK = (X.float(), W_QK.float())
    return torch.softmax(X.T @ W_QK @ X, dim=-1)


def svd_channels__single(W_OV, x):
    U, s, V = torch.linalg.svd(W_OV.float())
    k = int((s > 1e-05 * s[0]).sum())
    return U[:, :k] * (s[:k] * (V[:k] @ x.float()))


def svd_channels__rows(W_OV, x):
    U, s, V = torch.linalg.svd(W_OV)
    k = int(torch.linalg.matrix_rank(W_OV))
    return list(U[:, :k] * (s[:k] * (V[:k] @ x)))


def svd_channels__eigh(W_OV, x):
    w, V = torch.linalg.eigh(W_OV.T @ W_OV)
    keep = (w > 1e-12 * w[-1]).nonzero().flatten().flip(0)
    return torch.stack([W_OV @ V[:, k] * (V[:, k] @ x) for k in keep], 1)
