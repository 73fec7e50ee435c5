"""Whether two formulas grow alike: equal as asymptotic classes, constants, lower terms and bases of logarithms aside.

Both are followed along rays on which every size grows as a power of its own of one number t. Logarithms of the values
are compared at t, t² and t⁴ for an enormous t: where their distance settles on every ray, each bounds the other.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from grader.maths.comparing.budget import spend
from grader.maths.comparing.comparison import Comparison
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Growth
from grader.maths.reading.tree import PRODUCTS, Binary, Call, Constant, Name, Negative, Node, Number, names, walk

_RAYS = 12
_DIGITS = 140
_FAR, _NEARER = 1_000, 8
"""Decades of t; fewer where a size stands in an exponent."""
_HARMLESS = {"upper": {True}, "lower": {False}}
_SETTLED, _SHRINKS = 0.02, 0.65
"""A last step so small, or so much smaller than the one before, shows that the distance settles."""


def compare_growth(reference: Node, answer: Node, seed: int, allowed: Growth = "same") -> Comparison:
    """Decide whether each of two formulas is at most a constant times the other, as all their names grow.

    With `upper` or `lower`, only whether the answer bounds the reference from that side.

    Raises:
        Unreadable: a formula has no growth: it is negative, or not made of what is known here.
    """
    wanted = sorted(names(reference) | names(answer))
    draw = random.Random(seed)  # noqa: S311 — reproducible on purpose; the secret is in the seed
    steep = any(_grows_in_exponent(node) for node in (reference, answer))
    directions = set()
    for _ in range(_RAYS):
        speeds = {name: Fraction(draw.randint(20 if steep else 1, 60), 20) for name in wanted}
        distances = []
        for doubled in (1, 2, 4):
            spend(_DIGITS)
            decades = (_NEARER if steep else _FAR) * doubled
            point = {name: _context().mpf(10) ** (_context().mpf(decades) * speed.numerator / speed.denominator)
                     for name, speed in speeds.items()}  # fmt: skip
            distances.append(_logarithm(answer, point) - _logarithm(reference, point))
        steps = [distances[1] - distances[0], distances[2] - distances[1]]
        if abs(steps[1]) > max(_SETTLED, _SHRINKS * abs(steps[0])):
            directions.add(steps[1] > 0)
    if not directions or directions == _HARMLESS.get(allowed):
        return Comparison("equal", "numeric", cells=1, points=3 * _RAYS)
    if directions == {True}:
        return Comparison("different", message="this grows faster than what is asked: the bound is looser")
    if directions == {False}:
        return Comparison("different", message="this grows more slowly than what is asked")
    return Comparison("different")


def _grows_in_exponent(node: Node) -> bool:
    return any(
        (isinstance(part, Binary) and part.operator == "^" and bool(names(part.right)))
        or (isinstance(part, Call) and part.function in ("exp", "factorial", "binomial"))
        for part in walk(node)
    )


def _logarithm(node: Node, point: Mapping[str, Any]) -> Any:
    """The logarithm of a positive formula, however large."""
    mp = _context()
    match node:
        case Number() if node.value > 0:
            return mp.log(mp.mpf(node.value.numerator) / node.value.denominator)
        case Constant("pi" | "e" as name):
            return mp.log(getattr(mp, name))
        case Name(name):
            return mp.log(point[name])
        case Binary("^", base, exponent):
            return _logarithm(base, point) * _value(exponent, point)
        case Binary("/", over, under):
            return _logarithm(over, point) - _logarithm(under, point)
        case Binary("+", left, right):
            one, other = sorted((_logarithm(left, point), _logarithm(right, point)))
            return other + mp.log1p(mp.exp(one - other))
        case Binary("-", left, right):
            one, other = _logarithm(left, point), _logarithm(right, point)
            if one > other:
                return one + mp.log1p(-mp.exp(other - one))
        case Binary(operator, left, right) if operator in PRODUCTS:
            return _logarithm(left, point) + _logarithm(right, point)
        case Call(function, arguments):
            return _called(node, function, arguments, point)
    raise Unreadable("a growth is asked: sums, products, powers and logarithms of the sizes", node.column)


def _called(node: Node, function: str, arguments: tuple[Node, ...], point: Mapping[str, Any]) -> Any:
    mp = _context()
    if function in ("log", "log10"):
        inner = _logarithm(arguments[0], point)
        if inner > 0:
            return mp.log(inner) - (mp.log(_logarithm(arguments[1], point)) if len(arguments) == 2 else 0)
    if function == "sqrt":
        return _logarithm(arguments[0], point) / 2
    if function == "exp":
        return _value(arguments[0], point)
    if function == "factorial":
        return mp.loggamma(_value(arguments[0], point) + 1)
    if function in ("max", "min"):
        return (max if function == "max" else min)(_logarithm(argument, point) for argument in arguments)
    if function in ("ceil", "floor", "abs", "round") and len(arguments) == 1:
        return _logarithm(arguments[0], point)
    raise Unreadable(f"{function} is not used in a growth here", node.column)


def _value(node: Node, point: Mapping[str, Any]) -> Any:
    """The value of an exponent."""
    if isinstance(node, Negative):
        return -_value(node.operand, point)
    if isinstance(node, Number):
        return _context().mpf(node.value.numerator) / node.value.denominator
    if isinstance(node, Binary) and node.operator in ("+", "-"):
        left, right = _value(node.left, point), _value(node.right, point)
        return left + right if node.operator == "+" else left - right
    return _context().exp(_logarithm(node, point))


@lru_cache(maxsize=1)
def _context() -> Any:
    context = mpmath.MPContext()
    context.dps = _DIGITS
    return context
