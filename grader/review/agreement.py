"""Inter-rater agreement, and drift of a marker over time.

Owns agreement between two blind markings and drift over the order of marking, as pure functions of marks. With too few
marks it says so, because the number would mean nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from grader.gradebook.marking.marks import Given, Mark

ENOUGH = 10
"""With fewer answers no agreement is shown, and with fewer marks no drift: chance would dominate."""


@dataclass(frozen=True)
class Agreement:
    """Agreement on `n` answers: the share `alike` of `decisions` on rubric items, and Cohen's κ if it is defined."""

    n: int
    decisions: int
    alike: float
    kappa: float | None

    @property
    def too_few(self) -> bool:
        """Whether there are too few marks for a number."""
        return self.n < ENOUGH


@dataclass(frozen=True)
class Drift:
    """Mean share of the points that one marker gave, over the first, middle and last third of their marks."""

    n: int
    mean: float
    thirds: tuple[float, float, float]

    @property
    def too_few(self) -> bool:
        """Whether there are too few marks for a number."""
        return self.n < ENOUGH

    @property
    def change(self) -> float:
        """Mean of the last third minus mean of the first third."""
        return self.thirds[2] - self.thirds[0]


def kappa(pairs: Sequence[tuple[object, object]]) -> float | None:
    """Cohen's κ = (p_o - p_e) / (1 - p_e) of two people's decisions; None if p_e is 1 or there are none.

    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(one == other for one, other in pairs) / n
    labels = {label for pair in pairs for label in pair}
    firsts, seconds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    expected = sum(firsts.count(label) * seconds.count(label) for label in labels) / n**2
    return None if expected >= 1 - 1e-12 else (observed - expected) / (1 - expected)


def second_pairs(marks: Sequence[Mark]) -> list[tuple[Mark, Mark]]:
    """(first, second) marks of answers that two people marked blindly.

    The first mark is the one that counted when the second was made; later changes may come from talking about it.

    Args:
        marks: all marks of these answers, in the order in which they were made.
    """
    latest: dict[str, Mark] = {}
    pairs: dict[str, tuple[Mark, Mark]] = {}
    for mark in marks:
        if mark.round == "first":
            latest[mark.key] = mark
        elif mark.key in latest and mark.key not in pairs:
            first = latest[mark.key]
            if first.score is not None and first.marker != mark.marker:
                pairs[mark.key] = (first, mark)
    return list(pairs.values())


def agreement(pairs: Sequence[tuple[Mark, Mark]], items: Mapping[str, Sequence[int]]) -> Agreement:
    """Agreement over some answers: one decision per rubric item, or on the points if there is no rubric.

    Args:
        pairs: (first, second) marks.
        items: references of the rubric items, by check id.
    """
    decisions: list[tuple[object, object]] = []
    for first, second in pairs:
        refs = items.get(first.check_id, ())
        decisions += [(ref in first.items, ref in second.items) for ref in refs] or [(first.score, second.score)]
    alike = fmean(one == other for one, other in decisions) if decisions else 0.0
    return Agreement(len(pairs), len(decisions), alike, kappa(decisions))


def disagreements(pairs: Sequence[tuple[Mark, Mark]]) -> list[tuple[Mark, Mark]]:
    """The (first, second) marks of answers that got different points, the largest differences first."""
    apart = [pair for pair in pairs if pair[0].score != pair[1].score]
    return sorted(apart, key=lambda pair: (-_gap(pair), pair[0].key))


def _gap(pair: tuple[Mark, Mark]) -> float:
    return abs((pair[0].score or 0.0) - (pair[1].score or 0.0))


class Tally:
    """Points in the order of marking, by (check, marker); marks are added as they are made.

    Only marks made one by one count, and only a marker's first mark on each answer, since later ones are corrections.
    """

    def __init__(self) -> None:
        self.last = 0
        self._points: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._seen: set[tuple[str, str]] = set()

    def add(self, given: Iterable[Given]) -> None:
        """Add the marks made since the last call, in the order in which they were made."""
        for one in given:
            self.last = one.id
            if (one.key, one.marker) not in self._seen:
                self._seen.add((one.key, one.marker))
                self._points[one.check_id, one.marker].append(one.score)

    def drifts(self, most: Mapping[str, float]) -> dict[tuple[str, str], Drift]:
        """The drift by (check, marker); `most` are the maximum points by check id."""
        return {
            (check, marker): _drift([points / most[check] for points in found])
            for (check, marker), found in sorted(self._points.items())
            if most.get(check)
        }


def _drift(shares: Sequence[float]) -> Drift:
    n = len(shares)
    cuts = [0, n // 3, n - n // 3, n]
    thirds = [fmean(shares[a:b] or shares) for a, b in pairwise(cuts)]
    return Drift(n, fmean(shares), (thirds[0], thirds[1], thirds[2]))
