"""What must hold of pruning and quantization, whatever the code.

Each function returns None, or a sentence that says what is wrong. What is of no fitting form may raise.
"""

from collections.abc import Mapping
from typing import Any

import torch
from containers import as_tensor

Inputs = Mapping[str, Any]
"""Sizes and inputs of a case, by name."""

CLOSE = 1e-6
NEAR = 1e-4
"""How far a centroid may lie from where it should, as a share of the largest weight."""
WHOLE = (
    *(torch.int8, torch.int16, torch.int32, torch.int64),
    *(torch.uint8, torch.uint16, torch.uint32, torch.uint64),
)


def keeps_the_largest(inputs: Inputs, value: Any) -> str | None:
    """No weight that goes is larger than one that stays."""
    mask, size = as_tensor(value), inputs["weight"].abs()
    if mask.shape != size.shape or not ((mask == 0) | (mask == 1)).all():
        return "a truth value for each weight is asked for"
    mask = mask.bool()
    kept, removed = size[mask], size[~mask]
    if kept.numel() and removed.numel() and kept.min() < removed.max():
        return "a removed weight is larger than one that is kept"
    return None


def same_as_masking(inputs: Inputs, value: Any) -> str | None:
    """Removing channels computes what setting them to zero computes."""
    pruned, masked = value
    if pruned.shape != masked.shape or not (pruned - masked).abs().max() <= 1e-5 * (1 + masked.abs().max()):
        return "the pruned network computes something else than the full one with these channels at zero"
    return None


def has_converged(inputs: Inputs, value: Any) -> str | None:
    """Every weight is nearest to its own centroid, and every centroid is the mean of its weights."""
    weight = inputs["weight"].flatten()
    codebook, labels = as_tensor(value[0], dtype=torch.float64).flatten(), as_tensor(value[1])
    if labels.dtype not in WHOLE or labels.shape != inputs["weight"].shape:
        return "an integer label for each weight is asked for"
    if len(codebook) > _levels(inputs):
        return "the codebook is too large for the bits, or for the distinct weights"
    labels = labels.flatten().long()
    if not 0 <= labels.min() <= labels.max() < len(codebook):
        return "a label points outside the codebook"
    distance = (weight[:, None] - codebook).abs()
    chosen = distance.gather(1, labels[:, None])[:, 0]
    allowed = NEAR * weight.abs().max()
    if not (chosen - distance.min(dim=1).values).max() <= allowed:
        return "a weight is closer to another centroid than to its own"
    for label in set(labels.tolist()):
        if not (weight[labels == label].mean() - codebook[label]).abs() <= allowed:
            return "a centroid is not the mean of its weights"
    return None


def _levels(inputs: Inputs) -> int:
    """How many centroids there may be."""
    bits: int = inputs["bits"]
    levels: int = min(2**bits, len(set(inputs["weight"].flatten().tolist())))
    return levels


def good_codebook(inputs: Inputs, value: Any) -> str | None:
    """It has converged, uses every level there is, and depends on nothing but weights and generator.

    That every level is used can be asked only of weights that fill their range evenly: on others, a cluster may lose
    all of its weights on the way. No converged codebook of all levels then loses three times as much as the best.
    """
    (codebook, labels), again = value
    says = has_converged(inputs, (codebook, labels))
    if says is not None:
        return says
    labels = as_tensor(labels).flatten().long()
    used, most = len(set(labels.tolist())), _levels(inputs)
    if used != most:
        return (
            f"{used} different values are used where {most} can be: start from as many different weights as there can "
            "be labels"
        )
    for first, second in zip((codebook, labels.reshape(inputs["weight"].shape)), again, strict=True):
        first, second = (as_tensor(member, dtype=torch.float64) for member in (first, second))
        if first.shape != second.shape or not torch.equal(first, second):
            return "two generators with the same seed gave different codebooks: draw from `generator` and nothing else"
    return None


def _range(inputs: Inputs) -> tuple[int, int]:
    bits = inputs["bits"]
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def zero_is_exact(inputs: Inputs, value: Any) -> str | None:
    """A range that holds 0 gets a zero point inside the integers' range: an integer."""
    S, Z = value
    low, high = _range(inputs)
    if float(Z) != int(Z) or not low <= int(Z) <= high:
        return f"Z must be an integer from {low} to {high}"
    return None if float(S) > 0 else "S must be positive"


def empty_range(inputs: Inputs, value: Any) -> str | None:
    """A range without width has S = 1; which integer is its zero point, nobody said."""
    S, Z = value
    low, high = _range(inputs)
    if float(S) != 1:
        return f"S must be 1 where r_min == r_max; it is {float(S):.6g}"
    return None if float(Z) == int(Z) and low <= int(Z) <= high else f"Z must be an integer from {low} to {high}"


def half_a_step(inputs: Inputs, value: Any) -> str | None:
    """Inside the range, the stored value is at most half a step away."""
    x, S, Z = inputs["x"], inputs["S"], inputs["Z"]
    low, high = _range(inputs)
    q = as_tensor(value, dtype=torch.float64)
    if q.shape != x.shape or (q != q.round()).any() or not low <= q.min() <= q.max() <= high:
        return f"integers from {low} to {high} are asked for, one per value"
    inside = (x >= S * (low - Z)) & (x <= S * (high - Z))
    if ((S * (q - Z) - x).abs() > S / 2 * (1 + CLOSE))[inside].any():
        return "a value inside the range is stored more than half a step away"
    return None


def monotone(inputs: Inputs, value: Any) -> str | None:
    """A larger value is never stored as a smaller integer."""
    q = as_tensor(value, dtype=torch.float64)
    if q.shape != inputs["x"].shape:
        return "one integer per value is asked for"
    if not (q.flatten()[inputs["x"].flatten().argsort()].diff() >= 0).all():
        return "a larger value is stored as a smaller integer"
    return None


def clamps_like_relu(inputs: Inputs, value: Any) -> str | None:
    """With Z at the smallest integer, negative values are stored as that integer, which stands for 0."""
    low, _ = _range(inputs)
    q = as_tensor(value)
    if q.shape != inputs["x"].shape or (q[inputs["x"] <= 0] != low).any():
        return "with Z = q_min, negative values must all be stored as q_min"
    return None


def zero_point_is_zero(inputs: Inputs, value: Any) -> str | None:
    """The integer Z stands for exactly 0."""
    value = as_tensor(value, dtype=torch.float64)
    if value.shape != inputs["q"].shape or (value[inputs["q"] == inputs["Z"]] != 0).any():
        return "the integer Z must stand for exactly 0"
    return None


def _layer_shape(inputs: Inputs) -> tuple[int, ...]:
    """What a layer on integers puts out: a row for each input, or an image for each kernel."""
    q_x, q_w = inputs["q_x"], inputs["q_w"]
    if q_w.ndim == 2:
        return len(q_x), len(q_w)
    padded = (side + 2 * inputs["padding"] for side in q_x.shape[1:])
    return len(q_w), *((a - b) // inputs["stride"] + 1 for a, b in zip(padded, q_w.shape[2:], strict=True))


def all_zero_points(inputs: Inputs, value: Any) -> str | None:
    """Inputs of 0 without a bias give 0, which is stored as the outputs' zero point."""
    value, shape = as_tensor(value), _layer_shape(inputs)
    if value.shape != shape:
        return f"integers of shape {shape} are asked for, not {tuple(value.shape)}"
    if (value != inputs["Z_y"]).any():
        return "inputs that are all the real number 0, without a bias, must give Z_y everywhere"
    return None


def clamp_is_relu(inputs: Inputs, value: Any) -> str | None:
    """With the zero point at the smallest integer, what was below 0 becomes that integer, the rest is the same."""
    low, high = _range(inputs)
    middle, lowest = (as_tensor(member, dtype=torch.int64) for member in value)
    known = middle < high  # what was clamped there may be anything
    if not middle.shape == lowest.shape == _layer_shape(inputs):
        return f"integers of shape {_layer_shape(inputs)} are asked for"
    if (lowest != middle.clamp(min=0) + low)[known].any():
        return "with Z_y = q_min, outputs below 0 must become q_min, and all others stay as far from Z_y as they were"
    return None
