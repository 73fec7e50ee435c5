"""What the options of question 4's choices say, tried on the reference's own runs with one seed left out.

Owns no runs: they stand in `lr_scaling.csv`. As in `choices`, a function takes the key of an option and a generator.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from reference import lr_scaling

Rng = np.random.Generator
Floats = NDArray[np.float64]

_LAWS = {
    "linear": (0.75, 1.25),
    "sublinear": (0.2, 0.9),
    "square_root": (0.35, 0.65),
    "flat": (-0.35, 0.35),
    "decreasing": (-np.inf, -0.2),
}
"""The slopes that each law means."""


@cache
def _losses(setting: str) -> tuple[list[float], list[float], Floats]:
    """Batch sizes, learning rates, and the losses [batch sizes, learning rates, seeds]."""
    with (Path(__file__).parent / "lr_scaling.csv").open() as file:
        rows = [[float(cell) for cell in row[1:]] for row in csv.reader(file) if row[0] == setting]
    sizes, rates, seeds, _ = (sorted(set(column)) for column in zip(*rows, strict=True))
    at = {(size, rate, seed): loss for size, rate, seed, loss in rows}
    return sizes, rates, np.array([[[at[size, rate, seed] for seed in seeds] for rate in rates] for size in sizes])


@cache
def _slopes(setting: str, left_out: int) -> tuple[float, float]:
    """Over batch sizes 1 to 16, and over 64 to 256."""
    sizes, rates, losses = _losses(setting)
    best = lr_scaling.optimal_lr(rates, torch.as_tensor(np.delete(losses, left_out, axis=2)))
    batch_sizes = torch.as_tensor(sizes)
    small, large = (lr_scaling.fit_exponent(batch_sizes[part], best[part])[0] for part in (slice(5), slice(6, None)))
    return small, large


def _slopes_drawn(setting: str, rng: Rng) -> tuple[float, float]:
    return _slopes(setting, int(rng.integers(_losses(setting)[2].shape[2])))


def _is_law(setting: str, option: str, rng: Rng) -> bool:
    low, high = _LAWS[option]
    return low <= _slopes_drawn(setting, rng)[0] <= high


def law_linear_sgd(option: str, rng: Rng) -> bool:
    """Of the linear model with SGD."""
    return _is_law("linear_sgd", option, rng)


def law_mlp_sgd(option: str, rng: Rng) -> bool:
    """Of the MLP with SGD."""
    return _is_law("mlp_sgd", option, rng)


def law_mlp_adam(option: str, rng: Rng) -> bool:
    """Of the MLP with Adam."""
    return _is_law("mlp_adam", option, rng)


def _levels_off(setting: str, option: str, rng: Rng) -> bool:
    small, large = _slopes_drawn(setting, rng)
    return (large <= small / 2) == (option == "yes")


def linear_sgd_levels_off(option: str, rng: Rng) -> bool:
    """Whether the slope over large batches is less than half of that over small ones."""
    return _levels_off("linear_sgd", option, rng)


def mlp_sgd_levels_off(option: str, rng: Rng) -> bool:
    """The same for the MLP."""
    return _levels_off("mlp_sgd", option, rng)
