"""Where formulas jump or bend, and points on and on either side of each such place.

`floor ceil round sign abs min max` cut the domain into cells; within a cell a formula is smooth, so a few random
points speak for the whole cell. A random point lies in the cells that are large and on no border at all, so borders
are solved for here: along one symbol at a time, and from every point found along the next symbol, which reaches the
corners where several borders meet and the small cells beside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise
from operator import itemgetter

from grader.maths.comparing.calculus import derivative
from grader.maths.comparing.evaluator import FLOAT_DIGITS, Evaluator, NoValue, Point, Value
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Symbol
from grader.maths.reading.tree import Binary, Call, Negative, Node, Number, names, rebuild, walk

MAX_POINTS = 120
"""Points that one starting point may lead to: enough for every corner of four borders in two symbols."""
Place = tuple[Point, str | None]
"""A point, and the symbol by which it lies on a border, where sixty digits cannot say so exactly."""
MAX_SCANS = 60
"""Borders that have to be searched along a symbol, for one starting point: each costs some sixty evaluations."""
_MAX_PIECES = 8
_HALVINGS = 60
_POLISHINGS = 8
_BITS = 220
_EXACT = 30
_FINE = 60
_TOUCHING, _NOISE = 1e-6, 1e-9
_SMALL, _SAME_PLACE = Fraction(1, 10**12), Fraction(1, 10**40)
_FLOAT_NOISE = Fraction(1, 10**14)
_STEPS = (Fraction(1), Fraction(17, 10), Fraction(3), Fraction(52, 10))
_POWERS = range(-3, 5)
_WHOLE = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 24, 31, 40, 64, 100, 170, 300, 1_000, 3_000, 10_000)
_JUMPING = {"floor": Fraction(0), "ceil": Fraction(0), "round": Fraction(1, 2)}


@dataclass(frozen=True, slots=True)
class Break:
    """A border: wherever `margin` is 0, or, with an `offset`, wherever `margin - offset` is whole."""

    margin: Node
    offset: Fraction | None = None


def breaks_of(*nodes: Node) -> list[Break]:
    """Every border of some trees, each once; those that no symbol can move are none.

    Where a border itself bends, as that of `max(0, min(x, y) - 5)`, each of its straight pieces is one as well.
    """
    found: dict[Break, None] = {}
    for part in (part for tree in nodes for part in walk(tree) if isinstance(part, Call)):
        for border in _own(part):
            found |= {replace(border, margin=piece): None for piece in islice(_pieces(border.margin), _MAX_PIECES)}
    return [border for border in found if names(border.margin)]


def _pieces(margin: Node) -> Iterator[Node]:
    """A margin, and what is left of it where one side of each bend in it is taken."""
    yield margin
    for part in walk(margin):
        if isinstance(part, Call) and part.function in ("abs", "min", "max"):
            sides = part.arguments if part.function != "abs" else (part.arguments[0], Negative(part.arguments[0]))
            for side in sides:
                yield from _pieces(_replaced(margin, part, side))
            return


def _own(call: Call) -> Iterator[Break]:
    if call.function in _JUMPING:
        yield Break(call.arguments[0], _JUMPING[call.function])
    elif call.function in ("abs", "sign"):
        yield Break(call.arguments[0])
    elif call.function in ("min", "max"):
        for place, one in enumerate(call.arguments):
            for other in call.arguments[place + 1 :]:
                yield Break(Binary("-", one, other))


def _replaced(tree: Node, part: Node, other: Node) -> Node:
    return rebuild(tree, lambda node: other if node == part else node)


def cell_of(borders: Sequence[Break], point: Point) -> tuple[int | None, ...]:
    """Which cell a point lies in: on which side of each border."""
    evaluator = Evaluator(point, FLOAT_DIGITS)
    cell: list[int | None] = []
    for border in borders:
        try:
            value = evaluator.real(evaluator.value(border.margin))
            if border.offset is None:
                cell.append((value > 0) - (value < 0))
            else:
                doubled = 2 * (value - border.offset if isinstance(value, Fraction) else value - float(border.offset))
                cell.append(math.floor(doubled) // 2 * 2 + (doubled != 2 * math.floor(doubled / 2)))
        except (NoValue, OverflowError, ValueError):
            cell.append(None)
    return tuple(cell)


class Surroundings:
    """Points around the borders of some trees.

    Args:
        borders: where the trees jump or bend.
        known: the declared symbols by name, for their domains.
        constants: numbers that occur in the trees, so that a search passes close to them.
        most: how many points one starting point may lead to.
        scans: how many borders may be searched along a symbol, for one starting point.
    """

    def __init__(
        self,
        borders: Sequence[Break],
        known: dict[str, Symbol],
        constants: Iterable[Fraction],
        most: int = MAX_POINTS,
        scans: int = MAX_SCANS,
    ) -> None:
        self.most = most
        self.most_scans = scans
        self.borders = borders
        self.known = known
        self.constants = sorted({abs(constant) for constant in constants if constant})[:24]
        self.names = sorted({name for border in borders for name in names(border.margin)})
        self.scans = 0

    def points(self, start: Point) -> Iterator[Place]:
        """Points on every border and between neighbours, along each symbol, then along a second and a third one."""
        self.scans = 0
        seen: set[tuple[Fraction, ...]] = set()
        level: list[tuple[Point, str | None, frozenset[str]]] = [(start, None, frozenset())]
        for _ in range(min(3, len(self.names))):
            following: list[tuple[Point, str | None, frozenset[str]]] = []
            for point, nearly, moved in level:
                for name in (name for name in self.names if name not in moved):
                    for value, rough in self.along(name, point).items():
                        place = {**point, name: value}
                        key = tuple(place[other] for other in self.names)
                        if key in seen:
                            continue
                        seen.add(key)
                        by = name if rough else nearly
                        yield place, by
                        if len(seen) >= self.most:
                            return
                        following.append((place, by, moved | {name}))
            level = following

    def along(self, name: str, point: Point) -> dict[Fraction, bool]:
        """Values of one symbol: on each border along it, between each two, and beyond the outermost.

        Each tells whether it is a border's value only as nearly as sixty digits can say.
        """
        symbol = self.known[name]
        met = _distinct(cross for border in self.borders for cross in self._crossings(border, name, point))
        found = sorted(met)
        if not found:
            return {}
        if symbol.integer:
            near = {
                Fraction(whole + step)
                for value in found
                for whole in (math.floor(value), math.ceil(value))
                for step in (-1, 0, 1)
            }
            return {value: False for value in sorted(near) if allowed(symbol, value)}
        between = [(low + high) / 2 for low, high in pairwise(found)]
        positive = symbol.positive or symbol.nonnegative
        below = found[0] / 2 if positive else found[0] - max(abs(found[0]), Fraction(1))
        above = found[-1] + max(abs(found[-1]), Fraction(1))
        values = {**met, **{value: False for value in (*between, below, above)}}
        return {value: rough for value, rough in values.items() if allowed(symbol, value)}

    def _crossings(self, border: Break, name: str, point: Point) -> Iterator[tuple[Fraction, bool]]:
        """Values of one symbol where a border is met, or nearest; each with whether it is only nearly met."""
        if name not in names(border.margin):
            return
        line = _Line(border.margin, name, point)
        here = point[name]
        values = [line.exact(here + step) for step in (0, 1, 2)]
        if border.offset is None:
            targets = [Fraction(0)]
        else:
            level = line.float(here)
            if level is None or abs(level) > 1e15:
                return
            first = math.floor(level - float(border.offset))
            targets = [first + border.offset + step for step in (0, 1)]
        slope = None if line.bends else _straight(values)
        if slope is not None:
            start = line.exact(here)
            yield from ((here + (target - start) / slope, False) for target in targets if slope)
            return
        if self.scans >= self.most_scans:
            return
        self.scans += 1
        grid = self._grid(self.known[name])
        measured = [line.float(value) for value in grid]
        for target in targets:
            yield from _crossed(line, grid, measured, target, whole=self.known[name].integer)

    def _grid(self, symbol: Symbol) -> list[Fraction]:
        if symbol.integer:
            sizes = {Fraction(size) for size in _WHOLE} | {Fraction(math.floor(size)) for size in self.constants}
        else:
            sizes = {Fraction(10) ** power * step for power in _POWERS for step in _STEPS}
            sizes |= {size * step for size in self.constants for step in (Fraction(9, 10), Fraction(11, 10))}
        signs = (1,) if symbol.positive or symbol.nonnegative else (1, -1)
        values = {sign * size for size in sizes for sign in signs} | {Fraction(0)}
        return sorted(value for value in values if allowed(symbol, value))


def _distinct(crossings: Iterable[tuple[Fraction, bool]]) -> dict[Fraction, bool]:
    """Crossings that lie apart: one that is only nearly met is the same as another at the same sixty digits."""
    kept: dict[Fraction, bool] = {}
    for value, rough in sorted(crossings, key=itemgetter(1)):
        near = max(abs(value), _SMALL) * _SAME_PLACE
        if not rough or all(abs(value - other) > near for other in kept):
            kept.setdefault(value, rough)
    return kept


class _Line:
    """A margin along one symbol, all others fixed."""

    def __init__(self, margin: Node, name: str, point: Point) -> None:
        self.margin = margin
        self.name = name
        self.point = point
        self.bends = bool(breaks_of(margin))

    def exact(self, value: Fraction) -> Value:
        """The margin at a value, a Fraction where it is rational; None where there is none."""
        try:
            return Evaluator({**self.point, self.name: value}, _EXACT).value(self.margin)
        except NoValue:
            return None

    def float(self, value: Fraction) -> float | None:
        """The margin at a value, in the machine's own numbers."""
        evaluator = Evaluator({**self.point, self.name: value}, FLOAT_DIGITS)
        try:
            return float(evaluator.real(evaluator.value(self.margin)))
        except (NoValue, OverflowError, ZeroDivisionError):
            return None

    def polished(self, low: Fraction, high: Fraction, target: Fraction) -> Fraction:
        """A place where the margin is at the target to sixty digits, from a bracket at machine precision."""
        one, other = low, high
        for _ in range(_POLISHINGS):
            a, b = (self.fine(value, target) for value in (one, other))
            if a is None or b is None or a == b:
                return other
            step = b * Fraction(other - one) / (b - a)
            one, other = other, _rounded(other - step)
            if other == one:
                return other
        return other if low - (high - low) <= other <= high + (high - low) else high

    def fine(self, value: Fraction, target: Fraction) -> Fraction | None:
        """The margin less the target, to sixty digits."""
        evaluator = Evaluator({**self.point, self.name: value}, _FINE)
        try:
            found = evaluator.real(evaluator.value(self.margin))
        except NoValue:
            return None
        return as_fraction(found) - target

    def turning(self, low: Fraction, high: Fraction) -> Fraction | None:
        """Where the margin's derivative vanishes, to sixty digits; None where it has none that is known here."""
        try:
            slope = derivative(self.margin, self.name)
        except Unreadable:
            return None
        width = max(high - low, abs(high) / 10**9)
        return _Line(slope, self.name, self.point).polished(low - width, high + width, Fraction(0))


def as_fraction(value: Value) -> Fraction:
    """A real value as exactly the fraction that it is stored as."""
    if isinstance(value, Fraction):
        return value
    sign, mantissa, exponent, _ = value._mpf_
    magnitude = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -magnitude if sign else magnitude


def _rounded(value: Fraction) -> Fraction:
    """A fraction cut to some eighty binary digits more than a float, so that it does not grow without end."""
    if value == 0:
        return value
    shift = _BITS - (value.numerator.bit_length() - value.denominator.bit_length())
    scale = Fraction(2) ** shift
    return Fraction(round(value * scale)) / scale


def _straight(values: Sequence[Value]) -> Fraction | None:
    """The slope of a straight line through values one apart; None where they lie on none."""
    first, second, third = values
    if not all(isinstance(value, Fraction) for value in values):
        return None
    slope = second - first
    return slope if third - second == slope else None


def _crossed(
    line: _Line, grid: Sequence[Fraction], measured: Sequence[float | None], target: Fraction, *, whole: bool
) -> Iterator[tuple[Fraction, bool]]:
    """Where a margin passes a target between two places of a grid, and where it comes nearest without passing."""
    aim = float(target)
    gaps = [None if value is None else value - aim for value in measured]
    for low, high, a, b in zip(grid, grid[1:], gaps, gaps[1:], strict=False):
        if a == 0:
            yield low, False
        elif a is not None and b is not None and (a < 0) != (b < 0):
            yield from _halved(line, low, high, a, target, whole=whole)
    for low, middle, high, a, b, c in zip(grid, grid[1:], grid[2:], gaps, gaps[1:], gaps[2:], strict=False):
        if a is None or b is None or c is None or whole or (a < 0) != (c < 0):
            continue
        if b == 0:
            yield from (((low + middle) / 2, False), ((middle + high) / 2, False))
        elif min(abs(a), abs(c)) >= abs(b) < max(abs(a), abs(c)) and (a < 0) == (b < 0):
            yield from _nearest(line, low, high, target, a)


def _halved(
    line: _Line, low: Fraction, high: Fraction, at_low: float, target: Fraction, *, whole: bool
) -> Iterator[tuple[Fraction, bool]]:
    """Where a margin passes a target between two places on either side of it."""
    noise = (high - low) * _FLOAT_NOISE
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        middle = Fraction(math.floor(middle)) if whole else Fraction(float(middle))
        if middle in (low, high):
            break
        value = line.float(middle)
        if value is None:
            return
        if value != target and (value - float(target) < 0) == (at_low < 0):
            low = middle
        else:
            high = middle
    if whole:
        yield from ((low, False), (high, False))
        return
    nice = simplest_between(low - noise, high + noise)
    yield (nice, False) if line.exact(nice) == target else (line.polished(low, high, target), True)


def _nearest(
    line: _Line, low: Fraction, high: Fraction, target: Fraction, at_low: float
) -> Iterator[tuple[Fraction, bool]]:
    """Where a margin comes nearest to a target between two places on one side of it, or passes it and returns."""
    first, last, aim = low, high, float(target)
    sign = -1 if at_low < 0 else 1
    for _ in range(_HALVINGS):
        one, other = (Fraction(float(low + (high - low) * part / 3)) for part in (1, 2))
        a, b = line.float(one), line.float(other)
        if a is None or b is None:
            return
        if min(sign * (a - aim), sign * (b - aim)) < -_NOISE * abs(at_low):
            turned = one if sign * (a - aim) < sign * (b - aim) else other
            yield from _halved(line, first, turned, at_low, target, whole=False)
            yield from _halved(line, turned, last, -at_low, target, whole=False)
            return
        if sign * (a - aim) <= sign * (b - aim):
            high = other
        else:
            low = one
    nice = simplest_between(low - (high - low), high + (high - low))
    yield nice, False
    found = line.float(nice)
    if found is not None and line.exact(nice) != target and abs(found - aim) < _TOUCHING:
        turning = line.turning(low, high)
        if turning is not None:
            yield turning, True


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator between two others, both included."""
    if low > high:
        low, high = high, low
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    below = whole - 1
    return below + 1 / simplest_between(1 / (high - below), 1 / (low - below))


def allowed(symbol: Symbol, value: Fraction) -> bool:
    """Whether a value lies in the declared domain of one symbol."""
    return value > 0 or not (symbol.positive or (symbol.nonnegative and value < 0))


def constants_of(*nodes: Node) -> Iterator[Fraction]:
    """The numbers that occur in some trees."""
    yield from (part.value for tree in nodes for part in walk(tree) if isinstance(part, Number))
