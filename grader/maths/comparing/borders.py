"""Where formulas jump or bend: the borders that `floor ceil round sign abs min max` draw through the domain.

The borders cut the domain into cells; within a cell a formula is smooth, so a few random points speak for the whole
cell.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import chain, combinations, islice

from grader.maths.comparing.evaluator import FLOAT_DIGITS, Point, value_at
from grader.maths.comparing.floats import FloatTree
from grader.maths.comparing.linear import line_of
from grader.maths.reading.symbols import Symbol
from grader.maths.reading.tree import (
    BINDERS,
    ONE,
    PRODUCTS,
    ZERO,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    calls,
    is_whole,
    names,
    rebuild,
    replaced,
    walk,
)

_MAX_PIECES = 24
_JUMPING = {"floor": Fraction(0), "ceil": Fraction(0), "round": Fraction(1, 2)}


@dataclass(frozen=True, slots=True)
class Break:
    """A border: wherever `margin` is 0, or, with an `offset`, wherever `margin - offset` is whole."""

    margin: Node
    offset: Fraction | None = None


def breaks_of(*nodes: Node) -> list[Break]:
    """Every border of some trees, each once; those that no symbol can move are none.

    Where a border itself bends, as that of `max(0, min(x, y) - 5)`, its straight pieces are borders instead; where it
    is a product, as that of `min(r a, 2 a)`, its factors are.
    """
    found: dict[object, Break] = {}
    for part in walk(*nodes):
        for border in _own(part):
            for piece in _straight_pieces(border.margin):
                for margin in _factors(piece) if border.offset is None else [piece]:
                    found.setdefault(_same(margin, border.offset), Break(margin, border.offset))
    inner = frozenset().union(*map(_bound, nodes))
    return [border for border in found.values() if _moving(border.margin) and not names(border.margin) & inner]


def _same(margin: Node, offset: Fraction | None) -> object:
    """What all spellings of a border share; straight ones are the same whatever they are multiplied by."""
    line = line_of(margin) if offset is None else None
    if not line:
        return margin, offset
    first = line[min(line.keys() - {""}, default="")]
    return frozenset((name, value / first) for name, value in line.items())


def _factors(margin: Node) -> Iterator[Node]:
    """What a margin is a product of; what both sides of a difference are multiplied by is a factor as well."""
    match margin:
        case Binary("-", product, Number("0")) | Binary("-", Number("0"), product):
            yield from _factors(product)
        case Binary("-", left, right):
            above, below, shared = [*_multiplied(left)], [*_multiplied(right)], []
            for factor in above[:]:
                if factor in below:
                    above.remove(factor)
                    below.remove(factor)
                    shared.append(factor)
            if above or below:
                yield from chain.from_iterable(map(_factors, shared))
                yield Binary("-", reduce(_times, above or [ONE]), reduce(_times, below or [ONE]))
        case Binary(operator, left, right) if operator in PRODUCTS:
            yield from chain(_factors(left), _factors(right))
        case Binary("^", base, Number()):
            yield from _factors(base)
        case _:
            yield margin


def _multiplied(node: Node) -> Iterator[Node]:
    match node:
        case Binary(operator, left, right) if operator in PRODUCTS:
            yield from chain(_multiplied(left), _multiplied(right))
        case Negative(operand):
            yield from chain([Negative(ONE)], _multiplied(operand))
        case _ if node != ONE:
            yield node


def _times(left: Node, right: Node) -> Node:
    return Binary("*", left, right)


def _moving(margin: Node) -> frozenset[str]:
    """The names that move a margin other than by a sign, which has a border of its own."""
    return names(rebuild(margin, lambda part: ZERO if isinstance(part, Call) and part.function == "sign" else part))


def hides_breaks(*nodes: Node) -> bool:
    """Whether a formula jumps or bends within a sum where an index meets another symbol, so that no border is known."""
    for tree in nodes:
        inner = _bound(tree)
        for border in (border for part in walk(tree) for border in _own(part)):
            used = names(border.margin)
            if used & inner and used - inner:
                return True
    return False


def _bound(tree: Node) -> frozenset[str]:
    """The names that mean something only within a sum or an integral."""
    first = (call.arguments[0] for call in calls(tree) if call.function in BINDERS)
    return frozenset(index.name for index in first if isinstance(index, Name)) - names(tree)


def _straight_pieces(margin: Node) -> Sequence[Node]:
    """A margin, or, where it bends itself, what is left of it where one side of each bend in it is taken."""
    pieces = [*islice(_pieces(margin), _MAX_PIECES + 1)]
    return pieces if len(pieces) <= _MAX_PIECES else [margin, *pieces[:_MAX_PIECES]]


def _pieces(margin: Node) -> Iterator[Node]:
    bend = next((call for call in calls(margin) if call.function in ("abs", "min", "max")), None)
    if bend is None:
        yield margin
        return
    sides = bend.arguments if bend.function != "abs" else (bend.arguments[0], Negative(bend.arguments[0]))
    for side in sides:
        yield from _pieces(replaced(margin, bend, side))


def _own(part: Node) -> Iterator[Break]:
    match part:
        case Call("floor" | "ceil" | "round" as function, (argument, *_)):
            yield Break(argument, _JUMPING[function])
        case Call("abs" | "sign", (argument,)):
            yield from map(Break, (argument, *_ends(argument)))
        case Call("min" | "max", arguments):
            yield from (Break(Binary("-", one, other)) for one, other in combinations(arguments, 2))
        case Binary("^", base, exponent) if line_of(base) == {}:  # 0^x is 1 at 0
            yield Break(exponent)


def _ends(tree: Node) -> Iterator[Node]:
    """What vanishes where some part of a tree has a pole, or ceases to be real."""
    for part in walk(tree):
        match part:
            case Binary("/", _, under):
                yield under
            case Binary("^", base, exponent) if not is_whole(exponent):
                yield base
            case Call("sqrt" | "root" | "log", (argument, *_)):
                yield argument
            case Call("asin" | "acos" | "acosh" | "atanh", (argument,)):
                yield Binary("-", ONE, Call("abs", (argument,)))


def margin_at(border: Break, point: Point) -> float | None:
    """About how far a point lies from a border, with the sign of its side; None where nothing can be said."""
    return FloatTree(border.margin).at(point)


def cell_of(borders: Sequence[Break], point: Point) -> tuple[int | None, ...]:
    """Which cell a point lies in: on which side of each border."""
    return tuple(_side_of(border, point) for border in borders)


def sides_of(borders: Sequence[Break], point: Point) -> tuple[int | None, ...]:
    """On which side of each border a point lies; None for those that recur."""
    return tuple(None if border.offset is not None else _side_of(border, point) for border in borders)


def _side_of(border: Break, point: Point) -> int | None:
    value = value_at(border.margin, point, FLOAT_DIGITS)
    if border.offset is None:
        value = margin_at(border, point) or None if value is None else value  # 0 may be too small for a float
        return None if value is None else (value > 0) - (value < 0)
    if value is None:
        return None
    doubled = 2 * (value - border.offset if isinstance(value, Fraction) else value - float(border.offset))
    return math.floor(doubled) // 2 * 2 + (doubled != 2 * math.floor(doubled / 2))


def any_unseen(silent: Collection[tuple[int | None, ...]], seen: Collection[tuple[int | None, ...]]) -> bool:
    """Whether a cell in which nothing could be said is none of those that were seen; None is any side."""
    return any(
        not any(all(a is None or b in (None, a) for a, b in zip(cell, other, strict=True)) for other in seen)
        for cell in silent
    )


def allowed(symbol: Symbol, value: Fraction) -> bool:
    """Whether a value lies in the declared domain of one symbol."""
    return value > 0 or not (symbol.positive or (symbol.nonnegative and value < 0))


def constants_of(*nodes: Node) -> Iterator[Fraction]:
    """The numbers that occur in some trees, those that are computed from others too: `10^51`."""
    for part in (part for part in walk(*nodes) if not names(part)):
        if isinstance(part, Number):
            yield part.value
        elif isinstance(part, Binary | Negative):
            value = value_at(part, {}, FLOAT_DIGITS)
            if isinstance(value, Fraction | float):
                yield Fraction(value)
