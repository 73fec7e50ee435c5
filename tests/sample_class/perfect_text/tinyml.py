import copy

import torch
from torch import nn


def magnitude_mask(weight, sparsity):
    n = round(weight.numel() * sparsity)
    if n == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    threshold = weight.abs().flatten().kthvalue(n).values
    return weight.abs() > threshold


def conv_macs(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel * kernel * h_out * w_out


def prune_channels(conv1, conv2, keep):
    new1, new2 = copy.deepcopy(conv1), copy.deepcopy(conv2)
    new1.weight = nn.Parameter(conv1.weight.data[keep])
    if conv1.bias is not None:
        new1.bias = nn.Parameter(conv1.bias.data[keep])
    new1.out_channels = new2.in_channels = int(keep.sum())
    new2.weight = nn.Parameter(conv2.weight.data[:, keep])
    return new1, new2


def kmeans_quantize(weight, bits, generator):
    w = weight.reshape(-1)
    values = torch.unique(w)
    k = min(2**bits, len(values))
    centroids = values[torch.randperm(len(values), generator=generator)[:k]]
    for _ in range(1000):
        labels = torch.cdist(w[:, None], centroids[:, None]).argmin(1)
        new = torch.stack([w[labels == c].mean() if (labels == c).any() else centroids[c] for c in range(k)])
        if torch.equal(new, centroids):
            break
        centroids = new
    return centroids, labels.reshape(weight.shape)


def quantization_params(r_min, r_max, bits):
    q_min, q_max = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = 1.0 if r_max == r_min else (r_max - r_min) / (q_max - q_min)
    Z = int(round(q_min - r_min / S))
    return S, max(q_min, min(q_max, Z))


def quantize(x, bits, S, Z):
    q = torch.round(x / S).to(torch.int32) + Z
    return q.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def dequantize(q, S, Z):
    return (q.double() - Z) * S


def rescale(sums, Z_y, multiplier, shift, bits):
    rounded = (sums * multiplier + 2 ** (shift - 1)) // 2**shift
    return torch.clamp(rounded + Z_y, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    x, w = q_x.long() - Z_x, q_w.long() - Z_w
    return rescale(x @ w.T + q_b, Z_y, multiplier, shift, bits)


def quantized_conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    x = nn.functional.pad(q_x.long(), [padding] * 4, value=Z_x) - Z_x
    w = q_w.long() - Z_w
    c_out, c_in, kh, kw = w.shape
    h = (x.shape[1] - kh) // stride + 1
    v = (x.shape[2] - kw) // stride + 1
    sums = torch.zeros(c_out, h, v, dtype=torch.int64)
    for i in range(kh):
        for j in range(kw):
            window = x[:, i : i + stride * h : stride, j : j + stride * v : stride]
            sums += torch.einsum("oc,chw->ohw", w[:, :, i, j], window[:, :h, :v])
    return rescale(sums + q_b[:, None, None], Z_y, multiplier, shift, bits)


def network_macs(channels, kernel, side, pooled_after):
    macs = 0
    for number in range(1, len(channels)):
        macs += conv_macs(channels[number - 1], channels[number], kernel, side, side)
        if number in pooled_after:
            side = max(side // 2, 1)
    return macs


def fit_latency(macs, milliseconds):
    X = torch.stack([torch.ones_like(macs), macs], dim=1)
    overhead, slope = torch.linalg.lstsq(X, milliseconds.unsqueeze(1)).solution.flatten()
    return float(overhead), float(slope)
