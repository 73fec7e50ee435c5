"""Where to try an answer: points in the domain of the declared symbols, drawn from a secret.

Positive symbols near 1, over several decades, and each in turn very far out (which catches `min(x, 1e6)`);
integers small, odd and even; reals with both signs; constraints kept. The points follow from the seed alone,
so the same answer meets the same points, and nobody can fit an answer to points nobody knows.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from grader.maths.comparing.evaluator import Point, value_at
from grader.maths.comparing.linear import Line, line_of
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbol, Symbols
from grader.maths.reading.tree import Binary, Call, Name, Node, Number, Relation, names

_TRIES, _DIGITS = 200, 40
_FAR_DECADES = 10
_SMALL, _NEAR, _WIDE, _FAR, _TINY = "small", "near", "wide", "far", "tiny"
_REACHES = (_NEAR, _SMALL, _NEAR, _WIDE, _NEAR, _SMALL, _WIDE, _NEAR, _FAR, _TINY)
_FIRST = len(_REACHES)


def seed(*parts: bytes | str) -> int:
    """One seed from the class secret, the field and the normalised answer."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return int.from_bytes(digest.digest()[:8], "big")


def points(symbols: Symbols, wanted: frozenset[str], start: int, count: int, decades: int = 0) -> Iterator[Point]:
    """Up to `count` points over the wanted symbols, and those that the constraints tie to them.

    Args:
        symbols: domains and constraints.
        wanted: the symbols that need a value.
        start: the seed.
        count: how many points, the first eight near and wide, then all symbols far out, all near zero, then each of
            them in turn.
        decades: a power of ten that far points have to pass.
    """
    draw = random.Random(start)  # noqa: S311 — reproducible on purpose; the secret is in the seed
    domain = Domain(symbols, wanted)
    for number in range(count):
        for _ in range(_TRIES):
            point = _point(domain, number, draw, max(_FAR_DECADES, decades + 2))
            if domain.holds(point):
                yield point
                break


class Domain:
    """Where some symbols may lie: each by its own declaration, and by the constraints that tie it to others.

    `known` holds the wanted symbols and those that a constraint ties to them; `limits` what lies below and above those
    that are shut in between two numbers.
    """

    def __init__(self, symbols: Symbols, wanted: frozenset[str]) -> None:
        constraints = [parse(text, symbols) for text in symbols.constraints]
        self.relevant = [node for node in constraints if isinstance(node, Relation) and names(node) & wanted]
        drawn = wanted.union(*(names(node) for node in self.relevant))
        self.known = {name: symbols.declared(name) for name in drawn}
        self.limits = dict(self._limits())

    def is_positive(self, node: Node) -> bool:
        """Whether a tree is made of positive symbols in such a way that it is positive wherever they lie."""
        match node:
            case Number():
                return node.value > 0
            case Name(name):
                return self.known[name].positive
            case Binary("+" | "*" | "·" | "" | "/", left, right):
                return self.is_positive(left) and self.is_positive(right)
            case Binary("^", base):
                return self.is_positive(base)
        return False

    def _limits(self) -> Iterator[tuple[str, tuple[Fraction, Fraction]]]:
        bounds = list(_bounds(self.relevant))
        for name, symbol in self.known.items():
            below = [bound for other, bound, above in bounds if other == name and not above]
            above = [bound for other, bound, above in bounds if other == name and above]
            if symbol.positive or symbol.nonnegative:
                below.append(Fraction(0))
            if below and above and max(below) < min(above):
                yield name, (max(below), min(above))

    def holds(self, point: Point) -> bool:
        """Whether a point that respects each symbol's own declaration keeps the constraints."""
        return all(holds(node, point) for node in self.relevant)


def _bounds(relations: Sequence[Relation]) -> Iterator[tuple[str, Fraction, bool]]:
    """Numbers that a relation sets to a single symbol, each with whether they lie above it."""
    for line, _ in chain(*map(straight_gaps, relations)):
        free = [name for name in line if name]
        if len(free) == 1:
            yield free[0], -line.get("", Fraction(0)) / line[free[0]], line[free[0]] < 0


def straight_gaps(relation: Relation) -> Iterator[tuple[Line, bool]]:
    """What a relation says to be above 0, as far as it is straight, each with whether it may be 0, too."""
    for left, operator, right in zip(relation.members, relation.operators, relation.members[1:], strict=False):
        below, above = (left, right) if operator in ("<", "≤") else (right, left)
        line = line_of(Binary("-", above, below))
        if line is not None and operator in ("<", "≤", ">", "≥"):
            yield line, operator in ("≤", "≥")


def _point(domain: Domain, number: int, draw: random.Random, decades: int) -> dict[str, Fraction]:
    known = [domain.known[name] for name in sorted(domain.known)]
    far, beyond = (number - _FIRST) % max(len(known), 1), (number - _FIRST) // max(len(known), 1)
    point = {}
    for place, symbol in enumerate(known):
        reach = _REACHES[number % _FIRST]
        if number >= _FIRST:
            reach = (_FAR if beyond % 2 == 0 else _TINY) if far == place else _NEAR
        limits = domain.limits.get(symbol.name)
        point[symbol.name] = _shut_in(symbol, limits, reach, draw) if limits else _value(symbol, reach, draw, decades)
    return point


def _shut_in(symbol: Symbol, limits: tuple[Fraction, Fraction], reach: str, draw: random.Random) -> Fraction:
    """A value between two limits: anywhere, or far out and tiny as near to the upper and to the lower one."""
    low, high = limits
    if symbol.integer:
        first, last = math.ceil(low), math.floor(high)
        return Fraction(draw.randint(first, max(first, last)))  # between them there may be none, and so no point
    share = Fraction(draw.randint(17, 992), 1_009)
    if reach in (_FAR, _TINY):
        share = share / 10 ** draw.randint(3, _FAR_DECADES)
    return high - (high - low) * share if reach == _FAR else low + (high - low) * share


def _value(symbol: Symbol, reach: str, draw: random.Random, decades: int) -> Fraction:
    beyond = draw.randint(decades - 1, decades + 3)
    if symbol.integer:
        top = {_SMALL: 4, _NEAR: 40, _WIDE: 300, _FAR: 10**beyond, _TINY: 3}[reach]
        size = Fraction(draw.randint(max(1, top // 10), top))
    elif reach == _NEAR:
        size = Fraction(draw.randint(311, 2_953), 1_009)
    elif reach == _SMALL:
        size = Fraction(draw.randint(17, 503), 1_009)
    else:
        power = {_WIDE: draw.randint(-3, 2), _FAR: beyond, _TINY: -beyond}[reach]
        size = Fraction(draw.randint(1_000, 9_999), 1_009) * Fraction(10) ** power
    negative = not (symbol.positive or symbol.nonnegative) and draw.random() < 0.5
    return -size if negative else size


def holds(relation: Relation, point: Point) -> bool:
    """Whether a chain of relations is true at a point; false where a side has no value."""
    return bool(value_at(Call("indicator", (relation,)), point, _DIGITS) == 1)
