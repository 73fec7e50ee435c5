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
