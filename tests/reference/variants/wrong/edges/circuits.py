"""Wrong variants of the functions in circuits.py, as FUNCTION__VARIANT: right but at an edge of what is asked."""

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


def attention_pattern__clamped_at_1e4(X, W_QK):
    return torch.softmax((X.T @ W_QK @ X).clamp(-10000.0, 10000.0), 1)


def svd_channels__sorted_by_output(W_OV, x):
    U, s, V = torch.linalg.svd(W_OV)
    k = int((s > 1e-09 * s[0]).sum())
    C = U[:, :k] * (s[:k] * (V[:k] @ x))
    return C[:, C.norm(dim=0).argsort(descending=True)]


def svd_channels__abs_tol(W_OV, x):
    U, s, V = torch.linalg.svd(W_OV)
    k = int((s > 1e-08).sum())
    return U[:, :k] * (s[:k] * (V[:k] @ x))
