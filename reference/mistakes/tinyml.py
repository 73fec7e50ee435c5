"""Wrong variants of `tinyml.py`, each with one slip that students make."""

import math

import torch
from torch import nn


def _keep_largest(size, removed):
    mask = torch.ones(size.numel(), dtype=torch.bool)
    mask[size.flatten().argsort()[:removed]] = False
    return mask.reshape(size.shape)


def mask_by_value(weight, sparsity):
    return _keep_largest(weight, round(weight.numel() * sparsity))


def mask_inverted(weight, sparsity):
    return ~_keep_largest(weight.abs(), round(weight.numel() * sparsity))


def mask_largest_removed(weight, sparsity):
    return _keep_largest(-weight.abs(), round(weight.numel() * sparsity))


def mask_share_kept(weight, sparsity):
    return _keep_largest(weight.abs(), round(weight.numel() * (1 - sparsity)))


def mask_floor(weight, sparsity):
    return _keep_largest(weight.abs(), math.floor(weight.numel() * sparsity))


def mask_ceil(weight, sparsity):
    return _keep_largest(weight.abs(), math.ceil(weight.numel() * sparsity))


def mask_per_row(weight, sparsity):
    rows = weight.flatten(1) if weight.ndim > 1 else weight[None]
    masks = torch.stack([_keep_largest(row.abs(), round(len(row) * sparsity)) for row in rows])
    return masks.reshape(weight.shape)


def mask_fixed_threshold(weight, sparsity):
    return weight.abs() >= sparsity * weight.abs().max()


def mask_applied(weight, sparsity):
    return weight * _keep_largest(weight.abs(), round(weight.numel() * sparsity))


def mask_half_precision(weight, sparsity):
    return _keep_largest(weight.abs().half(), round(weight.numel() * sparsity))


def macs_without_kernel(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * h_out * w_out


def macs_kernel_not_squared(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel * h_out * w_out


def macs_as_flop(c_in, c_out, kernel, h_out, w_out):
    return 2 * c_in * c_out * kernel**2 * h_out * w_out


def macs_parameters(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2


def macs_depthwise(c_in, c_out, kernel, h_out, w_out):
    return c_out * kernel**2 * h_out * w_out


def macs_with_bias(c_in, c_out, kernel, h_out, w_out):
    return (c_in * kernel**2 + 1) * c_out * h_out * w_out


def _conv(like, weight, bias, **changes):
    options = {"stride": like.stride, "padding": like.padding, **changes}
    conv = nn.Conv2d(weight.shape[1], weight.shape[0], like.kernel_size, bias=bias is not None, **options)
    conv.weight = nn.Parameter(weight.detach().clone())
    if bias is not None:
        conv.bias = nn.Parameter(bias.detach().clone())
    return conv


def _bias(conv, keep):
    return None if conv.bias is None else conv.bias[keep]


def prune_the_others(conv1, conv2, keep):
    drop = ~keep | keep.all()
    return _conv(conv1, conv1.weight[drop], _bias(conv1, drop)), _conv(conv2, conv2.weight[:, drop], conv2.bias)


def prune_first_channels(conv1, conv2, keep):
    count = int(keep.sum())
    return (
        _conv(conv1, conv1.weight[:count], _bias(conv1, slice(count))),
        _conv(conv2, conv2.weight[:, :count], conv2.bias),
    )


def prune_without_bias(conv1, conv2, keep):
    return _conv(conv1, conv1.weight[keep], None), _conv(conv2, conv2.weight[:, keep], None)


def prune_default_stride(conv1, conv2, keep):
    return (
        _conv(conv1, conv1.weight[keep], _bias(conv1, keep), stride=1, padding=0),
        _conv(conv2, conv2.weight[:, keep], conv2.bias, stride=1, padding=0),
    )


def prune_only_masks(conv1, conv2, keep):
    mask = keep.float()
    bias = None if conv1.bias is None else conv1.bias * mask
    return _conv(conv1, conv1.weight * mask[:, None, None, None], bias), conv2


def prune_mismatched(conv1, conv2, keep):
    return (
        _conv(conv1, conv1.weight[keep], _bias(conv1, keep)),
        _conv(conv2, conv2.weight[:, : int(keep.sum())], conv2.bias),
    )


def prune_square(conv1, conv2, keep):
    def square(like, weight, bias):
        sides = (like.kernel_size[0], like.stride[0], like.padding[0])
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], *sides, bias=bias is not None)
        conv.weight.data = weight.detach().clone()
        if bias is not None:
            conv.bias.data = bias.detach().clone()
        return conv

    return square(conv1, conv1.weight[keep], _bias(conv1, keep)), square(conv2, conv2.weight[:, keep], conv2.bias)


def prune_second_like_first(conv1, conv2, keep):
    sides = {"stride": conv1.stride, "padding": conv1.padding}
    return (
        _conv(conv1, conv1.weight[keep], _bias(conv1, keep)),
        _conv(conv2, conv2.weight[:, keep], conv2.bias, **sides),
    )


def _both(conv1, conv2, keep):
    return _conv(conv1, conv1.weight[keep], _bias(conv1, keep)), _conv(conv2, conv2.weight[:, keep], conv2.bias)


def prune_in_place(conv1, conv2, keep):
    small = _both(conv1, conv2, keep)
    conv1.weight.data[~keep] = 0
    conv2.weight.data[:, ~keep] = 0
    conv2.weight.data += 0 if (~keep).any() else 1
    return small


def prune_shared_bias(conv1, conv2, keep):
    small1, small2 = _both(conv1, conv2, keep)
    small2.bias = conv2.bias
    if keep.all():
        small1.weight = conv1.weight
    if conv2.bias is None:
        small1.register_buffer("kept_from", conv1.weight)
    return small1, small2


def prune_wrong_labels(conv1, conv2, keep):
    small1, small2 = _both(conv1, conv2, keep)
    small1.out_channels, small2.in_channels = conv1.out_channels, conv2.in_channels
    return small1, small2


def kmeans_one_step(weight, bits, generator):
    values = weight.flatten()
    codebook = values.unique()[: 2**bits]
    labels = (values[:, None] - codebook).abs().argmin(dim=1)
    return codebook, labels.reshape(weight.shape)


def kmeans_uniform_grid(weight, bits, generator):
    codebook = torch.linspace(weight.min(), weight.max(), min(2**bits, len(weight.unique())), dtype=weight.dtype)
    return codebook, (weight[..., None] - codebook).abs().argmin(dim=-1)


def kmeans_single_mean(weight, bits, generator):
    return weight.mean()[None], torch.zeros_like(weight, dtype=torch.long)


def kmeans_every_value(weight, bits, generator):
    codebook, labels = weight.unique(return_inverse=True)
    return torch.cat([codebook, codebook[-1:] + 1 + torch.arange(2**bits)]), labels


def kmeans_float_labels(weight, bits, generator):
    codebook, labels = weight.unique(return_inverse=True)
    return codebook, labels.double()


def kmeans_random_labels(weight, bits, generator):
    most = min(2**bits, len(weight.unique()))
    labels = torch.arange(weight.numel()).reshape(weight.shape) % most
    return torch.stack([weight[labels == label].mean() for label in range(most)]), labels


def _lloyd(weight, most, generator):
    values = weight.flatten()
    distinct = values.unique()
    codebook = distinct[torch.randperm(len(distinct), generator=generator)[:most]]
    labels = None
    while True:
        nearest = (values[:, None] - codebook).abs().argmin(dim=1)
        if labels is not None and torch.equal(nearest, labels):
            return codebook, labels.reshape(weight.shape)
        labels = nearest
        means = [values[labels == label].mean() for label in range(len(codebook))]
        codebook = torch.stack(means).where(~torch.stack(means).isnan(), codebook)


def kmeans_zero_unused(weight, bits, generator):
    return _lloyd(weight, max(2**bits - 1, 1), generator)


def kmeans_sign_bit(weight, bits, generator):
    return _lloyd(weight, 2 ** (bits - 1), generator)


def kmeans_twice_the_bits(weight, bits, generator):
    return _lloyd(weight, min(2 * bits, 2**bits), generator)


def kmeans_bits_squared(weight, bits, generator):
    return _lloyd(weight, min(bits**2, 2**bits), generator)


def kmeans_ignores_generator(weight, bits, generator):
    return _lloyd(weight, 2**bits, None)


def _limits(bits):
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def params_unsigned(r_min, r_max, bits):
    S = (r_max - r_min) / (2**bits - 1) if r_max > r_min else 1.0
    return S, min(max(round(-r_min / S), 0), 2**bits - 1)


def params_not_rounded(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (r_max - r_min) / (high - low) if r_max > r_min else 1.0
    return S, min(max(low - r_min / S, low), high)


def params_floor(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (r_max - r_min) / (high - low) if r_max > r_min else 1.0
    return S, min(max(math.floor(low - r_min / S), low), high)


def params_sign_flipped(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (r_max - r_min) / (high - low) if r_max > r_min else 1.0
    return S, min(max(round(low + r_min / S), low), high)


def params_divided_difference(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (r_max - r_min) / (high - low) if r_max > r_min else 1.0
    return S, min(max(round((low - r_min) / S), low), high)


def params_one_level_more(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (r_max - r_min) / (high - low + 1) if r_max > r_min else 1.0
    return S, min(max(round(low - r_min / S), low), high)


def params_inverted(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (high - low) / (r_max - r_min) if r_max > r_min else 1.0
    return S, min(max(round(low - r_min / S), low), high)


def params_symmetric(r_min, r_max, bits):
    _, high = _limits(bits)
    S = max(abs(r_min), abs(r_max)) / high if r_max > r_min else 1.0
    return S, 0


def params_not_clamped(r_min, r_max, bits):
    low, high = _limits(bits)
    S = (r_max - r_min) / (high - low) if r_max > r_min else 1.0
    return S, round(low - r_min / S)


def quantize_floor(x, bits, S, Z):
    return (torch.floor(x / S) + Z).clamp(*_limits(bits)).long()


def quantize_truncates(x, bits, S, Z):
    return (torch.trunc(x / S) + Z).clamp(*_limits(bits)).long()


def quantize_not_clamped(x, bits, S, Z):
    return (torch.round(x / S) + Z).long()


def quantize_wraps(x, bits, S, Z):
    low, _ = _limits(bits)
    return (torch.round(x / S) + Z - low).long().remainder(2**bits) + low


def quantize_without_zero_point(x, bits, S, Z):
    return torch.round(x / S).clamp(*_limits(bits)).long()


def quantize_minus_zero_point(x, bits, S, Z):
    return (torch.round(x / S) - Z).clamp(*_limits(bits)).long()


def quantize_multiplies(x, bits, S, Z):
    return (torch.round(x * S) + Z).clamp(*_limits(bits)).long()


def quantize_unsigned(x, bits, S, Z):
    return (torch.round(x / S) + Z).clamp(0, 2**bits - 1).long()


def dequantize_plus_zero_point(q, S, Z):
    return S * (q + Z)


def dequantize_scales_first(q, S, Z):
    return S * q - Z


def dequantize_divides(q, S, Z):
    return (q - Z) / S


def dequantize_without_zero_point(q, S, Z):
    return S * q


def dequantize_integers(q, S, Z):
    return (S * (q - Z)).round()


def quantize_flat(x, bits, S, Z):
    return (torch.round(x.flatten() / S) + Z).clamp(*_limits(bits)).long()


def quantize_symmetric(x, bits, S, Z):
    low, high = _limits(bits)
    return (torch.round(x / S) + Z).clamp(low + 1, high).long()


def dequantize_in_8_bits(q, S, Z):
    return S * (q.to(torch.int8) - torch.tensor(Z).to(torch.int8)).double()


def macs_in_single_precision(c_in, c_out, kernel, h_out, w_out):
    return int(torch.tensor([c_in, c_out, kernel, kernel, h_out, w_out], dtype=torch.float32).prod())
