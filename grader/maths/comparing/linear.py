"""Points that keep straight inequalities, or that there are none, by Fourier and Motzkin's elimination in fractions."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.maths.comparing.evaluator import value_at
from grader.maths.reading.tree import PRODUCTS, Binary, Name, Negative, Node, Percent, names

Line = Mapping[str, Fraction]
"""A sum of multiples of symbols; what stands under the empty name is the constant. Symbols with 0 are left out."""

_MAX_INEQUALITIES = 200
_DIGITS = 40
_REACH = 40


class TooMany(Exception):
    """Elimination would need too many inequalities: nothing is known."""


def line_of(node: Node) -> Line | None:
    """A tree as a sum of multiples of symbols with rational factors; None where it is none."""
    if not names(node):
        value = _constant(node)
        return None if value is None else _plain({"": value})
    match node:
        case Name(name):
            return {name: Fraction(1)}
        case Negative(operand):
            return scaled(line_of(operand), Fraction(-1))
        case Percent(operand):
            return scaled(line_of(operand), Fraction(1, 100))
        case Binary("+" | "-" as sign, left, right):
            return added(line_of(left), scaled(line_of(right), Fraction(1 if sign == "+" else -1)))
        case Binary("/", left, right) if not names(right):
            value = _constant(right)
            return scaled(line_of(left), 1 / value) if value else None
        case Binary(operator, left, right) if operator in PRODUCTS:
            factor, other = (left, right) if not names(left) else (right, left)
            value = None if names(factor) else _constant(factor)
            return None if value is None else scaled(line_of(other), value)
    return None


def _constant(node: Node) -> Fraction | None:
    value = value_at(node, {}, _DIGITS)
    return value if isinstance(value, Fraction) else None


def scaled(line: Line | None, factor: Fraction) -> Line | None:
    """A line times a number."""
    return None if line is None else _plain({name: value * factor for name, value in line.items()})


def added(one: Line | None, other: Line | None) -> Line | None:
    """The sum of two lines."""
    if one is None or other is None:
        return None
    return _plain({name: one.get(name, Fraction(0)) + other.get(name, Fraction(0)) for name in {*one, *other}})


def _plain(line: Line) -> Line:
    return {name: value for name, value in line.items() if value}


def inner_point(positive: Sequence[Line], zero: Sequence[Line], draw: random.Random) -> dict[str, Fraction] | None:
    """Some point at which the ones are above 0 and the others are 0; None where there is none.

    A symbol that nothing binds is left out.

    Raises:
        TooMany: it cannot be said cheaply.
    """
    solved: list[tuple[str, Line]] = []
    left = list(zero)
    while left:
        first, *left = left
        name = next((name for name in sorted(first) if name), None)
        if name is None:
            if first:
                return None
            continue
        value: Line = {other: -factor / first[name] for other, factor in _without(first, name).items()}
        solved.append((name, value))
        left = [_substituted(line, name, value) for line in left]
        positive = [_substituted(line, name, value) for line in positive]
    point = _open_point(positive, draw)
    if point is None:
        return None
    for name, value in reversed(solved):
        for other in value:
            if other:
                point.setdefault(other, Fraction(1))
        point[name] = _at(value, point)
    return point


def _substituted(line: Line, name: str, value: Line) -> Line:
    if name not in line:
        return line
    total = added(_without(line, name), scaled(value, line[name]))
    assert total is not None
    return total


def _at(line: Line, point: Mapping[str, Fraction]) -> Fraction:
    return sum((factor * (point[name] if name else 1) for name, factor in line.items()), Fraction(0))


def _open_point(positive: Sequence[Line], draw: random.Random) -> dict[str, Fraction] | None:
    stages: list[tuple[str, list[Line]]] = []
    current = _distinct(positive)
    while name := _rarest(current):
        bound = [line for line in current if name in line]
        lower, upper = ([line for line in bound if (line[name] > 0) == above] for above in (True, False))
        others = [line for line in current if name not in line]
        stages.append((name, bound))
        crossed = (added(scaled(a, -b[name]), scaled(b, a[name])) for a in lower for b in upper)
        current = _distinct([*others, *(line for line in crossed if line is not None)])
        if len(current) > _MAX_INEQUALITIES:
            raise TooMany
    if any(line.get("", Fraction(0)) <= 0 for line in current):
        return None
    bounded = {name for name, _ in stages}
    free = sorted({name for line in positive for name in line if name} - bounded)
    point = {name: Fraction(draw.randint(-_REACH, _REACH)) for name in free}
    for name, bound in reversed(stages):
        limits = [(line[name] > 0, -_at(_without(line, name), point) / line[name]) for line in bound]
        point[name] = _between([at for above, at in limits if above], [at for above, at in limits if not above], draw)
    return point


def _without(line: Line, name: str) -> Line:
    return {other: factor for other, factor in line.items() if other != name}


def _rarest(lines: Sequence[Line]) -> str:
    """The symbol whose elimination adds least; empty where none is left."""
    cost: dict[str, list[int]] = {}
    for line in lines:
        for name, value in line.items():
            if name:
                cost.setdefault(name, [0, 0])[value > 0] += 1
    return min(cost, key=lambda name: (cost[name][0] * cost[name][1], name), default="")


def _distinct(lines: Sequence[Line]) -> list[Line]:
    """Lines that are no multiples of each other."""
    found: dict[tuple[tuple[str, Fraction], ...], Line] = {}
    for line in lines:
        size = max(map(abs, line.values()), default=Fraction(1))
        found.setdefault(tuple(sorted((name, value / size) for name, value in line.items())), line)
    return list(found.values())


def _between(lower: Sequence[Fraction], upper: Sequence[Fraction], draw: random.Random) -> Fraction:
    """A value above the ones and below the others, whole where there is one."""
    low, high = max(lower, default=None), min(upper, default=None)
    if low is None and high is None:
        return Fraction(draw.randint(-_REACH, _REACH))
    if high is None:
        return Fraction(math.floor(low) + draw.randint(1, _REACH))  # type: ignore[arg-type]
    if low is None:
        return Fraction(math.ceil(high) - draw.randint(1, _REACH))
    first, last = math.floor(low) + 1, math.ceil(high) - 1
    if first <= last:
        return Fraction(draw.randint(first, last))
    return low + (high - low) * Fraction(draw.randint(1, 99), 100)
