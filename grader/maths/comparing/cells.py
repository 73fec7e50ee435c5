"""Every cell into which straight bends cut the domain: `min max abs sign` of sums of multiples of symbols.

Such trees are taken apart: one argument of each `min` or `max`, one side of each `abs` and `sign` after the other,
innermost first. What holds there is a system of straight inequalities. Where it can be kept, points in it are drawn;
where it cannot, there is no such cell. So all cells are visited, however small, far out or many symbols deep they
are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, cycle

from grader.maths.comparing.evaluator import Point
from grader.maths.comparing.linear import Line, TooMany, added, inner_point, line_of, scaled
from grader.maths.comparing.sampling import Domain, straight_gaps
from grader.maths.reading.tree import (
    BINDERS,
    ONE,
    ZERO,
    Binary,
    Call,
    Negative,
    Node,
    calls,
    has_call,
    replaced,
)

_STRAIGHT = frozenset({"min", "max", "abs", "sign"})
_JUMPING = frozenset({"floor", "ceil", "round"})
_MAX_CELLS = 160
_PER_CELL, _TRIES = 3, 12
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class _Case:
    """Trees in which some bends were decided, and what holds where they are so."""

    trees: tuple[Node, ...]
    positive: tuple[Line, ...]
    zero: tuple[Line, ...] = ()


class _NotStraight(Exception):
    """A border is no straight line."""


class Cells:
    """The cells of some trees. `points` draws from each; afterwards `visited` counts them.

    `complete` says whether every cell was found and visited.

    Args:
        trees: where the bends stand.
        domain: where points may lie.
        starts: points, in turn, that say where symbols lie that no bend holds.
        seed: what the points follow from.
    """

    def __init__(self, trees: Sequence[Node], domain: Domain, starts: Sequence[Point], seed: int) -> None:
        self.trees = tuple(trees)
        self.domain = domain
        self.starts = starts
        self.draw = random.Random(seed)  # noqa: S311 — reproducible on purpose; the secret is in the seed
        self.complete = not has_call(_JUMPING | BINDERS, *trees)
        self.jumps = has_call({"sign"}, *trees)
        """Whether a border has to be visited itself, which says nothing where trees only bend."""
        self.visited = 0
        self.given = 0

    def points(self) -> Iterator[Point]:
        """Points inside every cell."""
        if not self.complete:
            return
        try:
            declared = tuple(self._domain_lines())
            self.given = len(declared)
            for case in self._split(_Case(self.trees, declared)):
                if self.visited >= _MAX_CELLS:
                    raise TooMany
                self.visited += 1
                yield from self._inside(case)
        except (_NotStraight, TooMany):
            self.complete = False

    def _domain_lines(self) -> Iterator[Line]:
        """What the declarations say, as far as it is straight; the rest is tried at each point."""
        for name, symbol in self.domain.known.items():
            if symbol.positive or symbol.nonnegative:
                line = {name: Fraction(1)}
                yield line if symbol.positive or not symbol.integer else self._reached(line)
        for gap, may_vanish in chain(*map(straight_gaps, self.domain.relevant)):
            yield self._reached(gap) if may_vanish else gap

    def _split(self, case: _Case) -> Iterator[_Case]:
        bend = next((call for tree in case.trees for call in _bends(tree)), None)
        if bend is None:
            yield case
            return
        for value, positive, zero in self._sides(bend):
            trees = tuple(replaced(tree, bend, value) for tree in case.trees)
            smaller = _Case(trees, (*case.positive, *positive), (*case.zero, *zero))
            if inner_point(smaller.positive, smaller.zero, self.draw) is not None:
                yield from self._split(smaller)

    def _sides(self, bend: Call) -> Iterator[tuple[Node, list[Line], list[Line]]]:
        """What a bend is worth on each of its sides, and the lines that are above 0 or exactly 0 there."""
        if bend.function in ("min", "max"):
            yield from self._extremes(bend)
            return
        argument = bend.arguments[0]
        line = _straight(argument)
        turned = scaled(line, Fraction(-1)) or {}
        if bend.function == "abs":
            yield argument, [self._reached(line)] if line else [], []
            if line:
                yield Negative(argument), [self._reached(turned)], []
            if line and self.jumps:
                yield ZERO, [], [line]
        else:
            yield ZERO, [], [line]
            if line:
                yield ONE, [line], []
                yield Negative(ONE), [turned], []

    def _extremes(self, bend: Call) -> Iterator[tuple[Node, list[Line], list[Line]]]:
        """Which argument of a `min` or `max` is the least or the largest, or which of them are so together."""
        arguments = list(dict.fromkeys(bend.arguments))
        if self.jumps and 2 ** len(arguments) > _MAX_CELLS:
            raise TooMany
        for count in range(1, len(arguments) + 1 if self.jumps else 2):
            for first, *equal in combinations(arguments, count):
                others = [other for other in arguments if other != first and other not in equal]
                pairs = [(first, other) if bend.function == "max" else (other, first) for other in others]
                lines = [_straight(Binary("-", larger, smaller)) for larger, smaller in pairs]
                ties = [_straight(Binary("-", first, other)) for other in equal]
                yield first, [self._reached(line) for line in lines if line], [line for line in ties if line]

    def _reached(self, line: Line) -> Line:
        """A line that may also be 0: where only whole numbers are met, the border has points of its own."""
        whole = all(
            value.denominator == 1 and (not name or self.domain.known[name].integer) for name, value in line.items()
        )
        return (added(line, {"": _HALF}) or {}) if whole else line

    def _inside(self, case: _Case) -> Iterator[Point]:
        bent = {name for line in (*case.positive[self.given :], *case.zero) for name in line}
        found = 0
        for start, _ in zip(cycle(self.starts), range(_TRIES), strict=False):
            inner = inner_point(case.positive, case.zero, self.draw) or {}
            kept = {name: value for name, value in inner.items() if name in bent}
            place = next((place for place in ({**start, **kept}, {**start, **inner}) if self._allowed(place)), None)
            if place is not None:
                found += 1
                yield place
            if found == _PER_CELL:
                return
        self.complete = self.complete and found > 0

    def _allowed(self, place: Point) -> bool:
        whole = all(place[name].denominator == 1 for name, symbol in self.domain.known.items() if symbol.integer)
        return whole and self.domain.holds(place)


def _bends(tree: Node) -> Iterator[Call]:
    """Bends whose arguments hold none themselves."""
    for call in calls(tree):
        if call.function in _STRAIGHT and not has_call(_STRAIGHT, *call.arguments):
            yield call


def _straight(node: Node) -> Line:
    line = line_of(node)
    if line is None:
        raise _NotStraight
    return line
