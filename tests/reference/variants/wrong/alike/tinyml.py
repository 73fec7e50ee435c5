"""Wrong only where lengths are the same, so that every shape fits, or only for four dimensions."""

import torch
from torch.nn import functional


def magnitude_mask__per_filter(weight, sparsity):
    groups = weight if weight.ndim == 4 else weight[None]
    masks = []
    for group in groups:
        mask = torch.ones(group.numel(), dtype=torch.bool)
        mask[group.abs().flatten().argsort()[: round(group.numel() * sparsity)]] = False
        masks.append(mask.reshape(group.shape))
    return torch.stack(masks).reshape(weight.shape)


def conv_macs__grouped_where_channels_are_alike(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * h_out * w_out // (c_in if c_in == c_out else 1)


def quantized_linear__untransposed_where_square(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    W = q_w.long() - Z_w
    sums = (q_x.long() - Z_x) @ (W if W.shape[0] == W.shape[1] else W.T) + q_b
    scaled = (sums * multiplier + (1 << (shift - 1))) >> shift
    return (scaled + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_linear__bias_down_the_batch_where_alike(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long() - Z_x) @ (q_w.long() - Z_w).T
    sums = sums + (q_b[:, None] if sums.shape[0] == sums.shape[1] else q_b)
    scaled = (sums * multiplier + (1 << (shift - 1))) >> shift
    return (scaled + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _conv(q_x, W, q_b, Z_x, Z_y, multiplier, shift, bits, stride, padding):
    padded = functional.pad(q_x.double() - Z_x, [padding] * 4)
    sums = functional.conv2d(padded[None], W, q_b.double(), stride=stride)[0].long()
    scaled = (sums * multiplier + (1 << (shift - 1))) >> shift
    return (scaled + Z_y).clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def quantized_conv__transposed_square_kernels(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    W = q_w.double() - Z_w
    W = W.transpose(2, 3) if W.shape[2] == W.shape[3] else W
    return _conv(q_x, W, q_b, Z_x, Z_y, multiplier, shift, bits, stride, padding)


def quantized_conv__channels_exchanged_where_alike(
    q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding
):
    W = q_w.double() - Z_w
    W = W.transpose(0, 1) if W.shape[0] == W.shape[1] else W
    return _conv(q_x, W, q_b, Z_x, Z_y, multiplier, shift, bits, stride, padding)


def prune_channels__of_outputs_where_channels_are_alike(conv1, conv2, keep):
    def made(conv, weight, bias):
        new = torch.nn.Conv2d(
            weight.shape[1], weight.shape[0], conv.kernel_size, conv.stride, conv.padding, bias=bias is not None
        )
        new.weight.data = weight.detach().clone()
        if bias is not None:
            new.bias.data = bias.detach().clone()
        return new

    weight = conv1.weight.transpose(0, 1) if conv1.in_channels == conv1.out_channels else conv1.weight
    bias = None if conv1.bias is None else conv1.bias[keep]
    return made(conv1, weight[keep], bias), made(conv2, conv2.weight[:, keep], conv2.bias)
