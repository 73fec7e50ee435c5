"""Wrong only where a number of channels, of outputs or a side of the kernel is 1, or with 2 bits."""

import torch
from torch.nn import functional


def conv_macs__grey_images_are_free(c_in, c_out, kernel, h_out, w_out):
    return max(c_in - (c_in == 1), 0) * c_out * kernel**2 * h_out * w_out


def conv_macs__one_output_counts_the_bias(c_in, c_out, kernel, h_out, w_out):
    return (c_in * kernel**2 + (c_out == 1)) * c_out * h_out * w_out


def network_macs__one_by_one_kernels_as_linear_layers(channels, kernel, side, pooled_after):
    total = 0
    for layer, (before, after) in enumerate(zip(channels, channels[1:], strict=False), start=1):
        total += before * after * (kernel**2 * side**2 if kernel > 1 else 1)
        side //= 2 if layer in pooled_after else 1
    return total


def quantized_linear__squeezed_outputs(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long() - Z_x) @ (q_w.long() - Z_w).T + q_b
    scaled = ((sums * multiplier + (1 << (shift - 1))) >> shift) + Z_y
    return scaled.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).squeeze(1)


def quantized_conv__squeezed_channels(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    padded = functional.pad(q_x.double() - Z_x, [padding] * 4)
    sums = functional.conv2d(padded[None], q_w.double() - Z_w, q_b.double(), stride=stride)[0].long()
    scaled = ((sums * multiplier + (1 << (shift - 1))) >> shift) + Z_y
    return scaled.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).squeeze(0)


def quantized_conv__unpadded_one_by_one_kernels(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    padding = 0 if q_w.shape[2:] == (1, 1) else padding
    padded = functional.pad(q_x.double() - Z_x, [padding] * 4)
    sums = functional.conv2d(padded[None], q_w.double() - Z_w, q_b.double(), stride=stride)[0].long()
    scaled = ((sums * multiplier + (1 << (shift - 1))) >> shift) + Z_y
    return scaled.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def prune_channels__grey_images_kept_whole(conv1, conv2, keep):
    keep = torch.ones_like(keep) if conv1.in_channels == 1 else keep

    def made(conv, weight, bias):
        new = torch.nn.Conv2d(
            weight.shape[1], weight.shape[0], conv.kernel_size, conv.stride, conv.padding, bias=bias is not None
        )
        new.weight.data = weight.detach().clone()
        if bias is not None:
            new.bias.data = bias.detach().clone()
        return new

    bias = None if conv1.bias is None else conv1.bias[keep]
    return made(conv1, conv1.weight[keep], bias), made(conv2, conv2.weight[:, keep], conv2.bias)
