"""What is observed of pruning and quantization."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

Student = Callable[..., Any]

SIDE = 13
"""Of the square images that go through both convolutions."""
OVERWRITTEN = 1e3
"""Stands in every place of the pruned modules once they were used; no drawn weight is near it."""


def _two_convolutions(
    channels: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    bias: Sequence[int],
    seed: int,
) -> tuple[nn.Conv2d, nn.Conv2d, Tensor]:
    """Two random convolutions in float32, and images for them.

    Args:
        channels: into the first, between both, out of the second.
        kernel: height and width for the first; the second has them the other way round, as with stride and padding.
        stride: the same.
        padding: the same.
        bias: whether the first and the second have one.
        seed: decides all numbers.
    """
    convolutions = []
    for place, (c_in, c_out) in enumerate(pairwise(channels)):
        sides, across, edge = (tuple(reversed(given) if place else given) for given in (kernel, stride, padding))
        options = {"stride": across, "padding": edge, "bias": bool(bias[place]), "dtype": torch.float32}
        convolutions.append(nn.Conv2d(c_in, c_out, sides, **options))  # type: ignore[arg-type]  # pairs
    generator = torch.Generator().manual_seed(seed)
    for parameter in nn.ModuleList(convolutions).parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float32)
    image = torch.randn(2, channels[0], SIDE, SIDE, generator=generator, dtype=torch.float32)
    return convolutions[0], convolutions[1], image


def pruned_network(
    prune_channels: Student,
    channels: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    bias: Sequence[int],
    keep: Tensor,
    seed: int,
) -> dict[str, Any]:
    """What the pruned modules are and compute, and what the modules handed in hold: then, and once all is overwritten.

    "All" are the numbers of the pruned modules: what is changed with them lies in the same memory.
    """
    *given, image = _two_convolutions(channels, kernel, stride, padding, bias, seed)
    small = list(prune_channels(*given, keep))
    if not all(isinstance(conv, nn.Conv2d) for conv in small):
        return {"kinds of module": [type(conv).__name__ for conv in small]}
    with torch.no_grad():
        output = small[1](small[0](image).relu())
        afterwards = _contents(given)
        shapes = [list(conv.weight.shape) for conv in small]
        for conv in small:
            for tensor in conv.state_dict().values():
                tensor.fill_(OVERWRITTEN)
    return {
        "kinds of module": ["Conv2d" for _ in small],
        "shapes of the weights": shapes,
        "in_channels and out_channels": [[conv.in_channels, conv.out_channels] for conv in small],
        "output of the pruned network": output,
        "the modules handed in, afterwards": afterwards,
        "the modules handed in, once the new ones are overwritten": _contents(given),
    }


def _contents(modules: Sequence[nn.Conv2d]) -> list[Any]:
    """What modules say of themselves, and copies of their numbers."""
    return [[str(conv), *(tensor.clone() for tensor in conv.state_dict().values())] for conv in modules]


def pruned_and_masked(
    prune_channels: Student,
    channels: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    bias: Sequence[int],
    keep: Tensor,
    seed: int,
) -> list[Any]:
    """What the pruned network computes, and what the full one computes with these channels set to zero."""
    conv1, conv2, image = _two_convolutions(channels, kernel, stride, padding, bias, seed)
    with torch.no_grad():
        small1, small2 = prune_channels(conv1, conv2, keep.clone())
        pruned = small2(small1(image).relu())
        conv1, conv2, image = _two_convolutions(channels, kernel, stride, padding, bias, seed)
        return [pruned, conv2(conv1(image).relu() * keep[:, None, None])]


def clustered_twice(kmeans_quantize: Student, weight: Tensor, bits: int, seed: int) -> list[Any]:
    """Codebook and labels from two generators with the same seed; torch's global stream stands elsewhere each time."""
    found = []
    for run in range(2):
        torch.default_generator.manual_seed(seed + run)
        found.append(list(kmeans_quantize(weight.clone(), bits, torch.Generator().manual_seed(seed))))
    return found


def quantized(quantize: Student, bits: int, S: float, Z: int, x: Tensor) -> Any:
    """Quantized values, of inputs that are drawn after the scale."""
    return quantize(x, bits, S, Z)


def dequantized(dequantize: Student, bits: int, S: float, Z: int, q: Tensor) -> Any:
    """Real values, of integers of so many bits that are drawn after the zero point."""
    return dequantize(q, S, Z)


def linear_of_zeros(layer: Student, q_x: Tensor, q_w: Tensor, q_b: Tensor, Z_x: int, *rest: Any) -> Any:
    """A layer on integers whose inputs and bias are all the real number 0."""
    return layer(torch.full_like(q_x, Z_x), q_w, torch.zeros_like(q_b), Z_x, *rest)


conv_of_zeros = linear_of_zeros
"""The same: its further arguments come last."""


def linear_with_and_without_relu(
    layer: Student,
    q_x: Tensor,
    q_w: Tensor,
    q_b: Tensor,
    Z_x: int,
    Z_w: int,
    Z_y: int,
    multiplier: int,
    shift: int,
    bits: int,
) -> list[Any]:
    """The same layer twice: the zero point of its outputs in the middle, and at the smallest integer."""
    given = (q_x, q_w, q_b, Z_x, Z_w)
    tensors = [argument.clone() if isinstance(argument, Tensor) else argument for argument in given]
    middle = layer(*tensors, 0, multiplier, shift, bits)
    return [middle, layer(*given, -(2 ** (bits - 1)), multiplier, shift, bits)]


def one_sum(layer: Student, X: int, W: int, P: int, Z_x: int, Z_w: int, q_x: Sequence[int], q_w: Sequence[int]) -> Any:
    """One output of two inputs that is neither rescaled nor moved."""
    inputs, weights = (torch.tensor([row], dtype=torch.int8) for row in (q_x, q_w))
    return layer(inputs, weights, torch.zeros(1, dtype=torch.int32), Z_x, Z_w, 0, 2, 1, 8)


def error_of_even_weights(quantization_params: Student, R: float, n: int) -> float:
    """Mean squared error of r = S (q - Z), with the nearest q there is, over weights that fill a range of width R.

    It begins at 0, so that both of its ends can be stored exactly.
    """
    weights = torch.linspace(0, R, 4001, dtype=torch.float64)
    S, Z = quantization_params(0.0, R, n)
    half = 2 ** (n - 1)
    stored = (torch.round(weights / float(S)) + float(Z)).clamp(-half, half - 1)
    return float((float(S) * (stored - float(Z)) - weights).square().mean())


def share_of_macs(
    network_macs: Student,
    p: float,
    M_f: float,
    M_b: float,
    M_l: float,
    channels: Sequence[int],
    tenths: int,
    side: int,
) -> float:
    """MACs of three layers after so many tenths of the channels between them went, over those before."""
    first, *inner, last = channels
    left = [first, *(count * (10 - tenths) // 10 for count in inner), last]
    return float(network_macs(left, 3, side, []) / network_macs(list(channels), 3, side, []))
