"""Right variants of the functions on pruning and quantization."""

import copy
import math

import torch
from torch import Tensor, nn


def magnitude_mask_of_ones(weight: Tensor, sparsity: float) -> Tensor:
    """0 and 1 where True and False are asked for."""
    removed = round(weight.numel() * sparsity)
    order = weight.abs().flatten().argsort()
    mask = torch.ones(weight.numel(), dtype=torch.uint8)
    mask[order[:removed]] = 0
    return mask.reshape(weight.shape)


def quantization_params_at_zero(r_min: float, r_max: float, bits: int) -> tuple[float, int]:
    """0 as the zero point of a range without width."""
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if r_min == r_max:
        return 1.0, 0
    S = (r_max - r_min) / (high - low)
    return S, max(low, min(high, round(low - r_min / S)))


def mask_through_lists(weight: Tensor, sparsity: float) -> Tensor:
    """Python's own sorting, one weight after the other."""
    sizes = [abs(number) for number in weight.flatten().tolist()]
    gone = set(sorted(range(len(sizes)), key=sizes.__getitem__)[: round(len(sizes) * sparsity)])
    return torch.tensor([place not in gone for place in range(len(sizes))]).reshape(weight.shape)


def prune_a_copy(conv1: nn.Conv2d, conv2: nn.Conv2d, keep: Tensor) -> list[nn.Conv2d]:
    """Copies of both modules, cut down."""
    small1, small2 = copy.deepcopy(conv1), copy.deepcopy(conv2)
    small1.weight = nn.Parameter(conv1.weight.data[keep])
    small2.weight = nn.Parameter(conv2.weight.data[:, keep])
    if conv1.bias is not None:
        small1.bias = nn.Parameter(conv1.bias.data[keep])
    small1.out_channels = small2.in_channels = int(keep.sum())
    return [small1, small2]


def kmeans_by_dynamic_programming(weight: Tensor, bits: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The best codebook there is; it has no use for the generator."""
    values, inverse, counts = (
        weight.flatten()
        .double()
        .unique(  # type: ignore[no-untyped-call]
            return_inverse=True, return_counts=True
        )
    )
    n, most = len(values), min(2**bits, len(values))
    sums: list[list[float]] = [[0.0, *(counts * values**power).cumsum(0).tolist()] for power in range(3)]

    def squares(first: int, stop: int) -> float:
        w, v, vv = (total[stop] - total[first] for total in sums)
        return vv - v * v / w

    best = [[0.0] + [math.inf] * n]
    cuts: list[list[int]] = []
    for _ in range(most):
        row, cut = [math.inf] * (n + 1), [0] * (n + 1)
        for stop in range(1, n + 1):
            row[stop], cut[stop] = min((best[-1][first] + squares(first, stop), first) for first in range(stop))
        best.append(row)
        cuts.append(cut)
    stop, group = n, torch.zeros(n, dtype=torch.long)
    for level in range(most - 1, -1, -1):
        first = cuts[level][stop]
        group[first:stop] = level
        stop = first
    labels = group[inverse]
    codebook = torch.stack([weight.flatten()[labels == level].mean() for level in range(most)])
    return codebook, labels.reshape(weight.shape)


def kmeans_from_equal_steps(weight: Tensor, bits: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Centroids that start in equal steps; what has lost all of its weights stays where it is."""
    values = weight.flatten()
    most = min(2**bits, len(set(values.tolist())))
    codebook = torch.linspace(float(values.min()), float(values.max()), most).double()
    for _ in range(100):
        labels = (values[:, None] - codebook).abs().argmin(dim=1)
        for level in set(labels.tolist()):
            codebook[level] = values[labels == level].mean()
    return codebook, labels.reshape(weight.shape)


def dequantize_to_float32(q: Tensor, S: float, Z: int) -> Tensor:
    """In single precision."""
    return torch.tensor(S, dtype=torch.float32) * (q - Z).float()
