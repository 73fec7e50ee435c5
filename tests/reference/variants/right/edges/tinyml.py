"""Right variants of the functions in tinyml.py, as FUNCTION__VARIANT: other containers, precisions and ways to compute."""

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


def network_macs__meta(channels, kernel, side, pooled_after):
    x, t = (torch.empty(1, channels[0], side, side, device="meta"), 0)
    for i, (a, b) in enumerate(itertools.pairwise(channels), 1):
        c = nn.Conv2d(a, b, kernel, padding=kernel // 2, device="meta")
        x = c(x)
        t += x.numel() * c.weight[0].numel()
        if i in pooled_after:
            x = F.max_pool2d(x, 2)
    return torch.tensor(t)


@torch.inference_mode()
def prune_channels__inference(conv1, conv2, keep):
    a, b = (copy.deepcopy(conv1), copy.deepcopy(conv2))
    n = int(keep.sum())
    a.out_channels = b.in_channels = n
    a.weight = nn.Parameter(a.weight[keep].clone())
    b.weight = nn.Parameter(b.weight[:, keep].clone())
    if a.bias is not None:
        a.bias = nn.Parameter(a.bias[keep].clone())
    return (a, b)


def fit_latency__lstsq32(macs, ms):
    A = torch.stack([torch.ones_like(macs), macs], 1).float()
    return tuple(torch.linalg.lstsq(A, ms.float()[:, None]).solution.flatten())


def quantized_linear__rows(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    a = (q_x.long() - Z_x) @ (q_w.long() - Z_w).T + q_b
    return list(((a * m + (1 << s - 1) >> s) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))


def quantized_linear__fraction(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    from fractions import Fraction

    out = []
    for x in q_x.tolist():
        out.append(
            [
                max(
                    -(2 ** (bits - 1)),
                    min(
                        2 ** (bits - 1) - 1,
                        round(Fraction((sum(((a - Z_x) * (b - Z_w) for a, b in zip(x, w))) + c) * m, 2**s)) + Z_y,
                    ),
                )
                for w, c in zip(q_w.tolist(), q_b.tolist())
            ]
        )
    return out


def quantized_conv__list(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits, stride, padding):
    y = F.conv2d(
        F.pad(q_x.double(), [padding] * 4, value=float(Z_x))[None] - Z_x, q_w.double() - Z_w, q_b.double(), stride
    )[0]
    return list((torch.round(y * m / 2**s).long() + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))


def quantized_conv__unfold(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits, stride, padding):
    o, c, k, l = q_w.shape
    x = F.pad(q_x.double() - Z_x, [padding] * 4)
    H, W = ((x.shape[1] - k) // stride + 1, (x.shape[2] - l) // stride + 1)
    cols = F.unfold(x[None], (k, l), stride=stride)[0]
    y = ((q_w.double() - Z_w).flatten(1) @ cols + q_b[:, None]).reshape(o, H, W)
    return torch.clamp(torch.round(y * (m / 2**s)) + Z_y, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int32)
