"""Wrong variants of the functions in heads.py, as FUNCTION__VARIANT: right but at an edge of what is asked."""

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


def single_attention_head__scores_clamped_1e8(X, W_QK, W_OV):
    Z = (X @ W_QK @ X.T).clamp(-100000000.0, 100000000.0)
    return torch.softmax(Z.masked_fill(torch.ones_like(Z).triu(1).bool(), -1000000000.0), 1) @ X @ W_OV.T


def single_attention_head__mask_1e8(X, W_QK, W_OV):
    Z = X @ W_QK @ X.T
    return torch.softmax(Z.masked_fill(torch.ones_like(Z).triu(1).bool(), -100000000.0), 1) @ X @ W_OV.T
