"""From losses to laws: optima, exponents, and how far either may be trusted.

Owns the bootstrap and the numbers that a sweep is summed up in. The estimators themselves are the reference
answers `optimal_lr` and `fit_exponent`, so that students and reference are measured with one ruler.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from reference.experiments.engine import Sweep
from reference.experiments.protocol import PRE_CRITICAL, SATURATED
from reference.lr_scaling import DIVERGED, fit_exponent, optimal_lr

Floats = NDArray[np.float64]

RESAMPLES = 2000
COVERAGE = (2.5, 97.5)
"""Percentiles of a 95 % interval."""


class EdgeOptimum(ValueError):
    """The smallest loss lies on the edge of the learning-rate grid, so nobody knows where the optimum is."""


@dataclass(frozen=True)
class Slope:
    """A log-log slope with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True, eq=False)
class Slopes:
    """What one sweep says."""

    setting: str
    eta_star: Floats
    """(batch sizes,)"""
    eta_star_interval: Floats
    """(2, batch sizes)"""
    exponent: Slope
    """Over batch sizes 1..16."""
    intercept: float
    """eta* = 2**intercept * B**exponent."""
    saturation: Slope
    """The slope over batch sizes 64..256."""
    resampled_lines: Floats
    """(resamples, 2): slope and intercept over batch sizes 1..16."""


def log_losses(sweep: Sweep) -> Floats:
    """Log losses (batch sizes, learning rates, seeds), a diverged run counted as a loss of 100."""
    finite = np.nan_to_num(sweep.mse, nan=DIVERGED, posinf=DIVERGED)
    return np.log(np.clip(finite, 1e-30, DIVERGED))


def slopes(sweep: Sweep, resamples: int = RESAMPLES) -> Slopes:
    """Optima and exponents of one sweep, with bootstrap intervals over seeds, drawn anew per batch size.

    Raises:
        EdgeOptimum: for some batch size the best learning rate is the first or last of the grid.
    """
    eta = optimal_lr(sweep.learning_rates, torch.from_numpy(sweep.mse)).numpy()
    _refuse_edges(sweep, eta)
    sizes = np.array(sweep.batch_sizes)
    early, late = np.isin(sizes, PRE_CRITICAL), np.isin(sizes, SATURATED)
    etas = _resampled_optima(sweep, resamples)
    lines = _lines(sizes[early], etas[:, early])
    ends = _lines(sizes[late], etas[:, late])
    exponent, intercept = fit_exponent(sizes[early].tolist(), torch.from_numpy(eta[early]))
    saturation, _ = fit_exponent(sizes[late].tolist(), torch.from_numpy(eta[late]))
    return Slopes(
        sweep.setting,
        eta_star=eta,
        eta_star_interval=np.nanpercentile(etas, COVERAGE, axis=0),
        exponent=_interval(exponent, lines[:, 0]),
        intercept=intercept,
        saturation=_interval(saturation, ends[:, 0]),
        resampled_lines=lines,
    )


def gap(first: Slopes, second: Slopes) -> Slope:
    """How much steeper `first` is than `second` over batch sizes 1..16."""
    difference = first.resampled_lines[:, 0] - second.resampled_lines[:, 0]
    return _interval(first.exponent.value - second.exponent.value, difference)


def band(found: Slopes, batch_sizes: Sequence[int]) -> Floats:
    """95 % band of the fitted power law, (2, batch sizes), in units of learning rate."""
    x = np.log2(np.array(batch_sizes, dtype=float))
    lines = found.resampled_lines
    curves = lines[:, :1] * x + lines[:, 1:]
    limits: Floats = 2.0 ** np.nanpercentile(curves, COVERAGE, axis=0)
    return limits


def _refuse_edges(sweep: Sweep, eta: Floats) -> None:
    for size, value, curve in zip(sweep.batch_sizes, eta, log_losses(sweep).mean(axis=2), strict=True):
        if np.isnan(value):
            side = "lower" if curve.argmin() == 0 else "higher"
            raise EdgeOptimum(
                f"{sweep.setting}: at batch size {size} the best learning rate lies on the edge of the grid "
                f"({sweep.learning_rates[0]:.3g} to {sweep.learning_rates[-1]:.3g}); add {side} learning rates"
            )


def _resampled_optima(sweep: Sweep, resamples: int) -> Floats:
    """Optima of resampled sweeps, (resamples, batch sizes)."""
    draw = np.random.default_rng(0)
    losses = log_losses(sweep)
    n_sizes, n_rates, n_seeds = losses.shape
    # How often each seed was drawn; a product with these counts is the resampled mean.
    counts = draw.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=(n_sizes, resamples))
    means = np.exp(counts @ losses.transpose(0, 2, 1) / n_seeds)  # (sizes, resamples, rates)
    optima = optimal_lr(sweep.learning_rates, torch.from_numpy(means.reshape(-1, n_rates)))
    return optima.numpy().reshape(n_sizes, resamples).T


def _lines(batch_sizes: NDArray[np.int64], etas: Floats) -> Floats:
    """Least squares of log2 eta on log2 B for every row of etas (resamples, sizes): (resamples, 2)."""
    x = np.log2(batch_sizes)
    y = np.log2(etas)
    slope = y @ (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    return np.stack([slope, y.mean(axis=1) - slope * x.mean()], axis=1)


def _interval(value: float, resampled: Floats) -> Slope:
    low, high = np.nanpercentile(resampled, COVERAGE)
    return Slope(value, float(low), float(high))
