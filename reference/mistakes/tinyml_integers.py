"""Wrong variants of the layers on integers of `tinyml.py`, each with one slip that students make."""

import torch
import torch.nn.functional as F


def _ends(bits):
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _sums(q_x, q_w, Z_x, Z_w):
    return (q_x.long() - Z_x) @ (q_w.long() - Z_w).T


def _rescaled(sums, Z_y, multiplier, shift, bits):
    half = 2 ** (shift - 1) if shift else 0
    return (((sums * multiplier + half) >> shift) + Z_y).clamp(*_ends(bits))


def linear_without_input_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return _rescaled(_sums(q_x, q_w, 0, Z_w) + q_b, Z_y, multiplier, shift, bits)


def linear_without_weight_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return _rescaled(_sums(q_x, q_w, Z_x, 0) + q_b, Z_y, multiplier, shift, bits)


def linear_without_output_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return _rescaled(_sums(q_x, q_w, Z_x, Z_w) + q_b, 0, multiplier, shift, bits)


def linear_zeros_once(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    x, w = q_x.long(), q_w.long()
    sums = x @ w.T - Z_x * w.sum(1) - Z_w * x.sum(1, keepdim=True) + Z_x * Z_w
    return _rescaled(sums + q_b, Z_y, multiplier, shift, bits)


def linear_without_bias(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return _rescaled(_sums(q_x, q_w, Z_x, Z_w), Z_y, multiplier, shift, bits)


def linear_bias_afterwards(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    half = 2 ** (shift - 1) if shift else 0
    moved = ((_sums(q_x, q_w, Z_x, Z_w) * multiplier + half) >> shift) + q_b + Z_y
    return moved.clamp(*_ends(bits))


def linear_rounded_down(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return (((_sums(q_x, q_w, Z_x, Z_w) + q_b) * multiplier >> shift) + Z_y).clamp(*_ends(bits))


def linear_zero_before_rescaling(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return _rescaled(_sums(q_x, q_w, Z_x, Z_w) + q_b + Z_y, 0, multiplier, shift, bits)


def linear_not_clamped(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    half = 2 ** (shift - 1) if shift else 0
    return (((_sums(q_x, q_w, Z_x, Z_w) + q_b) * multiplier + half) >> shift) + Z_y


def linear_wraps(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    low, high = _ends(bits)
    free = linear_not_clamped(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits)
    return (free - low) % (high - low + 1) + low


def linear_in_8_bits(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    x, w = ((q - torch.tensor(zero, dtype=torch.int8)).long() for q, zero in ((q_x, Z_x), (q_w, Z_w)))
    return _rescaled(x @ w.T + q_b, Z_y, multiplier, shift, bits)


def linear_in_32_bits(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = _sums(q_x, q_w, Z_x, Z_w).int() + q_b
    return _rescaled(sums, Z_y, multiplier, shift, bits)


def linear_relu_at_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    return _rescaled(_sums(q_x, q_w, Z_x, Z_w) + q_b, Z_y, multiplier, shift, bits).clamp(min=0)


def _conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding, padded_with=0, flipped=False):
    x = F.pad(q_x.double() - Z_x, [padding] * 4, value=padded_with)
    w = q_w.double() - Z_w
    sums = F.conv2d(x, w.flip(2, 3) if flipped else w, stride=stride).round().long() + q_b.long()[:, None, None]
    return _rescaled(sums, Z_y, multiplier, shift, bits)


def conv_padded_with_integer_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding, padded_with=-Z_x)


def conv_without_input_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, q_b, 0, Z_w, Z_y, multiplier, shift, bits, stride, padding)


def conv_without_weight_zero(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, q_b, Z_x, 0, Z_y, multiplier, shift, bits, stride, padding)


def conv_without_stride(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, 1, padding)


def conv_without_padding(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, 0)


def conv_flipped(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding, flipped=True)


def conv_without_bias(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    return _conv(q_x, q_w, 0 * q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding)


def _in_single_precision(sums, Z_y, multiplier, shift, bits):
    return (torch.round(sums * multiplier / 2**shift) + Z_y).clamp(*_ends(bits)).long()


def linear_in_single_precision(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.float() - Z_x) @ (q_w.float() - Z_w).T + q_b.float()
    return _in_single_precision(sums, Z_y, multiplier, shift, bits)


def conv_in_single_precision(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits, stride, padding):
    sums = F.conv2d((q_x.float() - Z_x)[None], q_w.float() - Z_w, q_b.float(), stride, padding)[0]
    return _in_single_precision(sums, Z_y, multiplier, shift, bits)
