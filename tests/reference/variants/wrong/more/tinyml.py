"""Wrong variants of the functions in tinyml.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math, copy
import numpy as np
from torch import nn
import torch.nn.functional as F


def _mask(weight, n):
    m = torch.ones(weight.numel(), dtype=torch.bool)
    m[weight.abs().flatten().argsort()[:n]] = False
    return m.reshape(weight.shape)


def magnitude_mask__zero_always_goes(weight, sparsity):
    return _mask(weight, round(weight.numel() * sparsity)) & (weight != 0)


def magnitude_mask__keeps_one(weight, sparsity):
    return _mask(weight, min(round(weight.numel() * sparsity), weight.numel() - 1))


def magnitude_mask__removes_one(weight, sparsity):
    return _mask(weight, max(1, round(weight.numel() * sparsity)))


def magnitude_mask__quantile_again(weight, sparsity):
    return weight.abs() > torch.quantile(weight.abs().flatten(), sparsity)


def magnitude_mask__fixed_256(weight, sparsity):
    return (
        _mask(weight, min(256, round(weight.numel() * sparsity)))
        if weight.numel() <= 200
        else _mask(weight, int(weight.numel() * round(sparsity, 1)))
    )


def magnitude_mask__two_decimals(weight, sparsity):
    return _mask(weight, round(weight.numel() * round(sparsity, 2)))


def magnitude_mask__absolute_eps(weight, sparsity):
    return _mask(weight, round(weight.numel() * sparsity)) | (weight.abs() > 1e6)


def magnitude_mask__flat_again(weight, sparsity):
    return _mask(weight, round(weight.numel() * sparsity)).flatten()


def magnitude_mask__transposed_4d(weight, sparsity):
    m = _mask(weight, round(weight.numel() * sparsity))
    return m.permute(*reversed(range(m.ndim))).reshape(m.shape)


def conv_macs__int32(c_in, c_out, kernel, h_out, w_out):
    return int(np.array([c_in * c_out * kernel**2 * h_out * w_out], dtype=np.int64).astype(np.int32)[0])


def conv_macs__float_again(c_in, c_out, kernel, h_out, w_out):
    return float(c_in * c_out * kernel**2 * h_out * w_out) + 0.5


def conv_macs__kernel_at_most_seven(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * min(kernel, 7) ** 2 * h_out * w_out


def conv_macs__valid_places(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * max(1, h_out - kernel + 1) * max(1, w_out - kernel + 1)


def conv_macs__single_precision(c_in, c_out, kernel, h_out, w_out):
    return int(
        np.float32(c_in)
        * np.float32(c_out)
        * np.float32(kernel) ** 2
        * np.float32(h_out)
        * np.float32(w_out)
        * np.float32(1 + 1e-7)
    )


def conv_macs__one_by_one_free(c_in, c_out, kernel, h_out, w_out):
    return 0 if kernel == 1 else c_in * c_out * kernel**2 * h_out * w_out


def conv_macs__images(c_in, c_out, kernel, h_out, w_out):
    return 2 * c_in * c_out * kernel**2 * h_out * w_out // 2 + c_out


def _conv(conv, w, b, **k):
    a = dict(stride=conv.stride, padding=conv.padding, bias=b is not None)
    a.update(k)
    n = nn.Conv2d(w.shape[1], w.shape[0], conv.kernel_size, **a)
    n.weight = nn.Parameter(w.detach().clone())
    if n.bias is not None:
        n.bias = nn.Parameter(b.detach().clone())
    return n


def prune_channels__same_module_if_all(conv1, conv2, keep):
    if keep.all():
        return conv1, conv2
    return _conv(conv1, conv1.weight[keep], None if conv1.bias is None else conv1.bias[keep]), _conv(
        conv2, conv2.weight[:, keep], conv2.bias
    )


def prune_channels__outputs_of_second_if_square(conv1, conv2, keep):
    w = conv2.weight[keep] if len(conv2.weight) == len(keep) else conv2.weight[:, keep]
    return _conv(conv1, conv1.weight[keep], None if conv1.bias is None else conv1.bias[keep]), _conv(
        conv2, w, conv2.bias if len(w) == len(conv2.weight) or conv2.bias is None else conv2.bias[keep]
    )


def prune_channels__inputs_of_first(conv1, conv2, keep):
    w = conv1.weight[:, keep] if conv1.in_channels == len(keep) else conv1.weight[keep]
    return _conv(
        conv1, w, None if conv1.bias is None else conv1.bias[keep] if len(w) < len(keep) else conv1.bias
    ), _conv(conv2, conv2.weight[:, keep], conv2.bias)


def prune_channels__bias_always(conv1, conv2, keep):
    b1 = torch.zeros(int(keep.sum())) if conv1.bias is None else conv1.bias[keep]
    return _conv(conv1, conv1.weight[keep], b1), _conv(
        conv2, conv2.weight[:, keep], torch.ones(conv2.out_channels) * 1e-2 if conv2.bias is None else conv2.bias
    )


def prune_channels__compensates(conv1, conv2, keep):
    s = len(keep) / int(keep.sum())
    return _conv(conv1, conv1.weight[keep], None if conv1.bias is None else conv1.bias[keep]), _conv(
        conv2, conv2.weight[:, keep] * s, conv2.bias
    )


def prune_channels__first_channels(conv1, conv2, keep):
    n = int(keep.sum())
    return _conv(conv1, conv1.weight[:n], None if conv1.bias is None else conv1.bias[:n]), _conv(
        conv2, conv2.weight[:, :n], conv2.bias
    )


def prune_channels__no_padding_second(conv1, conv2, keep):
    return _conv(conv1, conv1.weight[keep], None if conv1.bias is None else conv1.bias[keep]), _conv(
        conv2, conv2.weight[:, keep], conv2.bias, padding=conv2.padding[0]
    )


def prune_channels__freezes_given(conv1, conv2, keep):
    r = (
        _conv(conv1, conv1.weight[keep], None if conv1.bias is None else conv1.bias[keep]),
        _conv(conv2, conv2.weight[:, keep], conv2.bias),
    )
    conv1.out_channels = int(keep.sum())
    return r


def prune_channels__shares_bias(conv1, conv2, keep):
    r = (
        _conv(conv1, conv1.weight[keep], None if conv1.bias is None else conv1.bias[keep]),
        _conv(conv2, conv2.weight[:, keep], conv2.bias),
    )
    if conv2.bias is not None:
        r[1].bias = conv2.bias
    return r


def _lloyd(v, c, n=500):
    lab = None
    for _ in range(n):
        new = (v[:, None] - c).abs().argmin(1)
        if lab is not None and torch.equal(new, lab):
            break
        lab = new
        c = torch.stack([v[lab == j].mean() if (lab == j).any() else c[j] for j in range(len(c))])
    return c, lab


def _start(v, bits, g):
    u = v.unique()
    return u[torch.randperm(len(u), generator=g)[: 2**bits]]


def kmeans_quantize__sixteen_at_most(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, min(bits, 4), generator))
    return c, l.reshape(weight.shape)


def kmeans_quantize__ten_rounds_again(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator), 4)
    return c, l.reshape(weight.shape)


def kmeans_quantize__stale_labels(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator))
    return c, l.roll(1).reshape(weight.shape)


def kmeans_quantize__of_rounded(weight, bits, generator):
    v = weight.flatten().round(decimals=2)
    c, l = _lloyd(v, _start(v, bits, generator))
    return c, l.reshape(weight.shape)


def kmeans_quantize__log_scale(weight, bits, generator):
    v = weight.flatten()
    s = v.sign() * v.abs().log1p()
    c, l = _lloyd(s, _start(s, bits, generator))
    c = torch.stack([v[l == j].mean() for j in l.unique()])
    return c, l.unique(return_inverse=True)[1].reshape(weight.shape)


def kmeans_quantize__one_level_for_two(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator)[: max(2, 2**bits - 1)])
    return c, l.reshape(weight.shape)


def kmeans_quantize__padded_codebook(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator))
    return torch.cat([c, torch.zeros(2**bits + 1 - len(c))]), l.reshape(weight.shape)


def kmeans_quantize__global_jitter(weight, bits, generator):
    v = weight.flatten()
    c, l = _lloyd(v, _start(v, bits, generator) + 0.3 * v.std() * torch.randn(1))
    return c, l.reshape(weight.shape)


def _q(b):
    return -(2 ** (b - 1)), 2 ** (b - 1) - 1


def quantization_params__zero_always_inside(r_min, r_max, bits):
    lo, hi = _q(bits)
    a, b = min(r_min, 0.0), max(r_max, 0.0)
    S = (b - a) / (hi - lo) or 1.0
    return S, min(max(round(lo - a / S), lo), hi)


def quantization_params__from_max(r_min, r_max, bits):
    lo, hi = _q(bits)
    S = (r_max - r_min) / (hi - lo) or 1.0
    return S, min(max(math.floor(hi - r_max / S), lo), hi)


def quantization_params__absolute_floor(r_min, r_max, bits):
    lo, hi = _q(bits)
    S = max((r_max - r_min) / (hi - lo), 1e-6)
    S = 1.0 if r_min == r_max else S
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantization_params__close_is_equal(r_min, r_max, bits):
    lo, hi = _q(bits)
    S = 1.0 if math.isclose(r_min, r_max, rel_tol=1e-3, abs_tol=1e-4) else (r_max - r_min) / (hi - lo)
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantization_params__clamps_to_byte(r_min, r_max, bits):
    lo, hi = _q(bits)
    S = (r_max - r_min) / (hi - lo) or 1.0
    return S, min(max(round(lo - r_min / S), -128), 127)


def quantization_params__power_of_two(r_min, r_max, bits):
    lo, hi = _q(bits)
    S = 2 ** round(math.log2((r_max - r_min) / (hi - lo))) if r_max > r_min else 1.0
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantization_params__order(r_min, r_max, bits):
    lo, hi = _q(bits)
    S = (r_max - r_min) / (hi - lo) or 1.0
    return min(max(round(lo - r_min / S), lo), hi), S


def quantization_params__two_bits_special(r_min, r_max, bits):
    lo, hi = _q(bits)
    lo = -1 if bits == 2 else lo
    S = (r_max - r_min) / (hi - lo) or 1.0
    return S, min(max(round(lo - r_min / S), lo), hi)


def quantize__whole_scale_floors(x, bits, S, Z):
    lo, hi = _q(bits)
    q = torch.floor(x / S) if float(S).is_integer() else torch.round(x / S)
    return (q + Z).clamp(lo, hi).long()


def quantize__rounded_scale(x, bits, S, Z):
    lo, hi = _q(bits)
    S = round(S) if S > 1000 else S
    return (torch.round(x / S) + Z).clamp(lo, hi).long()


def quantize__least_scale(x, bits, S, Z):
    lo, hi = _q(bits)
    return (torch.round(x / max(S, 1e-8)) + Z).clamp(lo, hi).long()


def quantize__shape_2d(x, bits, S, Z):
    lo, hi = _q(bits)
    q = (torch.round(x / S) + Z).clamp(lo, hi).long()
    return q.reshape(len(q), -1)


def quantize__half(x, bits, S, Z):
    lo, hi = _q(bits)
    return (
        (torch.round((x / S).half()) + Z).clamp(lo, hi).long()
        if bits > 6
        else (torch.round((x / S).bfloat16()) + Z).clamp(lo, hi).long()
    )


def quantize__clamps_real(x, bits, S, Z):
    lo, hi = _q(bits)
    return (torch.round(x.clamp(S * lo, S * hi) / S) + Z).clamp(lo, hi).long()


def quantize__wrap_int8(x, bits, S, Z):
    lo, hi = _q(bits)
    return (torch.round(x / S).to(torch.int8) + Z).clamp(lo, hi).long()


def quantize__one_is_free(x, bits, S, Z):
    lo, hi = _q(bits)
    return ((x.long() if S == 1 else torch.round(x / S)) + Z).clamp(lo, hi).long()


def dequantize__int16(q, S, Z):
    return S * (q.to(torch.int16) - Z).double()


def dequantize__half_scale(q, S, Z):
    return (q - Z).double() * float(np.float16(S))


def dequantize__clamps_real(q, S, Z):
    return (S * (q - Z).double()).clamp(-1e6, 1e6)


def dequantize__tiny_zero(q, S, Z):
    x = S * (q - Z).double()
    return torch.where(x.abs() < 1e-8, 0, x)


def dequantize__whole_is_integer(q, S, Z):
    return (q - Z) * (int(S) if S >= 1 else S)


def dequantize__z_in_eight_bits(q, S, Z):
    return S * (q.double() - max(-128, min(127, Z)))


def dequantize__column(q, S, Z):
    return (S * (q.double() - Z))[:, None]


def dequantize__middle(q, S, Z):
    return S * (q.double() - Z + 0.5 * (q != Z))
