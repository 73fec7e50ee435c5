"""The last link of a chain of relations, and points where an equation holds exactly."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from grader.maths.comparing.borders import allowed
from grader.maths.comparing.evaluator import Point, value_at
from grader.maths.comparing.sampling import Domain, points
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Node, Relation, names

_POINTS = 10
_COARSE = 30


def link_of(chain: Relation) -> Relation:
    """The last link of a chain."""
    return Relation(chain.members[-2:], chain.operators[-1:])


def difference_of(link: Relation) -> Node:
    """What vanishes where an equation holds."""
    return Binary("-", *link.sides)


def solution_points(link: Relation, symbols: Symbols, seed: int) -> Iterator[Point]:
    """Random points where an equation holds exactly."""
    domain = Domain(symbols, names(link))
    for point in points(symbols, names(link), seed, _POINTS):
        yield from islice(_exact_solutions(link, point, domain), 1)


def _exact_solutions(link: Relation, point: Point, domain: Domain) -> Iterator[Point]:
    """Solutions along every symbol in which the equation is a straight line."""
    for name in sorted(names(link)):
        root = affine_root(link, name, point)
        if root is not None and allowed(domain.known[name], root) and domain.holds({**point, name: root}):
            yield {**point, name: root}


def affine_root(link: Relation, name: str, point: Point) -> Fraction | None:
    """The exact root in one symbol where the difference is a straight line in it, and rational."""
    difference = difference_of(link)
    at = [value_at(difference, {**point, name: Fraction(x)}, _COARSE) for x in (1, 2, 3)]
    if not all(isinstance(value, Fraction) for value in at):
        return None
    slope = at[1] - at[0]
    if slope == 0 or at[2] - at[1] != slope:
        return None
    root = 1 - at[0] / slope
    return root if value_at(difference, {**point, name: root}, _COARSE) == 0 else None
