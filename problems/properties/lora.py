"""What must hold of the adapter's gradients, training and start, whatever the formula.

Each function returns None, or a sentence that says what is wrong. What is of no fitting form may raise.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import torch
from containers import as_tensor
from torch import Tensor

Inputs = Mapping[str, Any]
"""Sizes and inputs of a case, by name."""

SINGLE = 1e-5
"""Singular values below this share of the largest may be what single precision leaves of zero."""


def _factors(inputs: Inputs, value: Any) -> list[Tensor]:
    """Both members of `value` as tensors; a ValueError unless they are finite and have the shapes of A and B."""
    pair = [as_tensor(member, dtype=torch.float64) for member in value]
    shapes = [(inputs["m"], inputs["k"]), (inputs["k"], inputs["l"])]
    if [tuple(member.shape) for member in pair] != shapes:
        raise ValueError(f"the shapes of A and B are {shapes}, not {[tuple(p.shape) for p in pair]}")
    if not all(bool(torch.isfinite(member).all()) for member in pair):
        raise ValueError("nan or an infinity is in it")
    return pair


def agrees_with_autograd(inputs: Inputs, value: Any) -> str | None:
    """The gradients are those that torch finds for <G, A B>, whose derivative in W is G."""
    mine = _factors(inputs, value)
    A, B = inputs["A"].requires_grad_(), inputs["B"].requires_grad_()
    (inputs["G"] * (A @ B)).sum().backward()
    for name, gradient, machine in zip("AB", mine, (A.grad, B.grad), strict=True):
        if not (gradient - machine).abs().max() <= 1e-4 * machine.abs().max():
            return f"the gradient of {name} differs from the one that autograd finds"
    return None


def gradients_vanish(inputs: Inputs, value: Any) -> str | None:
    """No small change of either factor comes closer to D: the loss has no slope there."""
    D = inputs["D"]
    A, B = (as_tensor(member, dtype=torch.float64) for member in value)
    if (A.shape, B.shape) != ((len(D), inputs["k"]), (inputs["k"], D.shape[1])):
        return "A must have k columns and B k rows, and their product the shape of D"
    left = A @ B - D
    scale = D.norm() * max(float(A.norm()), float(B.norm()))
    if not max(float((left @ B.T).abs().max()), float((A.T @ left).abs().max())) <= 1e-4 * scale:
        return "the loss still has a slope at these factors, so a small step would come closer to D"
    return None


def both_exactly_zero(inputs: Inputs, value: Any) -> str | None:
    """Where both factors are zero, neither moves at all."""
    for name, gradient in zip("AB", _factors(inputs, value), strict=True):
        if gradient.any():
            return f"A and B are zero, yet the gradient of {name} is not exactly zero"
    return None


def only_the_zero_factor_moves(inputs: Inputs, value: Any) -> str | None:
    """Where A is random and B zero, B gets a gradient and A gets none."""
    dA, dB = _factors(inputs, value)
    if dA.any():
        return "B is zero, so the gradient of A must be exactly zero"
    if not dB.any():
        return "A is not zero, so B must get a gradient"
    return None


def still_at_W0(inputs: Inputs, value: Any) -> str | None:
    """From two zero factors, training ends bit for bit where it began, in the precision that it ran in."""
    W, W0 = as_tensor(value, dtype=torch.float64), inputs["W0"]
    if not any(torch.equal(W, start) for start in (W0, W0.float().double())):
        return "both factors start at zero, so W must still equal W0, bit for bit"
    return None


def update_has_rank_at_most_k(inputs: Inputs, value: Any) -> str | None:
    """W - W0 is a product of two thin factors; noise is measured against W0, not against the update."""
    W0 = inputs["W0"]
    W = as_tensor(value, dtype=torch.float64)
    if W.shape != W0.shape or not torch.isfinite(W).all():
        return f"a finite W of the shape of W0, {tuple(W0.shape)}, is asked for"
    noise = 1e-6 * torch.linalg.matrix_norm(W0, 2)
    rank = int((torch.linalg.svdvals(W - W0) > noise).sum())
    if rank > inputs["k"]:
        return f"the update has rank {rank}; a product of factors with k = {inputs['k']} cannot"
    return None


def starts_at_W0_and_can_learn(inputs: Inputs, value: Any) -> str | None:
    """The product is exactly zero, and what is not zero spans as many directions as an update can have.

    Where a column of A is zero, the row of B that meets it may be what is random: both spans count.
    """
    A, B = _factors(inputs, value)
    if not all(as_tensor(member).is_floating_point() for member in value):
        return "floats are asked for: integers cannot be trained"
    if not (A.any() or B.any()):
        return "both factors are zero, so neither ever gets a gradient"
    if (A @ B).any():
        return "A B is not exactly zero, so training does not start at W0"
    directions = sum(int(torch.linalg.matrix_rank(factor, rtol=SINGLE)) for factor in (A, B))
    if directions < min(inputs["m"], inputs["k"], inputs["l"]):
        return "the directions of the random factor are not independent, so part of the rank is wasted"
    return None


def starts_of_generators(inputs: Inputs, value: Any) -> str | None:
    """Every start is right, and they are the same exactly where their generators are."""
    complaints = (starts_at_W0_and_can_learn(inputs, start) for start in value)
    return next((says for says in complaints if says is not None), None) or drawn_from_the_generator(inputs, value)


def drawn_from_the_generator(inputs: Inputs, value: Any) -> str | None:
    """Two equal generators give one start; another seed, and the same one further on, give others."""
    starts = [_factors(inputs, start) for start in value]
    for ((seed, before), start), ((other_seed, later), other) in combinations(
        zip(inputs["generators"], starts, strict=True), 2
    ):
        same = all(torch.equal(a, b) for a, b in zip(start, other, strict=True))
        alike = (seed, before) == (other_seed, later)
        if alike and not same:
            return "two equal generators gave different factors: draw from `generator`, and from nothing else"
        if same and not alike:
            return "generators in different states gave the same factors: draw from `generator`, and not from a new one"
    return None
