"""Negative integers stored as large ones without a sign."""

import numpy as np


def quantize__without_sign(x, bits, S, Z):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return np.clip(np.rint(x.numpy() / S) + Z, low, high).astype(np.int64).astype(np.uint64)


def quantized_linear__without_sign(q_x, q_w, q_b, Z_x, Z_w, Z_y, multiplier, shift, bits):
    sums = (q_x.long() - Z_x) @ (q_w.long() - Z_w).T + q_b
    scaled = ((sums * multiplier + (1 << (shift - 1))) >> shift) + Z_y
    return scaled.clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).numpy().astype(np.uint64)
