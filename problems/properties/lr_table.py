"""A student's saved table `lr_scaling.csv` as evidence: read, fitted, rerun, held against what is claimed.

Owns every judgement of the table; its form belongs to `lr_csv`. Knows no answer: the reference's slope is handed
in. To be called in this order, stopping at the first sentence (a `str`), which tells the student what to do:

    table = read_table(data)                                  Table | str
    coverage(table, setting)                                  None | str
    fit = own_fit(table, setting)                             Fit | str   (also tells which optima lie on an edge)
    cells = secret_cells(table, setting, secret, 4)           to be rerun inside: `lr_spies:rerun_cells`,
                                                              args (setting, cells, 64), on the student's train_one
    reruns_agree(table, setting, cells, losses)               None | str
    exponent_agrees(fit, claimed)                             None | str   (the typed `exponent`)
    law_agrees(fit, claimed)                                  None | str   (the chosen `law`)
    saturation_agrees(fit, claimed)                           None | str   (`yes` or `no`)
    near_reference(fit, setting, slope)                       None | str   (slope of the reference's own sweep)
    weaker_than(fit, sgd_fit)                                 None | str   (Adam against SGD, both the student's)

A setting's checks are independent of the others', so that one broken setting costs one part.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from lr_csv import Table, read_table
from numpy.typing import NDArray

Floats = NDArray[np.float64]

__all__ = [
    "best_rates",
    "coverage",
    "exponent_agrees",
    "law_agrees",
    "near_reference",
    "own_fit",
    "read_table",
    "reruns_agree",
    "saturation_agrees",
    "secret_cells",
    "weaker_than",
]

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
PRE_CRITICAL = (1, 2, 4, 8, 16)
SATURATED = (64, 128, 256)

MIN_SEEDS = 4
MIN_OPTIMA = 4
FINEST_RATIO = math.sqrt(2) * 1.01
DIVERGED = 100.0
STABLE = 2.0
"""Runs that end below this do not amplify rounding, so they can be reproduced on another machine."""
RERUN_TOLERANCE = 0.01
CLAIM_TOLERANCE = 0.15
"""Between a typed exponent and our fit of the same table: other estimators of the minimum differ by this."""
REFERENCE_TOLERANCE = {"linear_sgd": 0.15, "mlp_sgd": 0.20, "mlp_adam": 0.20, "linear_adam": 0.15}
LAWS = {
    "linear": (0.75, 1.25),
    "sublinear": (0.2, 0.9),
    "square_root": (0.35, 0.65),
    "flat": (-0.35, 0.35),
    "decreasing": (-math.inf, -0.2),
}
SATURATION = 0.4
WEAKER_BY = 0.3


class Fit(NamedTuple):
    """What one setting of a student's table says.

    `optima` maps a batch size to the best learning rate; `edges` lists the batch sizes whose smallest loss lies on
    the edge of the grid. `saturation` is None where fewer than two of 64, 128, 256 have an optimum.
    """

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
        here = {(lr, seed) for at, lr, seed in cells if at == size}
        rates, seeds = {lr for lr, _ in here}, {seed for _, seed in here}
        if not here:
            return f"{setting}: no runs with batch size {size}; the sweep covers {', '.join(map(str, BATCH_SIZES))}"
        if len(seeds) < MIN_SEEDS:
            return f"{setting}, batch size {size}: {len(seeds)} seeds; at least {MIN_SEEDS} are needed to average over"
        absent = sorted((lr, seed) for lr in rates for seed in seeds if (lr, seed) not in here)
        if absent:
            lr, seed = absent[0]
            return (
                f"{setting}, batch size {size}: {len(absent)} runs are missing, the first with lr {lr:g} and seed "
                f"{seed}; keep diverged runs too, as nan or inf"
            )
        if len(rates) < 5:
            return f"{setting}, batch size {size}: {len(rates)} learning rates; a U-curve needs more"
    return None


def own_fit(table: Table, setting: str) -> Fit | str:
    """Optima and exponents of the student's own runs; presumes `coverage`."""
    optima: dict[int, float] = {}
    edges = []
    for size in BATCH_SIZES:
        rates, curve = _curve(table, setting, size)
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
    return Fit(optima, tuple(edges), _slope(usable, optima), saturation)


def _curve(table: Table, setting: str, size: int) -> tuple[Floats, Floats]:
    """Learning rates, increasing, and the mean over seeds of log loss; a diverged run counts as 100."""
    by_rate: dict[float, list[float]] = {}
    for (at, lr, _), loss in table.losses[setting].items():
        if at == size:
            held = DIVERGED if math.isnan(loss) else min(max(loss, 1e-30), DIVERGED)
            by_rate.setdefault(lr, []).append(math.log(held))
    rates = sorted(by_rate)
    return np.array(rates), np.array([np.mean(by_rate[lr]) for lr in rates])


def _no_u_curve(rates: Floats, curve: Floats, best: int) -> str | None:
    near = (rates > rates[best] / 2.03) & (rates < rates[best] * 2.03)
    steps = [later / earlier for earlier, later in pairwise(rates[max(best - 2, 0) : best + 3])]
    if near.sum() < 3 or max(steps) > FINEST_RATIO:
        return f"around lr {rates[best]:g} the grid has steps of a factor {max(steps):.2f}; at most √2 is asked for"
    rise = max(curve[0], curve[-1]) - curve[best]
    against = np.maximum(np.diff(curve[: best + 1]), 0).sum() + np.maximum(-np.diff(curve[best:]), 0).sum()
    if rise < math.log(1.05):
        return "the curve of loss against learning rate is no U: it should rise on both sides of the best learning rate"
    if against > max(0.5 * (curve.max() - curve[best]), 0.5):
        return (
            "the curve of loss against learning rate goes up and down instead of forming a U: are the losses in "
            "the rows they belong to?"
        )
    return None


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
    curves = {size: _curve(table, setting, size) for size in BATCH_SIZES}
    return {size: float(rates[curve.argmin()]) for size, (rates, curve) in curves.items()}


def secret_cells(table: Table, setting: str, secret: bytes, count: int) -> list[list[float]]:
    """Cells to rerun, as [batch size, lr, seed]: mostly around the optima, where the fit comes from.

    Decided by the secret and the submission's own grid; the same table always gives the same cells.
    """
    stable = [cell for cell, loss in table.losses[setting].items() if loss < STABLE and cell[0] in BATCH_SIZES]
    ranked = sorted(stable, key=lambda cell: hashlib.sha256(secret + repr((setting, *cell)).encode()).digest())
    best = best_rates(table, setting)
    near = [cell for cell in ranked if abs(math.log2(cell[1] / best[cell[0]])) < 1.01]
    one_per_size = list({size: (size, lr, seed) for size, lr, seed in reversed(near)}.values())
    one_per_size.sort(key=ranked.index)
    chosen = one_per_size[: count - count // 4]
    chosen += [cell for cell in ranked if cell not in chosen][: count - len(chosen)]
    return [list(cell) for cell in chosen]


def reruns_agree(table: Table, setting: str, cells: Sequence[Sequence[float]], value: Any) -> str | None:
    """The student's own train_one gives the losses that the table states, to one percent."""
    for (size, lr, seed), rerun in zip(cells, value, strict=True):
        again = float(rerun.item() if hasattr(rerun, "item") else rerun)
        saved = table.losses[setting][int(size), lr, int(seed)]
        if not math.isclose(again, saved, rel_tol=RERUN_TOLERANCE):
            return (
                f"{setting}, batch size {size:g}, lr {lr:g}, seed {seed:g}: the table says {saved:.6g}, "
                f"your `train_one` gives {again:.6g} with 64 updates. Save the table that this code made, on the data "
                "of `lr_protocol` and on the CPU, whose random numbers differ from a GPU's"
            )
    return None


def exponent_agrees(fit: Fit, claimed: float) -> str | None:
    """The typed exponent is the slope of the student's own table."""
    if abs(claimed - fit.exponent) <= CLAIM_TOLERANCE:
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
    """`yes` where the student's own slope over 64..256 is at most 0.4."""
    if fit.saturation is None:
        return f"batch sizes 64 to 256 have too few optima inside the grid to tell{_edges(fit)}"
    saturates = "yes" if fit.saturation <= SATURATION else "no"
    if claimed == saturates:
        return None
    return f"between batch sizes 64 and 256 your own table has slope {fit.saturation:.2f}, which says {saturates!r}"


def near_reference(fit: Fit, setting: str, slope: float) -> str | None:
    """The student's slope lies near the reference's, both measured with the same ruler."""
    tolerance = REFERENCE_TOLERANCE[setting]
    if abs(fit.exponent - slope) <= tolerance:
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
