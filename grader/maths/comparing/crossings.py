"""Where a border is met along one symbol, all others fixed.

Exactly, where the border is a straight line in that symbol; else by a search over a wide grid, to ninety digits.
Where it is not met, the places where it comes nearest are found: another symbol may lead on from there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.maths.comparing.borders import Break, allowed, breaks_of
from grader.maths.comparing.calculus import derivative
from grader.maths.comparing.evaluator import Point, value_at
from grader.maths.comparing.floats import FloatTree
from grader.maths.comparing.real_functions import Value, as_fraction
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Symbol
from grader.maths.reading.tree import Node, names

_HALVINGS = 60
_POLISHINGS = 8
_BITS = 310
_EXACT = 30
_FINE = 90
_TOUCHING, _NOISE = 1e-6, 1e-9
_FLOAT_NOISE = Fraction(1, 10**14)
_STEPS = (Fraction(1), Fraction(17, 10), Fraction(3), Fraction(52, 10))
_POWERS = range(-3, 5)
_MAX_LEVEL = 1e15
_WHOLE = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 24, 31, 40, 64, 100, 170, 300, 1_000, 3_000, 10_000)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A value of one symbol at which a border is met or comes nearest."""

    value: Fraction
    rough: bool = False
    """Whether it solves the border only as nearly as ninety digits can say."""


class Search:
    """Looks for borders along one symbol at a time, and counts what that costs.

    Args:
        known: the declared symbols by name, for their domains.
        constants: numbers that occur in the trees, so that a search passes close to them.
    """

    def __init__(self, known: dict[str, Symbol], constants: Iterable[Fraction]) -> None:
        self.known = known
        self.constants = sorted({abs(constant) for constant in constants if constant})[:24]
        self.left = 0

    def restart(self, most: int) -> None:
        """Begin at another starting point, from which so many borders may be searched for."""
        self.left = most

    @property
    def exhausted(self) -> bool:
        """Whether more would have had to be searched for than may be."""
        return self.left < 0

    def crossings(self, border: Break, name: str, point: Point) -> Iterator[Crossing]:
        """Values of one symbol where a border is met, or nearest."""
        if name not in names(border.margin):
            return
        line = _Line(border.margin, name, point)
        here = point[name]
        values = [line.exact(here + step) for step in (0, 1, 2)]
        targets = _targets(border, values[0], line.float(here))
        slope = None if line.bends else _straight(values)
        if slope is not None:
            yield from (Crossing(here + (target - values[0]) / slope) for target in targets if slope)
            return
        if not targets:
            return
        self.left -= 1
        if self.exhausted:
            return
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


def _targets(border: Break, exact: Value, level: float | None) -> list[Fraction]:
    """What a margin has to be worth on the border: 0, or the two levels about where it stands."""
    if border.offset is None:
        return [Fraction(0)]
    if isinstance(exact, Fraction):
        first = math.floor(exact - border.offset)
    elif level is None or abs(level) > _MAX_LEVEL:
        return []
    else:
        first = math.floor(level - float(border.offset))
    return [first + border.offset + step for step in (0, 1)]


class _Line:
    """A margin along one symbol, all others fixed."""

    def __init__(self, margin: Node, name: str, point: Point) -> None:
        self.margin = margin
        self.name = name
        self.point = point
        self.bends = bool(breaks_of(margin))
        self.floating = FloatTree(margin)

    def exact(self, value: Fraction) -> Value:
        """The margin at a value, a Fraction where it is rational; None where there is none."""
        return value_at(self.margin, {**self.point, self.name: value}, _EXACT)

    def float(self, value: Fraction) -> float | None:
        """The margin at a value, in the machine's own numbers."""
        return self.floating.at({**self.point, self.name: value})

    def polished(self, low: Fraction, high: Fraction, target: Fraction) -> Fraction:
        """A place where the margin is at the target to ninety digits, from a bracket at machine precision."""
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
        """The margin less the target, to ninety digits."""
        found = value_at(self.margin, {**self.point, self.name: value}, _FINE)
        return None if found is None else as_fraction(found) - target

    def turning(self, low: Fraction, high: Fraction) -> Fraction | None:
        """Where the margin's derivative vanishes, to ninety digits; None where it has none that is known here."""
        try:
            slope = derivative(self.margin, self.name)
        except Unreadable:
            return None
        width = max(high - low, abs(high) / 10**9)
        return _Line(slope, self.name, self.point).polished(low - width, high + width, Fraction(0))


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
) -> Iterator[Crossing]:
    """Where a margin passes a target between two places of a grid, and where it comes nearest without passing."""
    aim = float(target)
    gaps = [None if value is None else value - aim for value in measured]
    for low, high, a, b in zip(grid, grid[1:], gaps, gaps[1:], strict=False):
        if a == 0:
            yield Crossing(low)
        elif a is not None and b is not None and (a < 0) != (b < 0):
            yield from _halved(line, low, high, a, target, whole=whole)
    for low, middle, high, a, b, c in zip(grid, grid[1:], grid[2:], gaps, gaps[1:], gaps[2:], strict=False):
        if a is None or b is None or c is None or whole or (a < 0) != (c < 0):
            continue
        if b == 0:
            yield from (Crossing((low + middle) / 2), Crossing((middle + high) / 2))
        elif min(abs(a), abs(c)) >= abs(b) < max(abs(a), abs(c)) and (a < 0) == (b < 0):
            yield from _nearest(line, low, high, target, a)


def _halved(
    line: _Line, low: Fraction, high: Fraction, at_low: float, target: Fraction, *, whole: bool
) -> Iterator[Crossing]:
    """Where a margin passes a target between two places on either side of it."""
    noise = (high - low) * _FLOAT_NOISE
    for _ in range(_HALVINGS):
        middle = _middle(low, high)
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
        yield from (Crossing(low), Crossing(high))
        return
    nice = simplest_between(low - noise, high + noise)
    met = line.exact(nice) == target
    yield Crossing(nice) if met else Crossing(line.polished(low, high, target), rough=True)


def _middle(low: Fraction, high: Fraction) -> Fraction:
    """The middle of two places; of the same sign and far apart, that of their powers."""
    if low * high > 0 and not Fraction(1, 4) < low / high < 4:
        return Fraction(math.copysign(math.sqrt(abs(low)) * math.sqrt(abs(high)), low))
    return (low + high) / 2


def _nearest(line: _Line, low: Fraction, high: Fraction, target: Fraction, at_low: float) -> Iterator[Crossing]:
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
    yield Crossing(nice)
    found = line.float(nice)
    if found is not None and line.exact(nice) != target and abs(found - aim) < _TOUCHING:
        turning = line.turning(low, high)
        if turning is not None:
            yield Crossing(turning, rough=True)


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
