"""Right variants of the functions of pruning and quantization, named FUNCTION__VARIANT: each does what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
import heapq


def magnitude_mask__ref(weight, sparsity):
    removed = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().abs().argsort()[:removed]] = False
    return mask.reshape(weight.shape)


def magnitude_mask__topk(weight, sparsity):
    keep = weight.numel() - int(round(weight.numel() * sparsity))
    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[torch.topk(weight.abs().view(-1), keep).indices] = True
    return mask.view_as(weight)


def magnitude_mask__rank(weight, sparsity):
    order = weight.abs().flatten().argsort()
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order))
    return (rank >= round(len(order) * sparsity)).reshape(weight.shape)


def conv_macs__ref(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * h_out * w_out


def conv_macs__measure(c_in, c_out, kernel, h_out, w_out):
    conv = nn.Conv2d(c_in, c_out, kernel, bias=False)
    return conv.weight.numel() * h_out * w_out


def conv_macs__loop(c_in, c_out, kernel, h_out, w_out):
    total = 0
    for _ in range(c_out):
        total += h_out * w_out * c_in * kernel * kernel
    return total


def prune_channels__ref(conv1, conv2, keep):
    def resized(conv, weight, bias):
        new = nn.Conv2d(
            weight.shape[1],
            weight.shape[0],
            conv.kernel_size,
            stride=conv.stride,
            padding=conv.padding,
            bias=bias is not None,
        )
        new.weight = nn.Parameter(weight.detach().clone())
        if bias is not None:
            new.bias = nn.Parameter(bias.detach().clone())
        return new

    bias1 = None if conv1.bias is None else conv1.bias[keep]
    return resized(conv1, conv1.weight[keep], bias1), resized(conv2, conv2.weight[:, keep], conv2.bias)


def prune_channels__copy(conv1, conv2, keep):
    idx = torch.nonzero(keep).squeeze(1)
    n = len(idx)
    a = nn.Conv2d(conv1.in_channels, n, conv1.kernel_size, conv1.stride, conv1.padding, bias=conv1.bias is not None)
    b = nn.Conv2d(n, conv2.out_channels, conv2.kernel_size, conv2.stride, conv2.padding, bias=conv2.bias is not None)
    with torch.no_grad():
        a.weight.copy_(conv1.weight.index_select(0, idx))
        b.weight.copy_(conv2.weight.index_select(1, idx))
        if conv1.bias is not None:
            a.bias.copy_(conv1.bias[idx])
        if conv2.bias is not None:
            b.bias.copy_(conv2.bias)
    return a, b


def prune_channels__data(conv1, conv2, keep):
    k = keep.tolist().count(True)
    c1 = nn.Conv2d(
        conv1.in_channels,
        k,
        kernel_size=conv1.kernel_size,
        stride=conv1.stride,
        padding=conv1.padding,
        bias=conv1.bias is not None,
    )
    c2 = nn.Conv2d(
        k,
        conv2.out_channels,
        kernel_size=conv2.kernel_size,
        stride=conv2.stride,
        padding=conv2.padding,
        bias=conv2.bias is not None,
    )
    c1.weight.data = conv1.weight.data[keep].clone()
    c2.weight.data = conv2.weight.data[:, keep].clone()
    if conv1.bias is not None:
        c1.bias.data = conv1.bias.data[keep].clone()
    if conv2.bias is not None:
        c2.bias.data = conv2.bias.data.clone()
    return [c1, c2]


def kmeans_quantize__ref(weight, bits, generator):
    values = weight.flatten()
    distinct = values.unique()
    start = torch.randperm(len(distinct), generator=generator)[: 2**bits]
    codebook = distinct[start].sort().values
    labels = torch.full_like(values, -1, dtype=torch.long)
    while True:
        nearest = (values[:, None] - codebook).abs().argmin(dim=1)
        if torch.equal(nearest, labels):
            return codebook, labels.reshape(weight.shape)
        used, labels = nearest.unique(return_inverse=True)
        codebook = torch.stack([values[labels == label].mean() for label in range(len(used))])


def kmeans_quantize__linspace(weight, bits, generator):
    v = weight.flatten().double()
    k = min(2**bits, v.unique().numel())
    c = torch.linspace(v.min().item(), v.max().item(), k, dtype=torch.float64)
    prev = None
    while True:
        lab = (v[:, None] - c[None]).abs().argmin(1)
        if prev is not None and torch.equal(lab, prev):
            break
        prev = lab
        for j in range(k):
            if (lab == j).any():
                c[j] = v[lab == j].mean()
    return c, lab.view(weight.shape)


def kmeans_quantize__plusplus(weight, bits, generator):
    v = weight.flatten()
    k = min(2**bits, v.unique().numel())
    first = torch.randint(len(v), (1,), generator=generator)
    c = v[first]
    while len(c) < k:
        d = (v[:, None] - c).abs().min(1).values ** 2
        c = torch.cat([c, v[torch.multinomial(d, 1, generator=generator)]])
    for _ in range(500):
        lab = torch.cdist(v[:, None], c[:, None]).argmin(1)
        onehot = F.one_hot(lab, k).to(v.dtype)
        count = onehot.sum(0)
        new = torch.where(count > 0, (onehot.T @ v) / count.clamp(min=1), c)
        done = (new - c).abs().max() < 1e-10
        c = new
        if done:
            break
    return c, lab.reshape(weight.shape)


def kmeans_quantize__optimal(weight, bits, generator):
    v, inverse, counts = weight.flatten().unique(return_inverse=True, return_counts=True)
    n, k = len(v), min(2**bits, len(v))
    cv, cw, cvv = [0.0], [0.0], [0.0]
    for x, q in zip(v.tolist(), counts.tolist()):
        cw.append(cw[-1] + q)
        cv.append(cv[-1] + q * x)
        cvv.append(cvv[-1] + q * x * x)

    def cost(i, j):
        s, w = cv[j] - cv[i], cw[j] - cw[i]
        return cvv[j] - cvv[i] - s * s / w

    best = [[math.inf] * (n + 1) for _ in range(k + 1)]
    cut = [[0] * (n + 1) for _ in range(k + 1)]
    best[0][0] = 0.0
    for c in range(1, k + 1):
        for j in range(c, n + 1):
            for i in range(c - 1, j):
                t = best[c - 1][i] + cost(i, j)
                if t < best[c][j]:
                    best[c][j], cut[c][j] = t, i
    group = torch.zeros(n, dtype=torch.long)
    j, means = n, []
    for c in range(k, 0, -1):
        i = cut[c][j]
        group[i:j] = c - 1
        means.append((cv[j] - cv[i]) / (cw[j] - cw[i]))
        j = i
    return torch.tensor(means[::-1], dtype=torch.float64), group[inverse].reshape(weight.shape)


def quantization_params__ref(r_min, r_max, bits):
    q_min, q_max = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (q_max - q_min) if r_max > r_min else 1.0
    return S, min(max(round(q_min - r_min / S), q_min), q_max)


def quantization_params__numpy(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = 1.0 if np.isclose(r_min, r_max) else np.float64(r_max - r_min) / (hi - lo)
    return S, int(np.clip(np.rint(lo - r_min / S), lo, hi))


def quantization_params__roundratio(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) or 1.0
    Z = lo - round(r_min / S)
    Z = lo if Z < lo else hi if Z > hi else Z
    return S, Z


def quantization_params__degenerate0(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if r_min == r_max:
        return 1.0, 0
    S = (r_max - r_min) / (hi - lo)
    return S, int(min(hi, max(lo, round(lo - r_min / S))))


def quantize__ref(x, bits, S, Z):
    q_min, q_max = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return (torch.round(x / S) + Z).clamp(q_min, q_max).to(torch.int64)


def quantize__int8(x, bits, S, Z):
    q = (x / S).round().to(torch.int32) + Z
    return q.clamp_(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int8)


def quantize__halfup(x, bits, S, Z):
    q = torch.floor(x / S + 0.5) + Z
    return torch.minimum(
        torch.maximum(q, torch.tensor(-(2.0 ** (bits - 1)))), torch.tensor(2.0 ** (bits - 1) - 1)
    ).long()


def quantize__fake(x, bits, S, Z):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    fake = torch.fake_quantize_per_tensor_affine(x.float(), float(S), int(Z), lo, hi)
    return (fake / S + Z).round().long()


def dequantize__ref(q, S, Z):
    return S * (q - Z).to(torch.float64)


def dequantize__numpy(q, S, Z):
    return (np.asarray(q, dtype=np.float64) - Z) * S


def dequantize__list(q, S, Z):
    return [S * (v - Z) for v in q.tolist()]


def dequantize__sub(q, S, Z):
    return torch.mul(torch.sub(q, Z), S)


def prune_channels__indices(conv1, conv2, keep):
    def shrink(conv, dim, idx):
        new = copy.deepcopy(conv)
        new.weight = nn.Parameter(torch.index_select(conv.weight.data, dim, idx))
        if dim == 0:
            new.out_channels = len(idx)
            if conv.bias is not None:
                new.bias = nn.Parameter(conv.bias.data[idx])
        else:
            new.in_channels = len(idx)
        return new

    idx = keep.nonzero(as_tuple=True)[0]
    return shrink(conv1, 0, idx), shrink(conv2, 1, idx)


def kmeans_quantize__fromweights(weight, bits, generator):
    v = weight.flatten()
    k = min(2**bits, len(v.unique()))
    c = v[torch.randperm(len(v), generator=generator)[:k]].clone()
    for _ in range(200):
        lab = (v[:, None] - c[None, :]).abs().argmin(dim=1)
        new = torch.stack([v[lab == j].mean() if bool((lab == j).any()) else c[j] for j in range(k)])
        if torch.equal(new, c):
            break
        c = new
    return c, lab.reshape(weight.shape)


def magnitude_mask__floatmask(weight, sparsity):
    n = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel())
    mask[weight.abs().flatten().argsort()[:n]] = 0.0
    return mask.reshape(weight.shape)


def quantization_params__npfloat32(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = np.float32(1.0) if r_min == r_max else np.float32(r_max - r_min) / np.float32(hi - lo)
    return S, int(np.clip(np.round(lo - np.float32(r_min) / S), lo, hi))


def magnitude_mask__single(weight, sparsity):
    n = round(weight.numel() * sparsity)
    size = weight.float().abs().flatten()
    bound = size.sort().values[n] if n < len(size) else torch.inf
    return weight.float().abs() >= bound


def magnitude_mask__numpy(weight, sparsity):
    size = np.abs(np.asarray(weight)).ravel()
    mask = np.ones(size.size, dtype=bool)
    mask[np.argsort(size)[: int(np.rint(size.size * sparsity))]] = False
    return mask.reshape(weight.shape)


def prune_channels__loop(conv1, conv2, keep):
    picked = [i for i, stays in enumerate(keep) if stays]
    a = nn.Conv2d(
        conv1.in_channels, len(picked), conv1.kernel_size, conv1.stride, conv1.padding, bias=conv1.bias is not None
    )
    b = nn.Conv2d(
        len(picked), conv2.out_channels, conv2.kernel_size, conv2.stride, conv2.padding, bias=conv2.bias is not None
    )
    with torch.no_grad():
        for new, old in enumerate(picked):
            a.weight[new] = conv1.weight[old]
            b.weight[:, new] = conv2.weight[:, old]
            if a.bias is not None:
                a.bias[new] = conv1.bias[old]
        if b.bias is not None:
            b.bias.copy_(conv2.bias)
    return a, b


def kmeans_quantize__quantiles(weight, bits, generator):
    v = weight.flatten()
    k = min(2**bits, len(v.unique()))
    c = v.unique()[torch.linspace(0, len(v.unique()) - 1, k).long()]
    for _ in range(40):
        lab = torch.bucketize(v, (c[1:] + c[:-1]) / 2)
        c = torch.stack([v[lab == j].mean() if (lab == j).any() else c[j] for j in range(k)])
    return c[:, None], lab.reshape(weight.shape).to(torch.uint8)


def quantize__numpy(x, bits, S, Z):
    return np.clip(np.rint(np.asarray(x) / S).astype(int) + Z, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantize__single(x, bits, S, Z):
    return (torch.round(x.float() / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int32)


def dequantize__single(q, S, Z):
    return torch.tensor(S).float() * (q.float() - Z)


def magnitude_mask__kthvalue(weight, sparsity):
    n = round(weight.numel() * sparsity)
    if n == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    return weight.abs() > weight.abs().flatten().kthvalue(n).values


def magnitude_mask__heap(weight, sparsity):
    flat = weight.flatten().abs().tolist()
    gone = set(heapq.nsmallest(round(len(flat) * sparsity), range(len(flat)), key=flat.__getitem__))
    return np.array([i not in gone for i in range(len(flat))]).reshape(weight.shape)


def magnitude_mask__numpy_partition(weight, sparsity):
    w = np.abs(weight.numpy()).ravel()
    n = int(np.rint(w.size * sparsity))
    mask = np.ones(w.size, dtype=bool)
    if n:
        mask[np.argpartition(w, n - 1)[:n]] = False
    return mask.reshape(weight.shape)


def magnitude_mask__squares(weight, sparsity):
    w = weight / weight.abs().max()
    order = torch.argsort(w.flatten() ** 2, stable=True)
    mask = torch.zeros(w.numel(), dtype=torch.int64)
    mask[order[round(w.numel() * sparsity) :]] = 1
    return mask.view(weight.shape)


def conv_macs__prod(c_in, c_out, kernel, h_out, w_out):
    return int(np.prod([c_in, c_out, kernel, kernel, h_out, w_out]))


def conv_macs__unfold(c_in, c_out, kernel, h_out, w_out):
    patches = h_out * w_out
    return torch.tensor(patches * c_in * kernel * kernel * c_out)


def conv_macs__math_prod(c_in, c_out, kernel, h_out, w_out):
    return math.prod((c_in, c_out, h_out, w_out)) * pow(kernel, 2)


def prune_channels__state_dict(conv1, conv2, keep):
    def make(conv, **changes):
        options = dict(
            in_channels=conv.in_channels,
            out_channels=conv.out_channels,
            kernel_size=conv.kernel_size,
            stride=conv.stride,
            padding=conv.padding,
            dilation=conv.dilation,
            bias=conv.bias is not None,
        )
        return nn.Conv2d(**{**options, **changes})

    n = int(keep.sum())
    a, b = make(conv1, out_channels=n), make(conv2, in_channels=n)
    a.load_state_dict({key: value[keep] for key, value in conv1.state_dict().items()})
    b.load_state_dict({key: value[:, keep] if key == "weight" else value for key, value in conv2.state_dict().items()})
    return a, b


def prune_channels__nonzero(conv1, conv2, keep):
    idx = torch.nonzero(keep).squeeze(1)
    with torch.no_grad():
        a = nn.Conv2d(
            conv1.in_channels, len(idx), conv1.kernel_size, conv1.stride, conv1.padding, bias=conv1.bias is not None
        )
        a.weight.copy_(conv1.weight.index_select(0, idx))
        if conv1.bias is not None:
            a.bias.copy_(conv1.bias.index_select(0, idx))
        b = nn.Conv2d(
            len(idx), conv2.out_channels, conv2.kernel_size, conv2.stride, conv2.padding, bias=conv2.bias is not None
        )
        b.weight.copy_(conv2.weight.index_select(1, idx))
        if conv2.bias is not None:
            b.bias.copy_(conv2.bias)
    return [a, b]


def prune_channels__utils(conv1, conv2, keep):
    a, b = copy.deepcopy(conv1), copy.deepcopy(conv2)
    a.weight = nn.Parameter(torch.stack([w for w, k in zip(conv1.weight.detach(), keep) if k]))
    if a.bias is not None:
        a.bias = nn.Parameter(torch.stack([w for w, k in zip(conv1.bias.detach(), keep) if k]))
    b.weight = nn.Parameter(torch.stack([w for w, k in zip(conv2.weight.detach().unbind(1), keep) if k], dim=1))
    a.out_channels = b.in_channels = len(a.weight)
    return a, b


def kmeans_quantize__numpy_lloyd(weight, bits, generator):
    v = weight.numpy().ravel()
    u = np.unique(v)
    k = min(2**bits, len(u))
    c = np.sort(u[torch.randperm(len(u), generator=generator)[:k].numpy()])
    for _ in range(300):
        edges = (c[1:] + c[:-1]) / 2
        lab = np.searchsorted(edges, v)
        new = np.array([v[lab == j].mean() if np.any(lab == j) else c[j] for j in range(k)])
        if np.allclose(new, c, rtol=1e-12, atol=0):
            break
        c = new
    return c, lab.reshape(weight.shape)


def kmeans_quantize__scatter_mean(weight, bits, generator):
    v = weight.reshape(-1)
    u = torch.unique(v)
    c = u[torch.randperm(len(u), generator=generator)[: 2**bits]]
    old = None
    while old is None or not torch.equal(old, c):
        old = c
        lab = torch.cdist(v[:, None], c[:, None]).argmin(dim=1)
        total = torch.zeros_like(c).scatter_add_(0, lab, v)
        count = torch.zeros_like(c).scatter_add_(0, lab, torch.ones_like(v))
        c = torch.where(count > 0, total / count.clamp(min=1), c)
    return c.tolist(), lab.reshape(weight.shape).int()


def kmeans_quantize__sorted_prefix(weight, bits, generator):
    v, order = weight.flatten().sort()
    k = min(2**bits, len(v))
    edges = [round(i * len(v) / k) for i in range(k + 1)]
    total = torch.cat([torch.zeros(1, dtype=v.dtype), v.cumsum(0)])
    for _ in range(1000):
        c = torch.stack([(total[b] - total[a]) / (b - a) for a, b in zip(edges, edges[1:])])
        new = [0, *torch.searchsorted(v, (c[1:] + c[:-1]) / 2).tolist(), len(v)]
        if new == edges:
            break
        edges = new
    labels = torch.empty(len(v), dtype=torch.long)
    for j, (a, b) in enumerate(zip(edges, edges[1:])):
        labels[order[a:b]] = j
    return c, labels.view(weight.shape)


def quantization_params__from_the_top(r_min, r_max, bits):
    lo, hi = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    if r_max == r_min:
        return 1, max(lo, min(hi, int(round(lo - r_min))))
    S = (r_max - r_min) / (hi - lo)
    return S, int(np.clip(np.floor(hi - r_max / S + 0.5), lo, hi))


def quantization_params__tensors(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = torch.tensor((r_max - r_min) / (hi - lo) if r_max > r_min else 1.0, dtype=torch.float64)
    return S, torch.round(lo - r_min / S).clamp(lo, hi).to(torch.int32)


def quantization_params__decimal(r_min, r_max, bits):
    from fractions import Fraction

    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if r_min == r_max:
        return 1.0, lo
    S = (Fraction(r_max) - Fraction(r_min)) / (hi - lo)
    return float(S), sorted((lo, round(lo - Fraction(r_min) / S), hi))[1]


def quantize__clamp_then_round(x, bits, S, Z):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return torch.clamp(x / S + Z, lo, hi).round().to(torch.int16)


def quantize__python(x, bits, S, Z):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def one(value):
        return [one(v) for v in value] if isinstance(value, list) else max(lo, min(hi, round(value / S) + Z))

    return one(x.tolist())


def quantize__divide_in_place(x, bits, S, Z):
    q = x.clone()
    q.div_(S).round_().add_(Z).clamp_(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return q.int()


def quantize__minmax(x, bits, S, Z):
    top = torch.tensor(2 ** (bits - 1) - 1.0, dtype=x.dtype)
    return torch.maximum(torch.minimum(torch.floor(x / S + 0.5) + Z, top), -top - 1).to(torch.int64)


def dequantize__broadcast(q, S, Z):
    return torch.mul(torch.sub(q, Z), S)


def dequantize__comprehension(q, S, Z):
    return np.fromiter((S * (int(v) - Z) for v in q), dtype=float, count=len(q))


def dequantize__fma(q, S, Z):
    return torch.addcmul(
        torch.full(q.shape, -S * Z, dtype=torch.float64), q.double(), torch.tensor(S, dtype=torch.float64)
    )


def quantized_linear__float64(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    real = (q_x.double() - Z_x) @ (q_w.double() - Z_w).T + q_b.double()
    q = torch.round(real * (multiplier / 2**shift)) + Z_y
    return q.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int32)


def quantized_linear__numpy(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    x, w = q_x.numpy().astype(np.int64) - Z_x, q_w.numpy().astype(np.int64) - Z_w
    sums = x @ w.T + q_b.numpy()
    q = np.floor_divide(2 * sums * multiplier + 2**shift, 2 ** (shift + 1)) + Z_y
    return np.clip(q, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear__halves_to_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long()[:, None] - Z_x).mul(q_w.long() - Z_w).sum(-1) + q_b.long()
    product = sums * multiplier
    moved = product.sign() * ((product.abs() + 2 ** (shift - 1) - 1) // 2**shift) + Z_y
    return moved.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).tolist()


def quantized_conv__float64(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    real = F.conv2d(q_x.double() - Z_x, q_w.double() - Z_w, q_b.double(), stride=stride, padding=padding)
    q = torch.round(real * multiplier / 2**shift) + Z_y
    return q.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int8)


def quantized_conv__padded_with_the_zero_point(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    x = F.pad(q_x.long(), (padding,) * 4, value=Z_x) - Z_x
    c_out, _, tall, wide = q_w.shape
    columns = x.unfold(1, tall, stride).unfold(2, wide, stride).permute(1, 2, 0, 3, 4).flatten(2)
    sums = columns @ (q_w.long() - Z_w).flatten(1).T + q_b.long()
    moved = (sums * multiplier + 2**shift // 2) // 2**shift + Z_y
    return moved.permute(2, 0, 1).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def network_macs__loop(channels, kernel, side, pooled_after):
    total = 0
    for i in range(1, len(channels)):
        total += channels[i - 1] * channels[i] * kernel * kernel * side * side
        if i in pooled_after:
            side = side // 2 or 1
    return total


def network_macs__run_it(channels, kernel, side, pooled_after):
    image, total = torch.zeros(1, channels[0], side, side), 0
    for i, (a, b) in enumerate(zip(channels, channels[1:]), 1):
        conv = nn.Conv2d(a, b, kernel, padding="same", bias=False)
        image = conv(image)
        total += conv.weight.numel() * image.shape[-1] * image.shape[-2]
        if i in pooled_after and image.shape[-1] > 1:
            image = F.max_pool2d(image, 2)
    return torch.tensor(total)


def fit_latency__polyfit(macs, milliseconds):
    slope, intercept = np.polyfit(macs.numpy(), milliseconds.numpy(), 1)
    return intercept, slope


def fit_latency__lstsq(macs, milliseconds):
    X = torch.stack([torch.ones_like(macs), macs], 1)
    return torch.linalg.lstsq(X, milliseconds[:, None]).solution.flatten().tolist()
