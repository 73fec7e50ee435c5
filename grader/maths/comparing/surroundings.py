"""Points on and on either side of every border of some trees, and whether they reach all cells.

A random point lies in the cells that are large and on no border at all, so borders are solved for here: along one
symbol at a time, and from every point found along the next symbol, which reaches the corners where several borders
meet and the small cells beside them. A border that was never crossed so is walked up to, one symbol after the other.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from grader.maths.comparing.borders import Break, allowed, margin_at
from grader.maths.comparing.crossings import Crossing, Search, simplest_between
from grader.maths.comparing.evaluator import Point
from grader.maths.reading.tree import names


class Effort(NamedTuple):
    """How much may be spent around one starting point: points, and borders that are searched for along a symbol.

    A search costs some sixty evaluations.
    """

    points: int
    searches: int


FULL, BRIEF = Effort(240, 120), Effort(60, 16)
"""All corners of six borders in two symbols; the borders themselves."""
MAX_DEPTH = 3
"""Symbols that are moved one after the other, and so borders whose common corners are reached."""
_ROUNDS = 2
_SMALL, _SAME_PLACE = Fraction(1, 10**12), Fraction(1, 10**52)

Cell = tuple[int | None, ...]


class Place(NamedTuple):
    """A point, and the symbol by which it lies on a border, where ninety digits cannot say so exactly."""

    point: Point
    nearly: str | None = None


class Surroundings:
    """Points around the borders of some trees.

    Args:
        borders: where the trees jump or bend.
        search: looks for a border along one symbol.
    """

    def __init__(self, borders: Sequence[Break], search: Search) -> None:
        self.search = search
        self.borders = borders
        self.names = sorted({name for border in borders for name in names(border.margin)})
        self.deepest = 0
        """How many borders meet in the corners that were all reached from some starting point."""

    def points(self, start: Point, effort: Effort = FULL) -> Iterator[Place]:
        """Points on every border and between neighbours, along each symbol, then along a second and a third one."""
        self.search.restart(effort.searches)
        seen: set[tuple[Fraction, ...]] = set()
        level: list[tuple[Place, frozenset[str]]] = [(Place(start), frozenset())]
        for depth in range(1, min(MAX_DEPTH, len(self.names), len(self.borders)) + 1):
            following: list[tuple[Place, frozenset[str]]] = []
            for (point, nearly), moved in level:
                for name in (name for name in self.names if name not in moved):
                    for crossing in self._along(name, point, self.borders):
                        place = Place({**point, name: crossing.value}, name if crossing.rough else nearly)
                        key = tuple(place.point[other] for other in self.names)
                        if key in seen:
                            continue
                        if len(seen) >= effort.points:
                            return
                        seen.add(key)
                        yield place
                        following.append((place, moved | {name}))
            level = following
            if self.search.exhausted:
                return
            self.deepest = max(self.deepest, depth)

    def walks(self, start: Point, cells: Collection[Cell]) -> Iterator[Place]:
        """Points on the way to each border of which only one side was met so far, one symbol after the other."""
        self.search.restart(FULL.searches)
        for number, border in enumerate(self.borders):
            if border.offset is None and len({cell[number] for cell in cells} - {0, None}) < 2:
                yield from self._walk(start, border)

    def _walk(self, start: Point, border: Break) -> Iterator[Place]:
        here = start
        for name in sorted(names(border.margin)) * _ROUNDS:
            sizes: list[tuple[float, Point]] = []
            for crossing in self._along(name, here, [border]):
                place = {**here, name: crossing.value}
                yield Place(place, name if crossing.rough else None)
                margin = margin_at(border, place)
                if margin is not None:
                    sizes.append((abs(margin), place))
            if sizes:
                here = min(sizes, key=lambda found: found[0])[1]

    def reach_all(self, cells: Collection[Cell], whole: Collection[str]) -> bool:
        """Whether so few borders meet that all of their corners were reached.

        Borders that share no symbol, by way of others neither, have no common corners but the obvious ones; borders
        that were crossed together wherever a point lies are one. Jumps that recur are tried at all small residues of
        their own.

        Args:
            cells: every cell that was visited.
            whole: symbols that are whole numbers.
        """
        groups: list[tuple[frozenset[str], list[int]]] = []
        for number, border in enumerate(self.borders):
            common, numbers = names(border.margin), [number]
            if border.offset is not None and common <= set(whole):
                continue
            for other, others in [group for group in groups if group[0] & common]:
                groups.remove((other, others))
                common, numbers = common | other, others + numbers
            groups.append((common, numbers))
        needed = (min(len(common), self._apart(numbers, cells)) for common, numbers in groups)
        return all(count <= self.deepest for count in needed) and self.deepest > 0

    def _apart(self, numbers: Sequence[int], cells: Collection[Cell]) -> int:
        """How many of some borders are not crossed together with another one."""
        kept: list[int] = []
        for number in numbers:
            if self.borders[number].offset is not None or not any(_together(number, one, cells) for one in kept):
                kept.append(number)
        return len(kept)

    def _along(self, name: str, point: Point, borders: Sequence[Break]) -> list[Crossing]:
        """Values of one symbol: on each border along it, between each two, and beyond the outermost."""
        symbol = self.search.known[name]
        met = _distinct(cross for border in borders for cross in self.search.crossings(border, name, point))
        found = sorted(crossing.value for crossing in met)
        if not found:
            return []
        if symbol.integer:
            near = {
                Fraction(whole + step)
                for value in found
                for whole in (math.floor(value), math.ceil(value))
                for step in (-1, 0, 1)
            }
            return [Crossing(value) for value in sorted(near) if allowed(symbol, value)]
        first, last = (found[0], found[-1])
        positive = symbol.positive or symbol.nonnegative
        lowest = Fraction(0) if positive else first - 2 * max(abs(first), Fraction(1))
        ends = [lowest, *found, last + 2 * max(abs(last), Fraction(1))]
        values = [*met, *(Crossing(_plain_middle(low, high)) for low, high in pairwise(ends))]
        return [crossing for crossing in values if allowed(symbol, crossing.value)]


def _plain_middle(low: Fraction, high: Fraction) -> Fraction:
    """A simple number about half way: half of what is nearly a border may be another one."""
    step = (high - low) / 5
    return simplest_between(low + 2 * step, high - 2 * step)


def _distinct(crossings: Iterable[Crossing]) -> list[Crossing]:
    """Crossings that lie apart: one that is only nearly met is the same as another at the same digits."""
    kept: dict[Fraction, Crossing] = {}
    for crossing in sorted(crossings, key=attrgetter("rough")):
        near = max(abs(crossing.value), _SMALL) * _SAME_PLACE
        if not crossing.rough or all(abs(crossing.value - other) > near for other in kept):
            kept.setdefault(crossing.value, crossing)
    return list(kept.values())


def _together(one: int, other: int, cells: Collection[Cell]) -> bool:
    """Whether no point was seen to lie on different sides of two borders, one of them turned around if need be."""
    sides = {(cell[one] or 0) * (cell[other] or 0) for cell in cells} - {0}
    return len(sides) == 1
