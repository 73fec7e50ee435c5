"""Right variants of the functions on pruning and quantization."""

import torch
from torch import Tensor


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
