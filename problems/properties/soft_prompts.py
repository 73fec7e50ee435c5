"""What must hold of soft prompts, whatever the code.

Each function returns None, or a sentence that says what is wrong. What is of no fitting form may raise.
"""

from collections.abc import Mapping
from typing import Any

import torch
from containers import as_tensor
from torch import Tensor

Inputs = Mapping[str, Any]
"""Sizes and inputs of a case, by name."""

CLOSE = 1e-4
"""What single precision leaves of states, relative to the largest."""


def one_output_per_target(inputs: Inputs, value: Any) -> str | None:
    """As many outputs as there are tokens to learn, and one truth value per output."""
    mask = as_tensor(value)
    if mask.shape != (inputs["length"],) or not ((mask == 0) | (mask == 1)).all():
        return f"{inputs['length']} truth values are asked for, one per output"
    first, last = inputs["reasoning"]
    wanted = last - first + 3
    if int(mask.sum()) != wanted:
        return f"{wanted} tokens are to be learnt, but {int(mask.sum())} outputs enter the loss"
    return None


def gradient_where_masked(inputs: Inputs, value: Any) -> str | None:
    """The logits that enter the loss, and no others, get a gradient."""
    mask, touched = (as_tensor(part).bool() for part in value)
    if not mask.shape == touched.shape == (inputs["length"],) or not mask.any():
        return f"{inputs['length']} truth values are asked for, some of them True"
    return None if torch.equal(mask, touched) else "other logits get a gradient than those in the mask"


def only_the_prompt(inputs: Inputs, value: Any) -> str | None:
    """N vectors of the embedding's size are trained, and nothing of the model."""
    numbers, touched = value
    count, width = inputs["n_tokens"], inputs["width"]
    if numbers != count * width:
        return f"{count} vectors of {width} numbers are to be trained, {count * width} in all; {numbers} are"
    return "the model itself gets gradients: it must be frozen" if touched else None


def _near(states: Any, others: Any) -> bool:
    """Layer by layer of one shape and the same up to rounding; nan is near nothing."""
    pairs = [(as_tensor(a, dtype=torch.float64), b) for a, b in zip(states, others, strict=True)]
    return all(a.shape == b.shape and bool((a - b).abs().max() <= CLOSE * b.abs().max()) for a, b in pairs)


def question_does_not_matter(inputs: Inputs, value: Any) -> str | None:
    """A causal run over prompt and question has these states at the prompt, whatever the question."""
    mine, first, second, free = value
    if not (_near(mine, first) and _near(mine, second)):
        return "in a run over prompt and question, the states at the prompt are others"
    if _near(mine, free):
        return "without a causal mask the states should differ, yet they do not"
    return None


def agrees_with_autograd(inputs: Inputs, value: Any) -> str | None:
    """Torch's own derivative of the validation loss through the inner step."""

    def loss(point: Tensor, task: str) -> Tensor:
        centred = point - inputs[f"c_{task}"]
        energy: Tensor = centred @ inputs[f"H_{task}"] @ centred / 2
        return energy

    phi = inputs["phi"].clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(phi, "train"), phi, create_graph=True)
    (machine,) = torch.autograd.grad(loss(phi - inputs["lr"] * slope, "val"), phi)
    value = as_tensor(value, dtype=torch.float64)
    if value.shape != machine.shape or not (value - machine).abs().max() <= 1e-4 * machine.abs().max():
        return "it differs from what autograd finds through the inner step"
    return None
