"""What is observed of pruning and quantization."""

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

Student = Callable[..., Any]

SIDE = 13
"""Of the square images that go through both convolutions."""


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
        options = {"stride": across, "padding": edge, "bias": bool(bias[place])}
        convolutions.append(nn.Conv2d(c_in, c_out, sides, **options))  # type: ignore[arg-type]  # pairs
    generator = torch.Generator().manual_seed(seed)
    for parameter in nn.ModuleList(convolutions).parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return convolutions[0], convolutions[1], torch.randn(2, channels[0], SIDE, SIDE, generator=generator)


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
    """What the pruned modules are and compute, and what became of the modules that were handed in."""
    *given, image = _two_convolutions(channels, kernel, stride, padding, bias, seed)
    before = [copy.deepcopy(conv) for conv in given]
    small = list(prune_channels(*given, keep))
    if not all(isinstance(conv, nn.Conv2d) for conv in small):
        return {"kinds of module": [type(conv).__name__ for conv in small]}
    with torch.no_grad():
        return {
            "kinds of module": ["Conv2d" for _ in small],
            "shapes of the weights": [list(conv.weight.shape) for conv in small],
            "in_channels and out_channels": [[conv.in_channels, conv.out_channels] for conv in small],
            "output of the pruned network": small[1](small[0](image).relu()),
            "the modules handed in stay as they are": all(map(_same, given, before)),
            "no memory is shared with them": not _memory(given) & _memory(small),
        }


def _same(conv: nn.Conv2d, before: nn.Conv2d) -> bool:
    """Whether a module says of itself what it said before, and holds the same numbers."""
    tensors, others = conv.state_dict(), before.state_dict()
    same_tensors = tensors.keys() == others.keys() and all(torch.equal(tensors[key], others[key]) for key in others)
    return same_tensors and str(conv) == str(before)


def _memory(modules: Sequence[nn.Module]) -> set[int]:
    """Where the numbers of modules lie."""
    return {tensor.untyped_storage().data_ptr() for module in modules for tensor in module.state_dict().values()}


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
        masked = conv2(conv1(image).relu() * keep[:, None, None])
        small1, small2 = prune_channels(conv1, conv2, keep)
        return [small2(small1(image).relu()), masked]


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
