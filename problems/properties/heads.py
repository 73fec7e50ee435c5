"""What must hold of the two heads, whatever the code.

Each function returns None, or a sentence that says what is wrong. What is of no fitting form may raise.
"""

from collections.abc import Mapping
from typing import Any

import torch
from containers import as_tensor
from torch import Tensor

Inputs = Mapping[str, Any]
"""Sizes and inputs of a case, by name."""


def _is_near(value: Any, wanted: Tensor, tolerance: float) -> bool:
    """Of the same shape and, entry by entry, no further away than this; nan is near nothing."""
    value = as_tensor(value, dtype=torch.float64)
    return value.shape == wanted.shape and bool(((value - wanted).abs() <= tolerance).all())


def is_the_example(inputs: Inputs, value: Any) -> str | None:
    """The output that the sheet prints."""
    printed = torch.tensor([[1, 0], [1.7310586, 0], [2.5752104, 0]], dtype=torch.float64)
    return None if _is_near(value, printed, 1e-5) else "the sheet's example comes out differently"


def past_is_unchanged(inputs: Inputs, value: Any) -> str | None:
    """What a later token is has no effect on earlier ones."""
    before, after = (as_tensor(output, torch.float64) for output in value)
    if before.shape != (inputs["T"], inputs["d"]):
        return f"the output must have the shape of X, {inputs['T']} x {inputs['d']}"
    before, after = before[:-1], after[:-1]
    if not _is_near(after, before, 1e-6 * (1 + float(before.abs().max()))):
        return "another last token changes what earlier tokens receive"
    return None


def predicts_b(inputs: Inputs, value: Any) -> str | None:
    """The output that the sheet prints."""
    printed = torch.tensor([4.5398e-5, 0.999864, 4.5398e-5, 4.5398e-5], dtype=torch.float64)
    return None if _is_near(value, printed, 1e-6) else "the sheet's example comes out differently"


def is_a_distribution(inputs: Inputs, value: Any) -> str | None:
    """Four numbers that are not negative and add up to one."""
    value = as_tensor(value, dtype=torch.float64)
    if value.shape != (4,):
        return f"four numbers are asked for; what came has shape {tuple(value.shape)}"
    if not (value >= -1e-9).all() or not abs(value.sum().item() - 1) <= 1e-5:
        return "attention on the four tokens must add up to one"
    return None
