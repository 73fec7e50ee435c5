"""A student's saved table `lr_scaling.csv` as evidence: read, fitted, held against what is claimed.

Owns what the table itself says; its form belongs to `lr_csv`, and whether code stands behind it to `lr_rerun`. Knows
no answer: the reference's slope is handed in. To be called in this order, stopping at the first sentence (a `str`),
which tells the student what to do:

    table = read_table(data)                                  Table | str
    coverage(table, setting)                                  None | str
    fit = own_fit(table, setting)                             Fit | str   (also tells which optima lie on an edge)
    exponent_agrees(fit, claimed)                             None | str   (the typed `exponent`)
    law_agrees(fit, claimed)                                  None | str   (the chosen `law`)
    saturation_agrees(fit, claimed)                           None | str   (`yes` or `no`)
    near_reference(fit, slope)                                None | str   (slope of the reference's own sweep)
    weaker_than(fit, sgd_fit)                                 None | str   (Adam against SGD, both the student's)

A setting's checks are independent of the others', so that one broken setting costs one part.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from lr_csv import Table, read_table
from numpy.typing import NDArray

Floats = NDArray[np.float64]

__all__ = [
    "best_rates",
    "coverage",
    "curves",
    "exponent_agrees",
    "law_agrees",
    "near_reference",
    "own_fit",
    "read_table",
    "saturation_agrees",
    "weaker_than",
]

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
PRE_CRITICAL = (1, 2, 4, 8, 16)
SATURATED = (64, 128, 256)

MIN_SEEDS = 4
MIN_OPTIMA = 4
COARSEST_RATIO = math.sqrt(2) * 1.01
DIVERGED = 100.0
CLAIM_TOLERANCE = {"linear_sgd": 0.2, "mlp_sgd": 0.25, "mlp_adam": 0.3, "linear_adam": 0.3}
"""Between a typed exponent and our fit of the same table: honest estimators of the minimum differ by this."""
REFERENCE_TOLERANCE = {"linear_sgd": 0.2, "mlp_sgd": 0.25, "mlp_adam": 0.4, "linear_adam": 0.4}
"""Between the slopes of two honest tables: five standard deviations at four seeds, simulated (docs/lr-scaling.md)."""
LAWS = {
    "linear": (0.75, 1.25),
    "sublinear": (0.2, 0.9),
    "square_root": (0.35, 0.65),
    "flat": (-0.35, 0.35),
    "decreasing": (-math.inf, -0.2),
}
SATURATES = {"yes": (-math.inf, 0.65), "no": (0.4, math.inf)}
"""Slopes over 64 to 256 that do not contradict an answer: three points from four seeds scatter by 0.09."""
WEAKER_BY = 0.2
ROUGHNESS = 1.0
"""How far a U-curve may go the wrong way in all, in units of its depth: honest ones reach 0.2, shuffled ones 1.7."""


class Fit(NamedTuple):
    """What one setting of a student's table says.

    `optima` maps a batch size to the best learning rate; `edges` lists the batch sizes whose smallest loss lies on
    the edge of the grid. `saturation` is None where fewer than two of 64, 128, 256 have an optimum.
    """

    setting: str
    optima: Mapping[int, float]
    edges: tuple[int, ...]
    exponent: float
    saturation: float | None


def coverage(table: Table, setting: str) -> str | None:
    """Every batch size, at least four seeds, and every learning rate with every seed."""
    cells = table.losses.get(setting, {})
    if not cells:
        return f"lr_scaling.csv has no rows for {setting}: save every run of the sweep there"
    for size in BATCH_SIZES:
        here: dict[float, set[int]] = {}
        for at, lr, seed in cells:
            if at == size:
                here.setdefault(lr, set()).add(seed)
        seeds = set[int]().union(*here.values())
        if not here:
            return f"{setting}: no runs with batch size {size}; the sweep covers {', '.join(map(str, BATCH_SIZES))}"
        if len(seeds) < MIN_SEEDS:
            return f"{setting}, batch size {size}: {len(seeds)} seeds; at least {MIN_SEEDS} are needed to average over"
        absent = sum(len(seeds) - len(with_lr) for with_lr in here.values())
        if absent:
            lr = min(lr for lr, with_lr in here.items() if len(with_lr) < len(seeds))
            return (
                f"{setting}, batch size {size}: {absent} runs are missing, the first with lr {lr:g} and seed "
                f"{min(seeds - here[lr])}; keep diverged runs too, as nan or inf"
            )
        if len(here) < 5:
            return f"{setting}, batch size {size}: {len(here)} learning rates; a U-curve needs more"
    return None


def own_fit(table: Table, setting: str) -> Fit | str:
    """Optima and exponents of the student's own runs; presumes `coverage`."""
    optima: dict[int, float] = {}
    edges = []
    measured = curves(table, setting)
    for size in BATCH_SIZES:
        rates, curve = measured[size]
        best = int(curve.argmin())
        if best in (0, len(rates) - 1):
            edges.append(size)
            continue
        complaint = _no_u_curve(rates, curve, best)
        if complaint is not None:
            return f"{setting}, batch size {size}: {complaint}"
        optima[size] = _vertex(rates, curve, best)
    usable = [size for size in PRE_CRITICAL if size in optima]
    if len(usable) < MIN_OPTIMA:
        return (
            f"{setting}: at batch size {', '.join(map(str, edges))} the smallest loss lies at the first or last "
            "learning rate, so the best one may lie beyond; widen the grid there (batch sizes 1 to 16 need "
            f"{MIN_OPTIMA} optima inside it)"
        )
    late = [size for size in SATURATED if size in optima]
    saturation = _slope(late, optima) if len(late) > 1 else None
    return Fit(setting, optima, tuple(edges), _slope(usable, optima), saturation)


@lru_cache(maxsize=8)
def curves(table: Table, setting: str) -> dict[int, tuple[Floats, Floats]]:
    """Batch size -> learning rates, increasing, and the mean over seeds of log loss; a diverged run counts as 100."""
    by_size: dict[int, dict[float, list[float]]] = {}
    for (size, lr, _), loss in table.losses.get(setting, {}).items():
        held = DIVERGED if math.isnan(loss) else min(max(loss, 1e-30), DIVERGED)
        by_size.setdefault(size, {}).setdefault(lr, []).append(math.log(held))
    return {
        size: (np.array(sorted(runs)), np.array([math.fsum(runs[lr]) / len(runs[lr]) for lr in sorted(runs)]))
        for size, runs in by_size.items()
    }


def _no_u_curve(rates: Floats, curve: Floats, best: int) -> str | None:
    near = (rates > rates[best] / 2.03) & (rates < rates[best] * 2.03)
    steps = [later / earlier for earlier, later in pairwise(rates[max(best - 2, 0) : best + 3])]
    if near.sum() < 3 or max(steps) > COARSEST_RATIO:
        return f"around lr {rates[best]:g} the grid has steps of a factor {max(steps):.2f}; at most √2 is asked for"
    if max(curve[0], curve[-1]) - curve[best] < math.log(1.05):
        return "the curve of loss against learning rate is no U: it should rise on both sides of the best learning rate"
    places = _half_octaves_apart(rates, best)
    left, right = curve[places[: places.index(best) + 1]], curve[places[places.index(best) :]]
    against = np.maximum(np.diff(left), 0).sum() + np.maximum(-np.diff(right), 0).sum()
    if against > max(ROUGHNESS * (curve.max() - curve[best]), 0.5):
        return (
            "the curve of loss against learning rate goes up and down instead of forming a U: are the losses in "
            "the rows they belong to?"
        )
    return None


def _half_octaves_apart(rates: Floats, best: int) -> list[int]:
    """Places about half an octave apart, `best` among them: on a finer grid noise would add up from point to point."""
    x = np.log2(rates)
    places = [best]
    for k in range(best + 1, len(x)):
        if x[k] - x[places[-1]] > 0.45:
            places.append(k)
    for k in range(best - 1, -1, -1):
        if x[places[0]] - x[k] > 0.45:
            places.insert(0, k)
    return places


def _vertex(rates: Floats, curve: Floats, best: int) -> float:
    """The vertex of a parabola in log2 lr through the points within an octave, held inside them."""
    t = np.log2(rates / rates[best])
    near = np.abs(t) < 1.01
    a, b, _ = np.polyfit(t[near], curve[near], 2)
    vertex = -b / (2 * a) if a > 0 else 0.0
    return float(rates[best] * 2.0 ** np.clip(vertex, t[near].min(), t[near].max()))


def _slope(sizes: Sequence[int], optima: Mapping[int, float]) -> float:
    slope, _ = np.polyfit(np.log2(sizes), np.log2([optima[size] for size in sizes]), 1)
    return float(slope)


def best_rates(table: Table, setting: str) -> dict[int, float]:
    """Batch size -> the learning rate of its smallest mean log loss, on the grid; presumes `coverage`."""
    measured = curves(table, setting)
    return {size: float(measured[size][0][measured[size][1].argmin()]) for size in BATCH_SIZES}


def exponent_agrees(fit: Fit, claimed: float) -> str | None:
    """The typed exponent is the slope of the student's own table."""
    if abs(claimed - fit.exponent) <= CLAIM_TOLERANCE[fit.setting]:
        return None
    return (
        f"you typed {claimed:.3g}; your own table has slope {fit.exponent:.2f} over batch sizes 1 to 16 "
        f"(log2 of the best learning rate against log2 of the batch size){_edges(fit)}"
    )


def law_agrees(fit: Fit, claimed: str) -> str | None:
    """The chosen law describes the student's own table."""
    low, high = LAWS[claimed]
    if low <= fit.exponent <= high:
        return None
    return f"your own table has slope {fit.exponent:.2f} over batch sizes 1 to 16; that is not what {claimed!r} means"


def saturation_agrees(fit: Fit, claimed: str) -> str | None:
    """The answer does not contradict the student's own slope over 64..256."""
    if fit.saturation is None:
        return f"batch sizes 64 to 256 have too few optima inside the grid to tell{_edges(fit)}"
    low, high = SATURATES[claimed]
    if low <= fit.saturation <= high:
        return None
    return (
        f"your own table has slope {fit.saturation:.2f} over batch sizes 64 to 256; that is not what {claimed!r} means"
    )


def near_reference(fit: Fit, slope: float) -> str | None:
    """The student's slope lies near the reference's, both measured with the same ruler."""
    if abs(fit.exponent - slope) <= REFERENCE_TOLERANCE[fit.setting]:
        return None
    way = "flatter" if fit.exponent < slope else "steeper"
    return (
        f"your table has slope {fit.exponent:.2f} over batch sizes 1 to 16, clearly {way} than this experiment gives. "
        f"Are there 64 updates at every batch size, and is the loss a mean over the batch?{_edges(fit)}"
    )


def weaker_than(fit: Fit, sgd: Fit) -> str | None:
    """Adam's slope lies well below SGD's on the same model."""
    if fit.exponent < sgd.exponent - WEAKER_BY:
        return None
    return (
        f"in your tables Adam's slope {fit.exponent:.2f} is not clearly below SGD's {sgd.exponent:.2f}: "
        "is each setting trained with its own optimizer?"
    )


def _edges(fit: Fit) -> str:
    if not fit.edges:
        return ""
    sizes = ", ".join(map(str, fit.edges))
    return f"; batch size {sizes} is left out, its optimum lies on the edge of your grid: widen it"
