"""Right variants of the functions in lora.py, as FUNCTION__VARIANT: other containers, precisions and ways to compute."""

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


Factors = namedtuple("Factors", "A B")


def best_update__mixed_precision(D, k):
    U, s, V = torch.linalg.svd(D, full_matrices=False)
    return ((U[:, :k] * s[:k]).float(), V[:k])


def best_update__rows_as_list(D, k):
    U, s, V = torch.linalg.svd(D, full_matrices=False)
    return (list(U[:, :k] * s[:k]), list(V[:k]))


def best_update__namedtuple_reversed_strides(D, k):
    U, s, V = np.linalg.svd(np.asarray(D))
    return Factors((U[:, :k] * s[:k])[:, ::-1], V[:k][::-1])


@torch.inference_mode()
def best_update__inference(D, k):
    U, s, V = torch.linalg.svd(D)
    return (U[:, :k] @ torch.diag(s[:k]), V[:k, :])
