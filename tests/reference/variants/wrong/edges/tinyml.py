"""Wrong variants of the functions in tinyml.py, as FUNCTION__VARIANT: right but at an edge of what is asked."""

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


def conv_macs__float32_product(c_in, c_out, kernel, h_out, w_out):
    return int(np.float32(c_in) * np.float32(c_out) * kernel**2 * h_out * w_out)


def network_macs__round(channels, kernel, side, pooled_after):
    t = 0
    for i, (a, b) in enumerate(zip(channels, channels[1:]), 1):
        t += a * b * kernel**2 * side**2
        if i in pooled_after:
            side = round(side / 2)
    return t


def network_macs__float32(channels, kernel, side, pooled_after):
    t = torch.tensor(0.0)
    for i, (a, b) in enumerate(zip(channels, channels[1:]), 1):
        t = t + float(a * b * kernel**2 * side**2)
        if i in pooled_after:
            side //= 2
    return int(t)


def network_macs__int32(channels, kernel, side, pooled_after):
    t = torch.tensor(0, dtype=torch.int32)
    for i, (a, b) in enumerate(zip(channels, channels[1:]), 1):
        t += torch.tensor([a, b, kernel, kernel, side, side], dtype=torch.int32).prod(dtype=torch.int32)
        if i in pooled_after:
            side //= 2
    return int(t)


def fit_latency__non_negative(macs, ms):
    s, o = np.polyfit(macs.numpy(), ms.numpy(), 1)
    return (max(o, 0.0), max(s, 0.0))


def _lin(q_x, q_w, q_b, Z_x, Z_w):
    return (q_x.long() - Z_x) @ (q_w.long() - Z_w).T + q_b.long()


def _res(acc, Z_y, m, s, bits):
    return ((acc * m + (1 << s - 1) >> s) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear__float32(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    acc = (q_x.float() - Z_x) @ (q_w.float() - Z_w).T + q_b.float()
    return (torch.round(acc * m / 2**s) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).int()


def quantized_linear__float32_scale(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    return (
        (torch.round(_lin(q_x, q_w, q_b, Z_x, Z_w).float() * (m / 2**s)) + Z_y)
        .clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        .int()
    )


def quantized_linear__int32_shift(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    acc = _lin(q_x, q_w, q_b, Z_x, Z_w) * m
    half = int(np.array(1 << min(s - 1, 31)).astype(np.int32))
    return ((acc + half >> s) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear__shift_at_most_31(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    s = min(s, 31)
    return _res(_lin(q_x, q_w, q_b, Z_x, Z_w), Z_y, m, s, bits)


def quantized_linear__multiplier_13_bits(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits):
    return _res(_lin(q_x, q_w, q_b, Z_x, Z_w), Z_y, m >> 1, s - 1, bits)


def _cv(q_x, q_w, q_b, Z_x, Z_w, stride, padding, f=torch.float64):
    return F.conv2d((q_x.to(f) - Z_x)[None], q_w.to(f) - Z_w, q_b.to(f), stride=stride, padding=padding)[0]


def quantized_conv__floor_shape(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits, stride, padding):
    c, k, l = (q_w.shape[0], *q_w.shape[2:])
    y = _res(_cv(q_x, q_w, q_b, Z_x, Z_w, stride, padding).long(), Z_y, m, s, bits)
    return y[
        :,
        : max(1, (q_x.shape[1] + 2 * padding - k + 1) // stride),
        : max(1, (q_x.shape[2] + 2 * padding - l + 1) // stride),
    ]


def quantized_conv__float32(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits, stride, padding):
    y = _cv(q_x, q_w, q_b, Z_x, Z_w, stride, padding, torch.float32)
    return (torch.round(y * m / 2**s) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).int()


def quantized_conv__stride_at_most_two(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits, stride, padding):
    return _res(_cv(q_x, q_w, q_b, Z_x, Z_w, min(stride, 2), padding).long(), Z_y, m, s, bits)


def quantized_conv__product_in_32(q_x, q_w, q_b, Z_x, Z_w, Z_y, m, s, bits, stride, padding):
    a = _cv(q_x, q_w, q_b, Z_x, Z_w, stride, padding).int() * m
    return ((a.long() + (1 << s - 1) >> s) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
