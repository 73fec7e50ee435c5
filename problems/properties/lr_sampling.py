"""Whether rows were drawn at random: evenly, each by itself, and anew for every update.

Owns what honest sampling looks like, with replacement or without, in an endless stream or in passes over all rows.
Rows that are not drawn independently are drawn more evenly, so every bound is one-sided.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

SIGMAS = 7.0
"""At four draws a row, honest sampling came beyond six 12 times in a million, and beyond seven not once."""
ADJACENT_SHARE = 0.75
DIFFERENT_SHARE = 0.5
"""Of batches that are drawn anew, hardly two are the same."""


def not_random(runs: Sequence[Rows], n_rows: int) -> str | None:
    """What is wrong with the row numbers (steps, batch) of several runs; None if nothing is."""
    used = np.array([np.bincount(run.ravel(), minlength=n_rows) for run in runs])
    counts, draws, steps = used.sum(axis=0), used.sum(), sum(len(run) for run in runs)
    unused = (used == 0).sum(axis=1).max()
    chi_square = ((counts - draws / n_rows) ** 2).sum() * n_rows / draws
    sigmas = (chi_square - (n_rows - 1)) / math.sqrt(2 * (n_rows - 1))
    if unused or not sigmas <= SIGMAS or from_one_end(np.concatenate(runs), n_rows):
        return (
            f"over {len(runs[0])} updates {unused} of {n_rows} rows were never used; over all runs one was used "
            f"{counts.max()} times, another {counts.min()} times: draw new random rows for every update, all of X alike"
        )
    ordered = np.sort(np.concatenate(runs), axis=1)
    gaps = np.diff(ordered, axis=1)
    if gaps.size and (gaps == 1).mean() > ADJACENT_SHARE:
        return "batches are runs of neighbouring rows: draw rows at random, or shuffle them before each pass"
    pairs = sum(_pairs(np.bincount(batch)) for batch in ordered)
    by_chance = steps * _pairs(np.array([ordered.shape[1]])) / n_rows
    if pairs - by_chance > SIGMAS * math.sqrt(by_chance) + 1:
        return (
            f"rows stand twice in one batch {pairs} times, where chance makes it {by_chance:.0f}: draw every row of a "
            "batch by itself"
        )
    if len(np.unique(ordered, axis=0)) < DIFFERENT_SHARE * steps:
        return f"of {steps} batches only {len(np.unique(ordered, axis=0))} differ: draw new rows for every update"
    return None


def from_one_end(rows: Rows, n_rows: int) -> bool:
    """Whether rows stand nearer to one end of all of them than chance puts them."""
    spread = math.sqrt((n_rows**2 - 1) / 12)
    return not abs(rows.mean() - (n_rows - 1) / 2) * math.sqrt(rows.size) <= SIGMAS * spread


def _pairs(counts: Rows) -> int:
    return int((counts * (counts - 1) // 2).sum())
