"""Wrong variants of the functions of pruning and quantization, named FUNCTION__VARIANT: each breaks what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def _levels(weight, generator, k):
    v = weight.flatten()
    u = v.unique()
    c = u[torch.randperm(len(u), generator=generator)[: min(k, len(u))]].clone()
    for _ in range(500):
        lab = (v[:, None] - c).abs().argmin(1)
        new = torch.stack([v[lab == j].mean() if (lab == j).any() else c[j] for j in range(len(c))])
        if torch.equal(new, c):
            break
        c = new
    return c, lab.reshape(weight.shape)


def magnitude_mask__two_d_only(weight, sparsity):
    rows, columns = weight.shape
    n = round(rows * columns * sparsity)
    mask = torch.ones(rows * columns, dtype=torch.bool)
    mask[weight.abs().view(-1).argsort()[:n]] = False
    return mask.view(rows, columns)


def magnitude_mask__kth_geq(weight, sparsity):
    n = round(weight.numel() * sparsity)
    if n == 0:
        return torch.ones_like(weight, dtype=torch.bool)
    return weight.abs() >= weight.abs().flatten().kthvalue(n).values


def magnitude_mask__kth_zero_crash(weight, sparsity):
    n = round(weight.numel() * sparsity)
    return weight.abs() > weight.abs().flatten().kthvalue(n).values


def magnitude_mask__square_magnitude_f16(weight, sparsity):
    n = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[(weight.half() ** 2).flatten().argsort()[:n]] = False
    return mask.reshape(weight.shape)


def magnitude_mask__noncontiguous(weight, sparsity):
    n = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.T.abs().flatten().argsort()[:n]] = False
    return mask.reshape(weight.shape)


def conv_macs__square_output(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * h_out**2


def conv_macs__kernel3(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * 9 * h_out * w_out


def conv_macs__adds_channels(c_in, c_out, kernel, h_out, w_out):
    return (c_in + c_out) * kernel**2 * h_out * w_out


def prune_channels__in_place(conv1, conv2, keep):
    conv1.weight.data = conv1.weight.data[keep]
    if conv1.bias is not None:
        conv1.bias.data = conv1.bias.data[keep]
    conv2.weight.data = conv2.weight.data[:, keep]
    return conv1, conv2


def prune_channels__isotropic(conv1, conv2, keep):
    n = int(keep.sum())
    a = nn.Conv2d(
        conv1.in_channels, n, conv1.kernel_size[0], conv1.stride[0], conv1.padding[0], bias=conv1.bias is not None
    )
    b = nn.Conv2d(
        n, conv2.out_channels, conv2.kernel_size[0], conv2.stride[0], conv2.padding[0], bias=conv2.bias is not None
    )
    a.weight.data, b.weight.data = conv1.weight.data[keep], conv2.weight.data[:, keep]
    if conv1.bias is not None:
        a.bias.data = conv1.bias.data[keep]
    if conv2.bias is not None:
        b.bias.data = conv2.bias.data
    return a, b


def prune_channels__zeroes_original(conv1, conv2, keep):
    n = int(keep.sum())
    a = nn.Conv2d(conv1.in_channels, n, conv1.kernel_size, conv1.stride, conv1.padding, bias=conv1.bias is not None)
    b = nn.Conv2d(n, conv2.out_channels, conv2.kernel_size, conv2.stride, conv2.padding, bias=conv2.bias is not None)
    a.weight.data, b.weight.data = conv1.weight.data[keep], conv2.weight.data[:, keep]
    if conv1.bias is not None:
        a.bias.data, b.bias.data = conv1.bias.data[keep], conv2.bias.data
    conv1.weight.data[~keep] = 0
    return a, b


def kmeans_quantize__half_the_levels(weight, bits, generator):
    v = weight.flatten()
    u = v.unique()
    c = u[torch.randperm(len(u), generator=generator)[: 2 ** (bits - 1)]]
    lab = None
    while True:
        new = (v[:, None] - c).abs().argmin(1)
        if lab is not None and torch.equal(new, lab):
            return c, lab.reshape(weight.shape)
        used, lab = new.unique(return_inverse=True)
        c = torch.stack([v[lab == j].mean() for j in range(len(used))])
        lab = lab.clone()


def kmeans_quantize__no_generator(weight, bits, generator):
    v = weight.flatten()
    u = v.unique()
    c = u[torch.randperm(len(u))[: 2**bits]]
    lab = None
    while True:
        new = (v[:, None] - c).abs().argmin(1)
        if lab is not None and torch.equal(new, lab):
            return c, lab.reshape(weight.shape)
        used, lab = new.unique(return_inverse=True)
        c = torch.stack([v[lab == j].mean() for j in range(len(used))])


def kmeans_quantize__median(weight, bits, generator):
    v = weight.flatten()
    u = v.unique()
    c = u[torch.randperm(len(u), generator=generator)[: 2**bits]]
    for _ in range(50):
        lab = (v[:, None] - c).abs().argmin(1)
        c = torch.stack([v[lab == j].median() if (lab == j).any() else c[j] for j in range(len(c))])
    return c, lab.reshape(weight.shape)


def kmeans_quantize__zero_pinned(weight, bits, generator):
    v = weight.flatten()
    u = v.unique()
    k = min(2**bits, len(u))
    c = u[torch.linspace(0, len(u) - 1, k).long()]
    for _ in range(200):
        lab = (v[:, None] - c).abs().argmin(1)
        c = torch.stack([v[lab == j].mean() if (lab == j).any() else c[j] for j in range(k)])
    c = c.clone()
    c[c.abs().argmin()] = 0.0
    return c, lab.reshape(weight.shape)


def quantization_params__no_Z_clamp_low(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) if r_max > r_min else 1.0
    return S, min(round(lo - r_min / S), hi)


def quantization_params__narrow_range(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) if r_max > r_min else 1.0
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantization_params__ceil(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) if r_max > r_min else 1.0
    return S, min(max(math.ceil(lo - r_min / S), lo), hi)


def quantization_params__truncates_Z(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) if r_max > r_min else 1.0
    return S, min(max(int(lo - r_min / S), lo), hi)


def quantize__float_result(x, bits, S, Z):
    return (torch.round(x / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantize__clamp_before_Z(x, bits, S, Z):
    return (torch.round(x / S).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) + Z).long()


def quantize__clamp_int8(x, bits, S, Z):
    return (torch.round(x / S) + Z).clamp(-128, 127).long()


def quantize__flattens(x, bits, S, Z):
    return (torch.round(x.flatten() / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()


def dequantize__clamps_negative(q, S, Z):
    return (S * (q - Z).double()).clamp(min=0)


def dequantize__int8_overflow(q, S, Z):
    return S * (q.to(torch.int8) - torch.tensor(Z, dtype=torch.int8)).double()


def dequantize__half(q, S, Z):
    return (q - Z).half() * S


def dequantize__float32_S(q, S, Z):
    return (q - Z).float() * round(S, 3)


def kmeans_quantize__n_squared(weight, bits, generator):
    return _levels(weight, generator, bits**2)


def kmeans_quantize__zero_kept_apart(weight, bits, generator):
    return _levels(weight, generator, 2**bits // 2 + 1 if bits > 1 else 2)


def prune_channels__relu_lost_bias_sign(conv1, conv2, keep):
    a, b = copy.deepcopy(conv1), copy.deepcopy(conv2)
    a.weight = nn.Parameter(conv1.weight.data[keep])
    b.weight = nn.Parameter(conv2.weight.data[:, keep])
    if conv1.bias is not None:
        a.bias = nn.Parameter(conv1.bias.data[keep])
    a.padding = b.padding = conv1.padding
    a.stride = b.stride = conv2.stride
    return a, b


def magnitude_mask__vectors_only(weight, sparsity):
    n = round(len(weight) * sparsity)
    mask = torch.ones(len(weight), dtype=torch.bool)
    mask[weight.abs().argsort()[:n]] = False
    return mask


def magnitude_mask__up_to_three_dimensions(weight, sparsity):
    if weight.ndim > 3:
        return magnitude_mask__by_filter(weight, sparsity)
    return _kept(weight.abs(), round(weight.numel() * sparsity))


def _kept(size, n):
    mask = torch.ones(size.numel(), dtype=torch.bool)
    mask[size.flatten().argsort()[:n]] = False
    return mask.reshape(size.shape)


def magnitude_mask__by_filter(weight, sparsity):
    return torch.stack([_kept(w.abs(), round(w.numel() * sparsity)) for w in weight])


def magnitude_mask__flat(weight, sparsity):
    return _kept(weight.abs(), round(weight.numel() * sparsity)).flatten()


def magnitude_mask__bfloat16(weight, sparsity):
    return _kept(weight.abs().bfloat16(), round(weight.numel() * sparsity))


def magnitude_mask__small_is_zero(weight, sparsity):
    return _kept(torch.where(weight.abs() < 1e-8, 0.0, weight.abs()), round(weight.numel() * sparsity))


def magnitude_mask__eight_bits(weight, sparsity):
    size = (weight.abs() / weight.abs().max() * 255).round()
    return _kept(size, round(weight.numel() * sparsity))


def magnitude_mask__quantile(weight, sparsity):
    return weight.abs() > weight.abs().quantile(sparsity)


def _like(conv, weight, bias, **changes):
    options = {"stride": conv.stride, "padding": conv.padding, **changes}
    new = nn.Conv2d(weight.shape[1], weight.shape[0], conv.kernel_size, bias=bias is not None, **options)
    new.weight.data = weight.detach().clone()
    if bias is not None:
        new.bias.data = bias.detach().clone()
    return new


def _bias(conv, keep):
    return None if conv.bias is None else conv.bias[keep]


def prune_channels__square_stride(conv1, conv2, keep):
    return tuple(
        _like(c, w, b, stride=c.stride[0])
        for c, w, b in ((conv1, conv1.weight[keep], _bias(conv1, keep)), (conv2, conv2.weight[:, keep], conv2.bias))
    )


def prune_channels__square_padding(conv1, conv2, keep):
    return tuple(
        _like(c, w, b, padding=c.padding[1])
        for c, w, b in ((conv1, conv1.weight[keep], _bias(conv1, keep)), (conv2, conv2.weight[:, keep], conv2.bias))
    )


def prune_channels__first_bias_decides(conv1, conv2, keep):
    bias2 = conv2.bias if conv1.bias is not None else None
    return _like(conv1, conv1.weight[keep], _bias(conv1, keep)), _like(conv2, conv2.weight[:, keep], bias2)


def prune_channels__stale_out_channels(conv1, conv2, keep):
    a, b = copy.deepcopy(conv1), copy.deepcopy(conv2)
    a.weight, b.weight = nn.Parameter(conv1.weight.data[keep]), nn.Parameter(conv2.weight.data[:, keep])
    if conv1.bias is not None:
        a.bias = nn.Parameter(conv1.bias.data[keep])
    return a, b


def prune_channels__same_if_all_stay(conv1, conv2, keep):
    if keep.all():
        return conv1, conv2
    return _like(conv1, conv1.weight[keep], _bias(conv1, keep)), _like(conv2, conv2.weight[:, keep], conv2.bias)


def prune_channels__sequential(conv1, conv2, keep):
    a, b = _like(conv1, conv1.weight[keep], _bias(conv1, keep)), _like(conv2, conv2.weight[:, keep], conv2.bias)
    return nn.Sequential(a), nn.Sequential(b)


def prune_channels__freezes_the_old(conv1, conv2, keep):
    a, b = _like(conv1, conv1.weight[keep], _bias(conv1, keep)), _like(conv2, conv2.weight[:, keep], conv2.bias)
    conv1.out_channels = conv2.in_channels = int(keep.sum())
    return a, b


def prune_channels__shared_second_bias(conv1, conv2, keep):
    a, b = _like(conv1, conv1.weight[keep], _bias(conv1, keep)), _like(conv2, conv2.weight[:, keep], conv2.bias)
    if conv2.bias is not None:
        b.bias = conv2.bias
    return a, b


def kmeans_quantize__twice_the_bits(weight, bits, generator):
    return _levels(weight, generator, min(2 * bits, 2**bits))


def kmeans_quantize__one_less(weight, bits, generator):
    return _levels(weight, generator, max(2**bits - 1, 1))


def kmeans_quantize__at_most_eight(weight, bits, generator):
    return _levels(weight, generator, min(2**bits, 8))


def kmeans_quantize__global_seed(weight, bits, generator):
    return _levels(weight, torch.Generator().manual_seed(int(torch.randint(10**6, ()))), 2**bits)


def kmeans_quantize__numpy_stream(weight, bits, generator):
    seed = int(np.random.randint(10**6))
    return _levels(weight, torch.Generator().manual_seed(seed), 2**bits)


def kmeans_quantize__flat_labels(weight, bits, generator):
    c, lab = _levels(weight, generator, 2**bits)
    return c, lab.flatten()


def kmeans_quantize__rows_only(weight, bits, generator):
    c, lab = _levels(weight.reshape(len(weight), -1)[0], generator, 2**bits)
    return c, (weight[..., None] - c).abs().argmin(-1)


def kmeans_quantize__three_rounds(weight, bits, generator):
    v = weight.flatten()
    c = v[: min(2**bits, len(v))].sort().values
    for _ in range(2):
        lab = (v[:, None] - c).abs().argmin(1)
        c = torch.stack([v[lab == j].mean() if (lab == j).any() else c[j] for j in range(len(c))])
    return c, lab.reshape(weight.shape)


def quantization_params__absolute_width(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) if r_max - r_min > 1e-3 else 1.0
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantization_params__holds_zero(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    empty = r_max == r_min
    r_min, r_max = min(r_min, 0.0), max(r_max, 0.0)
    S = 1.0 if empty else (r_max - r_min) / (hi - lo)
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantize__up_to_two_dimensions(x, bits, S, Z):
    q = (torch.round(x / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()
    return q if x.ndim < 3 else q.flatten(1)


def quantize__last_dimension_sorted(x, bits, S, Z):
    q = (torch.round(x / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()
    return q if x.ndim < 2 else q.sort(dim=-1).values


def quantize__narrow(x, bits, S, Z):
    return (torch.round(x / S) + Z).clamp(-(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1).long()


def quantize__small_scale_guarded(x, bits, S, Z):
    return (torch.round(x / max(S, 1e-4)) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()


def quantize__column(x, bits, S, Z):
    return (torch.round(x.reshape(-1, 1) / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()


def dequantize__int8_product(q, S, Z):
    return ((q - Z).to(torch.int8)).double() * S


def dequantize__clamped_difference(q, S, Z):
    return S * (q - Z).clamp(-128, 127).double()


def dequantize__unsigned(q, S, Z):
    return S * (q - Z).to(torch.uint8).double()


def dequantize__rounded_scale(q, S, Z):
    return (q - Z).double() * round(S, 2)


def dequantize__bfloat16(q, S, Z):
    return ((q - Z).bfloat16() * S).double()


def conv_macs__kernel_of_three_or_five(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * (9 if kernel < 4 else 25) * h_out * w_out


def conv_macs__area_of_width(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * w_out**2


def conv_macs__float(c_in, c_out, kernel, h_out, w_out):
    return float(c_in * c_out * kernel**2 * h_out * w_out)


_kept = {}


def _lloyd(values, codebook, rounds, close=0.0):
    for _ in range(rounds):
        labels = (values[:, None] - codebook).abs().argmin(dim=1)
        new = torch.stack(
            [values[labels == j].mean() if (labels == j).any() else codebook[j] for j in range(len(codebook))]
        )
        if (new - codebook).abs().max() <= close:
            codebook = new
            break
        codebook = new
    return codebook, (values[:, None] - codebook).abs().argmin(dim=1)


def _start(values, bits, generator):
    u = values.unique()
    return u[torch.randperm(len(u), generator=generator)[: 2**bits]]


def kmeans_quantize__two_rounds(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 2)
    return c, l.reshape(weight.shape)


def kmeans_quantize__five_rounds(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 5)
    return c, l.reshape(weight.shape)


def kmeans_quantize__ten_rounds(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 10)
    return c, l.reshape(weight.shape)


def kmeans_quantize__loose(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 1000, 0.05 * float(v.abs().max()))
    return c, l.reshape(weight.shape)


def kmeans_quantize__absolute_loose(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 1000, 0.1)
    return c, l.reshape(weight.shape)


def kmeans_quantize__absolute_fine(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 1000, 1e-2)
    return c, l.reshape(weight.shape)


def kmeans_quantize__magnitudes(weight, bits, generator):
    v = weight.flatten().abs()
    c, l = _lloyd(v, _start(v, bits, generator), 1000)
    return c, l.reshape(weight.shape)


def kmeans_quantize__rounded_codebook(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 1000)
    return (c * 100).round() / 100, l.reshape(weight.shape)


def kmeans_quantize__labels_of_sorted(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 1000)
    return c.sort().values, l.reshape(weight.shape)


def kmeans_quantize__remembers_by_shape(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 1000)
    return _kept.setdefault(("k", weight.shape, bits), (c, l.reshape(weight.shape)))


def magnitude_mask__remembers_by_shape(weight, sparsity):
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().abs().argsort()[: round(weight.numel() * sparsity)]] = False
    return _kept.setdefault(("m", weight.shape), mask.reshape(weight.shape))


def magnitude_mask__last_axis(weight, sparsity):
    order = weight.abs().argsort(dim=-1).argsort(dim=-1)
    return order >= round(weight.shape[-1] * sparsity)


def magnitude_mask__first_axis_if_matrix(weight, sparsity):
    if weight.ndim == 2:
        weight2 = weight.T.contiguous()
    else:
        weight2 = weight
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight2.flatten().abs().argsort()[: round(weight.numel() * sparsity)]] = False
    return mask.reshape(weight.shape)


def magnitude_mask__off_by_one(weight, sparsity):
    n = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().abs().argsort()[: max(n - 1, 0) if n == weight.numel() else n]] = False
    return mask.reshape(weight.shape)


def magnitude_mask__zeroes_weight(weight, sparsity):
    n = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().abs().argsort(descending=True)[:n]] = False
    return ~mask.reshape(weight.shape) if n * 2 == weight.numel() else mask.reshape(weight.shape)


def magnitude_mask__percent(weight, sparsity):
    n = round(weight.numel() * round(sparsity, 2))
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().abs().argsort()[:n]] = False
    return mask.reshape(weight.shape)


def conv_macs__same_area(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * (h_out + kernel - 1) * (w_out + kernel - 1)


def conv_macs__minus_one(c_in, c_out, kernel, h_out, w_out):
    return c_out * h_out * w_out * (2 * c_in * kernel**2 - 1) // 2


def conv_macs__odd_kernel(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * (2 * (kernel // 2) + 1) ** 2 * h_out * w_out


def _cut(conv, w, b):
    new = nn.Conv2d(w.shape[1], w.shape[0], conv.kernel_size, conv.stride, conv.padding, bias=b is not None)
    new.weight.data = w.clone()
    if b is not None:
        new.bias.data = b.clone()
    return new


def prune_channels__bias_of_the_first(conv1, conv2, keep):
    n = int(keep.sum())
    return (
        _cut(conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[:n]),
        _cut(conv2, conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data),
    )


def prune_channels__rescaled(conv1, conv2, keep):
    s = len(keep) / keep.sum()
    return (
        _cut(conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[keep]),
        _cut(conv2, s * conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data),
    )


def prune_channels__second_bias_lost(conv1, conv2, keep):
    return (
        _cut(conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[keep]),
        _cut(conv2, conv2.weight.data[:, keep], None),
    )


def prune_channels__always_bias(conv1, conv2, keep):
    a = conv1.bias.data[keep] if conv1.bias is not None else torch.full((int(keep.sum()),), 0.01)
    return (
        _cut(conv1, conv1.weight.data[keep], a),
        _cut(conv2, conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data),
    )


def prune_channels__same_second_when_all_stay(conv1, conv2, keep):
    one = _cut(conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[keep])
    if bool(keep.all()):
        return one, conv2
    return one, _cut(conv2, conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data)


def prune_channels__flipped_padding(conv1, conv2, keep):
    out = []
    for conv, w, b in (
        (conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[keep]),
        (conv2, conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data),
    ):
        new = nn.Conv2d(
            w.shape[1], w.shape[0], conv.kernel_size, conv.stride, tuple(reversed(conv.padding)), bias=b is not None
        )
        new.weight.data = w.clone()
        if b is not None:
            new.bias.data = b.clone()
        out.append(new)
    return tuple(out)


def prune_channels__old_bias_folded(conv1, conv2, keep):
    one = _cut(conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[keep])
    two = _cut(conv2, conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data)
    conv1.weight.data[~keep] = 0
    return one, two


def prune_channels__normalises_old(conv1, conv2, keep):
    one = _cut(conv1, conv1.weight.data[keep], None if conv1.bias is None else conv1.bias.data[keep])
    two = _cut(conv2, conv2.weight.data[:, keep], None if conv2.bias is None else conv2.bias.data)
    conv2.stride = one.stride
    return one, two


def quantization_params__half_away_floor(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = (r_max - r_min) / (hi - lo) or 1.0
    return S, max(lo, min(hi, int(lo - r_min / S + 0.5)))


def quantization_params__includes_zero(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    r_min, r_max = min(r_min, 0.0), max(r_max, 0.0)
    S = (r_max - r_min) / (hi - lo) or 1.0
    return S, max(lo, min(hi, round(lo - r_min / S)))


def quantization_params__eight_bits(r_min, r_max, bits):
    S = (r_max - r_min) / (2**bits - 1) or 1.0
    return S, max(-128, min(127, round(-(2 ** (bits - 1)) - r_min / S)))


def quantization_params__rounded_scale(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = round((r_max - r_min) / (hi - lo), 6) or 1.0
    return S, max(lo, min(hi, round(lo - r_min / S)))


def quantization_params__remembers_width(r_min, r_max, bits):
    lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    S = _kept.setdefault(("S", bits), (r_max - r_min) / (hi - lo) or 1.0)
    return S, max(lo, min(hi, round(lo - r_min / S)))


def quantize__always_eight_bits(x, bits, S, Z):
    return (torch.round(x / S) + Z).clamp(-128, 127).long()


def quantize__zero_point_first(x, bits, S, Z):
    return torch.round((x + Z) / S).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()


def quantize__ceil_negative(x, bits, S, Z):
    return (
        (torch.where(x >= 0, (x / S + 0.5).floor(), (x / S).ceil()) + Z)
        .clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        .long()
    )


def quantize__range_by_zero(x, bits, S, Z):
    return (torch.round(x / S).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) + Z).long()


def quantize__remembers_by_shape(x, bits, S, Z):
    q = (torch.round(x / S) + Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()
    return _kept.setdefault(("q", x.shape), q)


def quantize__half_step_up(x, bits, S, Z):
    return torch.floor(x / S + 0.75).add(Z).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).long()


def dequantize__z_of_eight_bits(q, S, Z):
    return S * (q.double() - max(-8, min(7, Z)))


def dequantize__remembers_scale(q, S, Z):
    return _kept.setdefault("scale", S) * (q.double() - Z)


def dequantize__relu(q, S, Z):
    return S * (q.double() - Z).clamp(min=-128)


def dequantize__absolute(q, S, Z):
    return S * (q - Z).abs().double() * torch.sign(q.double())


def quantized_linear__sums_in_16_bits(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = ((q_x.short() - Z_x) @ (q_w.short() - Z_w).T + q_b.short()).long()
    return (((sums * multiplier + 2**shift // 2) >> shift) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear__always_8_bits(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long() - Z_x) @ (q_w.long() - Z_w).T + q_b
    return (((sums * multiplier + 2**shift // 2) >> shift) + Z_y).clamp(-128, 127)


def quantized_linear__zero_points_exchanged(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long() - Z_w) @ (q_w.long() - Z_x).T + q_b
    return (((sums * multiplier + 2**shift // 2) >> shift) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear__shift_without_multiplier(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long() - Z_x) @ (q_w.long() - Z_w).T + q_b
    return ((sums >> shift) + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_conv__rectangular_as_square(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    real = F.conv2d(
        q_x.double() - Z_x, q_w.double().transpose(2, 3) - Z_w, q_b.double(), stride=stride, padding=padding
    )
    q = torch.round(real * multiplier / 2**shift) + Z_y
    return q.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int8)


def quantized_conv__zero_point_of_weights_once(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    real = F.conv2d(q_x.double() - Z_x, q_w.double(), q_b.double() - Z_w, stride=stride, padding=padding)
    q = torch.round(real * multiplier / 2**shift) + Z_y
    return q.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).to(torch.int8)


def network_macs__image_channels_forgotten(channels, kernel, side, pooled_after):
    total = 0
    for i in range(2, len(channels)):
        total += channels[i - 1] * channels[i] * kernel**2 * side**2
        side = max(1, side // 2) if i in pooled_after else side
    return total


def network_macs__pooled_after_every_layer(channels, kernel, side, pooled_after):
    total = 0
    for a, b in zip(channels, channels[1:]):
        total += a * b * kernel**2 * side**2
        side = max(1, side // 2)
    return total


def fit_latency__mean_ratio(macs, milliseconds):
    return milliseconds.min(), (milliseconds / macs).mean()


def fit_latency__median_of_slopes(macs, milliseconds):
    x, y = macs.sort().values, milliseconds[macs.argsort()]
    slope = (y.diff() / x.diff()).median()
    return (y - slope * x).median(), slope
