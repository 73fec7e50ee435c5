"""What is observed of pruning and quantization."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

Student = Callable[..., Any]


def _two_convolutions(
    c_in: int, middle: int, c_out: int, kernel: int, stride: int, padding: int, bias: int, seed: int
) -> tuple[nn.Conv2d, nn.Conv2d, Tensor]:
    """Two random convolutions in float32 and an input for them."""
    generator = torch.Generator().manual_seed(seed)
    conv1 = nn.Conv2d(c_in, middle, kernel, stride=stride, padding=padding, bias=bool(bias))
    conv2 = nn.Conv2d(middle, c_out, kernel, stride=stride, padding=padding, bias=bool(bias))
    for parameter in (*conv1.parameters(), *conv2.parameters()):
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return conv1, conv2, torch.randn(2, c_in, 9, 9, generator=generator)


def pruned_network(
    prune_channels: Student,
    c_in: int,
    middle: int,
    c_out: int,
    kernel: int,
    stride: int,
    padding: int,
    bias: int,
    keep: Tensor,
    seed: int,
) -> list[Any]:
    """Shapes of the pruned weights, and what the pruned network computes."""
    conv1, conv2, image = _two_convolutions(c_in, middle, c_out, kernel, stride, padding, bias, seed)
    small1, small2 = prune_channels(conv1, conv2, keep)
    with torch.no_grad():
        return [list(small1.weight.shape), list(small2.weight.shape), small2(small1(image).relu())]


def pruned_and_masked(
    prune_channels: Student,
    c_in: int,
    middle: int,
    c_out: int,
    kernel: int,
    stride: int,
    padding: int,
    bias: int,
    keep: Tensor,
    seed: int,
) -> list[Any]:
    """What the pruned network computes, and what the full one computes with these channels set to zero."""
    conv1, conv2, image = _two_convolutions(c_in, middle, c_out, kernel, stride, padding, bias, seed)
    with torch.no_grad():
        masked = conv2(conv1(image).relu() * keep[:, None, None])
        small1, small2 = prune_channels(conv1, conv2, keep)
        return [small2(small1(image).relu()), masked]


def quantized(quantize: Student, bits: int, S: float, Z: int, x: Tensor) -> Any:
    """Quantized values, of inputs that are drawn after the scale."""
    return quantize(x, bits, S, Z)


def dequantized(dequantize: Student, S: float, Z: int, q: Tensor) -> Any:
    """Real values, of integers that are drawn after the zero point."""
    return dequantize(q, S, Z)
