"""Pruning and quantization of a small convolutional network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import sympy as sp
import torch
from torch import Tensor, nn

r_max, r_min = sp.symbols("r_max r_min", real=True)
q_max, q_min = sp.symbols("q_max q_min", integer=True)
S = sp.Symbol("S", positive=True)
Z = sp.Symbol("Z", integer=True)
p = sp.Symbol("p", positive=True)
n = sp.Symbol("n", integer=True, positive=True)

PRUNED_SHARE = sp.Rational(3, 10)
VGG_CHANNELS = (3, 64, 128, 256, 256, 512, 512, 512, 512)
VGG_POOLED_AFTER = (2, 4, 6, 8)
VGG_INPUT_SIDE = 32
"""The course's VGG for CIFAR-10: eight 3 x 3 convolutions, each pooling halves the side."""


# Derivations


def compute_ratio() -> sp.Expr:
    """MACs of a layer that keeps a share 1 - p of its inputs and of its outputs, over those before."""
    c_in, c_out, kernel, h, w = sp.symbols("c_in c_out kernel h w", positive=True)
    before = c_in * c_out * kernel**2 * h * w
    kept = {c_in: (1 - p) * c_in, c_out: (1 - p) * c_out}
    return sp.cancel(before.subs(kept, simultaneous=True) / before).factor()


def compute_ratio_value() -> float:
    """The same for a share of 30 %."""
    return float(compute_ratio().subs(p, PRUNED_SHARE))


def network_ratio() -> sp.Expr:
    """The same for a whole network: its first layer loses outputs alone, its last inputs alone."""
    M_f, M_b, M_l = sp.symbols("M_f M_b M_l", positive=True)
    left = (1 - p) * M_f + compute_ratio() * M_b + (1 - p) * M_l
    return left / (M_f + M_b + M_l)


def vgg_ratio() -> float:
    """The same for the course's network and a share of 30 %."""
    names, sides = ("M_f", "M_b", "M_l"), [VGG_INPUT_SIDE]
    for layer in range(1, len(VGG_CHANNELS) - 1):
        sides.append(sides[-1] // 2 if layer in VGG_POOLED_AFTER else sides[-1])
    layers = [
        conv_macs(c_in, c_out, 3, side, side) for (c_in, c_out), side in zip(pairwise(VGG_CHANNELS), sides, strict=True)
    ]
    macs = dict(zip(names, (layers[0], sum(layers[1:-1]), layers[-1]), strict=True))
    formula = network_ratio().subs(p, PRUNED_SHARE)
    return float(formula.subs({symbol: macs[symbol.name] for symbol in formula.free_symbols}))


def latency_ratio() -> sp.Expr:
    """What is left of overhead + slope * MACs, of which the overhead is a share f, when a share r of the MACs stays."""
    f, r, before = sp.symbols("f r before", positive=True)
    overhead, rest = f * before, (1 - f) * before
    return sp.cancel((overhead + rest * r) / before)


def codebook_size() -> sp.Expr:
    """Values that an index of n bits can name."""
    return 2**n


def codebook_size_4_bits() -> int:
    """The same for 4 bits."""
    return int(codebook_size().subs(n, 4))


R = sp.Symbol("R", positive=True)


def linear_error() -> sp.Expr:
    """Mean square of the distance to the nearest of 2ⁿ values in equal steps over R, for weights that fill R evenly."""
    step, distance = sp.Symbol("step", positive=True), sp.Symbol("distance", real=True)
    mean_square = sp.integrate(distance**2, (distance, -step / 2, step / 2)) / step
    return mean_square.subs(step, R / (codebook_size() - 1))


def _affine(real: sp.Expr, quantized: sp.Expr) -> sp.Eq:
    """R = S (q - Z)."""
    return sp.Eq(real, S * (quantized - Z))


def r_max_equation() -> sp.Eq:
    """The largest real value becomes the largest integer."""
    return _affine(r_max, q_max)


def r_min_equation() -> sp.Eq:
    """The smallest real value becomes the smallest integer."""
    return _affine(r_min, q_min)


def scale() -> sp.Expr:
    """S, from the difference of both equations, in which Z cancels."""
    difference = sp.Eq(r_max - r_min, sp.expand(r_max_equation().rhs - r_min_equation().rhs))
    (solution,) = sp.solve(difference, S)
    return solution


def zero_point_exact() -> sp.Expr:
    """Z, from the equation of the smallest value, before rounding."""
    (solution,) = sp.solve(r_min_equation().subs(Z, sp.Symbol("z")), sp.Symbol("z"))
    return solution


def zero_point() -> sp.Expr:
    """The zero point itself: an integer, so that the real value 0 is stored exactly."""
    return sp.Function("round")(zero_point_exact())


P, X, W, Z_x, Z_w = sp.symbols("P X W Z_x Z_w", integer=True)


def accumulator() -> sp.Expr:
    """Sum of (q_x - Z_x)(q_w - Z_w) over n inputs, from P, X and W: the sums of q_x q_w, of q_x and of q_w."""
    q_x, q_w = sp.symbols("q_x q_w", integer=True)
    term = sp.Poly(sp.expand((q_x - Z_x) * (q_w - Z_w)), q_x, q_w)
    sums = {(1, 1): P, (1, 0): X, (0, 1): W, (0, 0): n}
    return sum(coefficient * sums[powers] for powers, coefficient in term.terms())


def forgotten_zero_point() -> sp.Expr:
    """By how much the accumulator is too large where Z_x is taken as 0."""
    return sp.factor(accumulator().subs(Z_x, 0) - accumulator())


# What a student hands in


def magnitude_mask(weight: Tensor, sparsity: float) -> Tensor:
    """Which weights stay when the smallest magnitudes go.

    Args:
        weight: any shape.
        sparsity: share to remove, from 0 to 1.

    Returns:
        bool, the shape of `weight`; True = kept. Exactly round(numel * sparsity) are removed.
    """
    removed = round(weight.numel() * sparsity)
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().abs().argsort()[:removed]] = False
    return mask.reshape(weight.shape)


def conv_macs(c_in: int, c_out: int, kernel: int, h_out: int, w_out: int) -> int:
    """Multiply-accumulates of a convolution with a square kernel."""
    return c_in * c_out * kernel**2 * h_out * w_out


def network_macs(channels: Sequence[int], kernel: int, side: int, pooled_after: Collection[int]) -> int:
    """MACs of a chain of convolutions for one square image.

    Args:
        channels: of the image, then of every layer's output.
        kernel: odd; padding keeps the side.
        side: of the image.
        pooled_after: numbers of the layers, from 1, after which the side is halved, rounded down.
    """
    total = 0
    for layer, (c_in, c_out) in enumerate(pairwise(channels), start=1):
        total += conv_macs(c_in, c_out, kernel, side, side)
        side = side // 2 if layer in pooled_after else side
    return total


def fit_latency(macs: Tensor, milliseconds: Tensor) -> tuple[float, float]:
    """Overhead and slope of the line through measurements, by least squares.

    Args:
        macs: in millions, (n,).
        milliseconds: (n,).
    """
    away = macs - macs.mean()
    slope = (away * milliseconds).sum() / away.square().sum()
    return float(milliseconds.mean() - slope * macs.mean()), float(slope)


def _resized(conv: nn.Conv2d, weight: Tensor, bias: Tensor | None) -> nn.Conv2d:
    """A convolution like `conv` with other weights (c_out, c_in, kernel, kernel)."""
    resized = nn.Conv2d(
        weight.shape[1],
        weight.shape[0],
        conv.kernel_size,  # type: ignore[arg-type]  # torch types it as a tuple of any length
        stride=conv.stride,  # type: ignore[arg-type]
        padding=conv.padding,  # type: ignore[arg-type]
        dilation=conv.dilation,  # type: ignore[arg-type]
        bias=bias is not None,
        padding_mode=conv.padding_mode,
    )
    resized.weight = nn.Parameter(weight.detach().clone())
    if bias is not None:
        resized.bias = nn.Parameter(bias.detach().clone())
    return resized


def prune_channels(conv1: nn.Conv2d, conv2: nn.Conv2d, keep: Tensor) -> tuple[nn.Conv2d, nn.Conv2d]:
    """Remove channels between two convolutions.

    Args:
        conv1: any kernel, stride, padding and bias.
        conv2: follows it, with something elementwise between them.
        keep: bool (outputs of conv1,).

    Returns:
        New modules: conv1 without these outputs, conv2 without these inputs.
    """
    bias1 = None if conv1.bias is None else conv1.bias[keep]
    return _resized(conv1, conv1.weight[keep], bias1), _resized(conv2, conv2.weight[:, keep], conv2.bias)


def kmeans_quantize(weight: Tensor, bits: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Cluster the weights; each is then stored as the index of its cluster.

    Lloyd's algorithm from random distinct weights, until the labels stay as they are.

    Returns:
        codebook (at most 2^bits,) and integer labels, the shape of `weight`.
    """
    values = weight.flatten()
    distinct = values.unique()  # type: ignore[no-untyped-call]  # torch gives it no type
    start = torch.randperm(len(distinct), generator=generator)[: 2**bits]
    codebook = distinct[start].sort().values
    labels = torch.full_like(values, -1, dtype=torch.long)
    while True:
        nearest = (values[:, None] - codebook).abs().argmin(dim=1)
        if torch.equal(nearest, labels):
            return codebook, labels.reshape(weight.shape)
        used, labels = nearest.unique(return_inverse=True)
        codebook = torch.stack([values[labels == label].mean() for label in range(len(used))])


def _integer_range(bits: int) -> tuple[int, int]:
    """Smallest and largest signed integer of this many bits."""
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def quantization_params(r_min: float, r_max: float, bits: int) -> tuple[float, int]:
    """Scale and zero point that map [r_min, r_max] to signed integers.

    Returns:
        S (1 where r_min == r_max) and Z, rounded and clamped to the integers' range.
    """
    q_min, q_max = _integer_range(bits)
    S = (r_max - r_min) / (q_max - q_min) if r_max > r_min else 1.0
    return S, min(max(round(q_min - r_min / S), q_min), q_max)


def quantize(x: Tensor, bits: int, S: float, Z: int) -> Tensor:
    """The nearest representable integers, those outside the range clamped; the shape of x."""
    q_min, q_max = _integer_range(bits)
    return (torch.round(x / S) + Z).clamp(q_min, q_max).to(torch.int64)


def dequantize(q: Tensor, S: float, Z: int) -> Tensor:
    """The real values that integers of any type stand for: converted first, as a difference may need one bit more."""
    return S * (q.to(torch.float64) - Z)


def _rescaled(accumulator: Tensor, Z_y: int, multiplier: int, shift: int, bits: int) -> Tensor:
    """The accumulator times multiplier / 2^shift, to the nearest integer, moved by Z_y and clamped."""
    q_min, q_max = _integer_range(bits)
    half = (1 << shift) >> 1
    return (((accumulator * multiplier + half) >> shift) + Z_y).clamp(q_min, q_max)


def quantized_linear(
    q_x: Tensor, q_w: Tensor, q_b: Tensor, Z_x: int, Z_w: int, Z_y: int, multiplier: int, shift: int, bits: int
) -> Tensor:
    """A linear layer on integers alone.

    Args:
        q_x: int8 (batch, inputs).
        q_w: int8 (outputs, inputs).
        q_b: int32 (outputs,), of scale S_x S_w and zero point 0.
        Z_x: zero point of the inputs.
        Z_w: zero point of the weights.
        Z_y: zero point of the outputs.
        multiplier: with `shift`, S_x S_w / S_y = multiplier / 2^shift.
        shift: see `multiplier`.
        bits: of the outputs.

    Returns:
        (batch, outputs). Computed in 64 bits: the accumulator may need 32, its product with the multiplier more.
    """
    sums = (q_x.to(torch.int64) - Z_x) @ (q_w.to(torch.int64) - Z_w).T
    return _rescaled(sums + q_b, Z_y, multiplier, shift, bits)


def quantized_conv(
    q_x: Tensor,
    q_w: Tensor,
    q_b: Tensor,
    Z_x: int,
    Z_w: int,
    Z_y: int,
    multiplier: int,
    shift: int,
    bits: int,
    stride: int,
    padding: int,
) -> Tensor:
    """A convolution on integers alone; zero points, rescaling and precision as in `quantized_linear`.

    Args:
        q_x: int8 (c_in, height, width).
        q_w: int8 (c_out, c_in, kernel height, kernel width).
        q_b: int32 (c_out,).
        Z_x: what stands for 0 among the inputs, and so in the padding.
        Z_w: zero point of the weights.
        Z_y: zero point of the outputs.
        multiplier: see `quantized_linear`.
        shift: see `quantized_linear`.
        bits: of the outputs.
        stride: the same in both directions.
        padding: on every side.

    Returns:
        (c_out, output height, output width).
    """
    padded = nn.functional.pad(q_x.to(torch.int64) - Z_x, [padding] * 4)
    _, _, tall, wide = q_w.shape
    windows = padded.unfold(1, tall, stride).unfold(2, wide, stride)
    sums = torch.einsum("chwij,ocij->ohw", windows, q_w.to(torch.int64) - Z_w)
    return _rescaled(sums + q_b[:, None, None], Z_y, multiplier, shift, bits)
