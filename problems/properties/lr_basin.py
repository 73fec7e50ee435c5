"""Basins and noise in a student's `lr_scaling.csv`: how wide a curve is at its bottom, how far seeds scatter.

Owns what these words mean, and how far honest ways to read them off one table lie apart.
"""

import math
from collections.abc import Iterable
from statistics import fmean

import lr_evidence
import lr_table
import numpy as np
from lr_csv import Table

SIZE, FACTOR = 32, 1.25
"""The batch size whose basin is read, and how many times the smallest loss ends it."""
NOISY, QUIET = 1, 256
"""The batch sizes whose seeds are compared."""
WIDTH_OFF, WIDTH_SHARE = 0.1, 0.1
"""Octaves, and a share of the width: means of losses and of their logarithms lie this far apart."""
NOISE_OFF = 0.2
APART_FACTOR = 3.0
"""From four seeds, other parabolas through the same curves give a standard error up to 2.8 times this one."""
MOST_GROUPS = 16


def linear_sgd_basin(data: bytes) -> float | str:
    """The linear model's basin in octaves, or why the table gives none."""
    return _basin(lr_evidence.linear_sgd(data))


def mlp_sgd_basin(data: bytes) -> float | str:
    """The MLP's basin with SGD."""
    return _basin(lr_evidence.mlp_sgd(data))


def mlp_adam_basin(data: bytes) -> float | str:
    """The MLP's basin with Adam."""
    return _basin(lr_evidence.mlp_adam(data))


def _basin(evidence: lr_evidence.Evidence | str) -> float | str:
    if isinstance(evidence, str):
        return evidence
    if isinstance(evidence.fit, str):
        return evidence.fit
    rates, curve = lr_table.curves(evidence.table, evidence.setting)[SIZE]
    left, right = _edge(rates[::-1], curve[::-1]), _edge(rates, curve)
    if left is None or right is None:
        return (
            f"{evidence.setting}, batch size {SIZE}: your grid ends before the loss is {FACTOR:g} times the smallest; "
            "widen it"
        )
    return right - left


def _edge(rates: lr_table.Floats, curve: lr_table.Floats) -> float | None:
    """Log2 of the rate at which the curve first reaches the basin's brim, from its smallest loss onward."""
    brim, x = curve.min() + math.log(FACTOR), np.log2(rates)
    for k in range(int(curve.argmin()), len(x) - 1):
        if curve[k + 1] > brim:
            return float(x[k] + (brim - curve[k]) / (curve[k + 1] - curve[k]) * (x[k + 1] - x[k]))
    return None


def basin_agrees(basin: float, claimed: float) -> str | None:
    """The typed width is that of the student's own table."""
    if abs(claimed - basin) <= WIDTH_OFF + WIDTH_SHARE * basin:
        return None
    return (
        f"you typed {claimed:.3g}; in your own table the curve of batch size {SIZE} stays within {FACTOR - 1:.0%} of "
        f"its smallest loss for {basin:.2f} octaves"
    )


def linear_sgd_noise(data: bytes) -> list[float] | str:
    """How many times as far the linear model's seeds scatter with one row as with 256: every honest reading."""
    evidence = lr_evidence.linear_sgd(data)
    if isinstance(evidence, str):
        return evidence
    if isinstance(evidence.fit, str):
        return evidence.fit
    noisy, quiet = (_scatters(evidence.table, evidence.setting, size) for size in (NOISY, QUIET))
    if not (min(noisy) > 0 and min(quiet) > 0):
        return f"{evidence.setting}: with batch size {NOISY} or {QUIET} all seeds end at the same loss"
    return [above / below for above in noisy for below in quiet]


def _scatters(table: Table, setting: str, size: int) -> list[float]:
    """Standard deviation over mean, at the rate whose losses, or whose logarithms, have the smallest mean."""
    runs: dict[float, list[float]] = {}
    for (at, lr, _), loss in table.losses[setting].items():
        if at == size:
            runs.setdefault(lr, []).append(lr_table.DIVERGED if math.isnan(loss) else min(loss, lr_table.DIVERGED))
    chosen = (min(runs.values(), key=fmean), runs[lr_table.best_rates(table, setting)[size]])
    return [float(np.std(losses, ddof=1) / max(fmean(losses), 1e-30)) for losses in chosen]


def noise_agrees(ratios: Iterable[float], claimed: float) -> str | None:
    """The typed ratio is one of those that the student's own table gives."""
    known = list(ratios)
    if any(abs(claimed - ratio) <= NOISE_OFF * ratio for ratio in known):
        return None
    return (
        f"you typed {claimed:.3g}; in your own table the seeds scatter {known[-1]:.3g} times as far (standard "
        f"deviation over mean) with batch size {NOISY} as with {QUIET}"
    )


def exponents_apart(data: bytes) -> float | str:
    """By how many standard errors the MLP's exponent lies below the linear model's, both with SGD."""
    both = []
    for evidence in (lr_evidence.linear_sgd(data), lr_evidence.mlp_sgd(data)):
        if isinstance(evidence, str):
            return evidence
        if isinstance(evidence.fit, str):
            return evidence.fit
        error = _standard_error(evidence.table, evidence.setting)
        if isinstance(error, str):
            return error
        both.append((evidence.fit.exponent, error))
    (linear, linear_error), (mlp, mlp_error) = both
    return (linear - mlp) / max(math.hypot(linear_error, mlp_error), 1e-9)


def _standard_error(table: Table, setting: str) -> float | str:
    """By the jackknife: seeds are left out in turn, in as many groups as there are seeds, or in 16."""
    runs = table.losses[setting]
    seeds = sorted(set.intersection(*({s for size, _, s in runs if size == at} for at in lr_table.PRE_CRITICAL)))
    count = min(len(seeds), MOST_GROUPS)
    if count < lr_table.MIN_SEEDS:
        return f"{setting}: {count} seeds ran with every batch size from 1 to 16; {lr_table.MIN_SEEDS} are needed"
    slopes = []
    for group in range(count):
        left_out = set(seeds[group::count])
        kept = {cell: loss for cell, loss in runs.items() if cell[2] not in left_out}
        fit = lr_table.own_fit(Table({setting: kept}), setting)
        if isinstance(fit, str):
            return f"without seed {min(left_out)}: {fit}"
        slopes.append(fit.exponent)
    return float(math.sqrt(count - 1) * np.std(slopes))


def apart_agrees(apart: float, claimed: float) -> str | None:
    """The typed number of standard errors is near that of the student's own table."""
    if apart / APART_FACTOR <= claimed <= apart * APART_FACTOR:
        return None
    return (
        f"you typed {claimed:.3g}; in your own table the exponents of the linear model and of the MLP lie "
        f"{apart:.2g} standard errors apart (leaving one seed out in turn)"
    )
