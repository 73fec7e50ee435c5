"""Item statistics of a class's scores.

Owns the statistics of the class page and the limits beyond which one is flagged, as pure functions of numbers.
Definitions follow classical test theory, as in Moodle's quiz statistics: facility, corrected item-rest correlation,
Cronbach's α.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 30
"""With fewer submissions no statistic is flagged: chance would dominate."""
HARD, EASY = 0.30, 0.90
SEPARATES = 0.15
BINS = 10


@dataclass(frozen=True)
class ItemStatistics:
    """Statistics of one part.

    `facility` is the mean share of its points that was earned, `discrimination` the correlation of that share with the
    points in the rest of the homework.
    """

    n: int
    mean: float
    facility: float | None
    discrimination: float | None

    @property
    def flags(self) -> tuple[str, ...]:
        """Conspicuous statistics in words, for the teacher to look at."""
        if self.n < ENOUGH:
            return ("n too small",)
        flags = []
        if self.facility is not None and self.facility < HARD:
            flags.append("hard")
        if self.facility is not None and self.facility > EASY:
            flags.append("easy")
        if self.discrimination is not None and self.discrimination < 0:
            flags.append("negative: suspect key")
        elif self.discrimination is not None and self.discrimination < SEPARATES:
            flags.append("hardly separates")
        return tuple(flags)


def item(scores: Sequence[float], totals: Sequence[float], most: Sequence[float]) -> ItemStatistics:
    """Statistics of one part.

    Args:
        scores: points of the part, one per submission.
        totals: points of the whole submission, in the same order.
        most: points of the part that are decided, in the same order; submissions without any are left out.
    """
    kept = [(score, total, top) for score, total, top in zip(scores, totals, most, strict=True) if top > 0]
    if not kept:
        return ItemStatistics(0, 0.0, None, None)
    shares = [score / top for score, _, top in kept]
    rest = [total - score for score, total, _ in kept]
    mean = statistics.fmean(score for score, _, _ in kept)
    return ItemStatistics(len(kept), mean, statistics.fmean(shares), correlation(shares, rest))


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r; None where either side does not vary or there are fewer than three pairs."""
    if len(xs) < 3 or _flat(xs) or _flat(ys):
        return None
    return statistics.correlation(xs, ys)


def reliability(items: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's α of items with one score per submission each; None where it is not defined."""
    if len(items) < 2 or len(items[0]) < 3:
        return None
    totals = [math.fsum(scores) for scores in zip(*items, strict=True)]
    if _flat(totals):
        return None
    inside = math.fsum(statistics.variance(scores) for scores in items)
    return len(items) / (len(items) - 1) * (1 - inside / statistics.variance(totals))


def histogram(shares: Sequence[float]) -> list[int]:
    """The number of shares in each of equally wide bins from 0 to 1; 1 belongs to the last."""
    counts = [0] * BINS
    for share in shares:
        counts[min(BINS - 1, max(0, int(share * BINS)))] += 1
    return counts


def _flat(values: Sequence[float]) -> bool:
    return max(values) - min(values) < 1e-12
