"""Whether two formulas grow alike: equal as asymptotic classes, constants, lower terms and bases of logarithms aside.

Both are followed along rays: every size grows as a power of its own of one number t, or, where it stands in no
exponent, as the exponential of one, so that a logarithm of it is as large as another size. Logarithms of the values
are compared far out, twice and four times as far: where their distance settles on every ray, each bounds the other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import mpmath

from grader.maths.comparing.budget import spend
from grader.maths.comparing.comparison import Comparison
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Growth
from grader.maths.reading.tree import PRODUCTS, Binary, Call, Constant, Name, Negative, Node, Number, names, walk

_RAYS, _MOST_FAST = 8, 6
"""Rays of powers; sizes that each in turn grow as an exponential alone, and that alone do not."""
_DIGITS, _MANY = 140, 1_800
"""Digits, and those that are needed along exponentials."""
_FAR, _NEARER, _EXPONENTIAL = 1_000, 8, 200
"""Decades of t; fewer where a size stands in an exponent; decades of the logarithms of exponentials."""
_MOST_LOGARITHM = 2_000
"""Of an exponent."""
_NOTHING = 100
"""A term whose logarithm is so much smaller changes nothing that is looked at."""
_HARMLESS = {"upper": {True}, "lower": {False}}
_SETTLED, _SHRINKS = 0.02, 0.65
"""A last step so small, or so much smaller than the one before, shows that the distance settles."""


def compare_growth(reference: Node, answer: Node, seed: int, allowed: Growth = "same") -> Comparison:
    """Decide whether each of two formulas is at most a constant times the other, as all their names grow.

    With `upper` or `lower`, only whether the answer bounds the reference from that side.

    Raises:
        Unreadable: a formula has no growth: it is negative, or not made of what is known here.
    """
    directions = set()
    rays = list(_rays(reference, answer, seed))
    for ray in rays:
        distances = []
        for logarithms in ray:
            spend(_DIGITS)
            distances.append(_logarithm(answer, logarithms) - _logarithm(reference, logarithms))
        steps = [distances[1] - distances[0], distances[2] - distances[1]]
        if abs(steps[1]) > max(_SETTLED, _SHRINKS * abs(steps[0])):
            directions.add(steps[1] > 0)
    if not directions or directions == _HARMLESS.get(allowed):
        return Comparison("equal", "numeric", cells=1, points=3 * len(rays))
    if directions == {True}:
        return Comparison("different", message="this grows faster than what is asked: the bound is looser")
    if directions == {False}:
        return Comparison("different", message="this grows more slowly than what is asked")
    return Comparison("different")


def _rays(reference: Node, answer: Node, seed: int) -> Iterator[list[dict[str, Any]]]:
    """The logarithms of all sizes at three places along each ray."""
    draw = random.Random(seed)  # noqa: S311 — reproducible on purpose; the secret is in the seed
    wanted = sorted(names(reference) | names(answer))
    steep = set(_in_exponents(reference)) | set(_in_exponents(answer))
    loose = set(wanted) - steep if len(wanted) > 1 else set()
    alone = [{name} for name in sorted(loose)][:_MOST_FAST]
    for fast in [*[set[str]()] * _RAYS, *alone, *(loose - one for one in alone)]:
        speeds = {name: draw.randint(20 if steep else 1, 60) for name in wanted}
        mp = _context(_MANY if fast else _DIGITS)
        decades = _NEARER if steep else _EXPONENTIAL if fast else _FAR
        yield [
            {
                name: mp.mpf(10) ** (mp.mpf(_EXPONENTIAL * doubled * (20 + speed)) / 80)
                if name in fast
                else mp.log(10) * decades * doubled * speed / 20
                for name, speed in speeds.items()
            }
            for doubled in (1, 2, 4)
        ]


def _in_exponents(node: Node) -> Iterator[str]:
    """The names of which a power, an exponential or a factorial is taken."""
    for part in walk(node):
        if isinstance(part, Binary) and part.operator == "^":
            yield from names(part.right)
        elif isinstance(part, Call) and part.function in ("exp", "factorial", "binomial"):
            yield from names(part)


def _logarithm(node: Node, sizes: Mapping[str, Any]) -> Any:
    """The logarithm of a positive formula, however large, from the logarithms of the sizes in it."""
    mp = _of(sizes)
    match node:
        case Number() if node.value > 0:
            return mp.log(mp.mpf(node.value.numerator) / node.value.denominator)
        case Constant("pi" | "e" as name):
            return mp.log(getattr(mp, name))
        case Name(name):
            return sizes[name]
        case Binary("^", base, exponent):
            return _logarithm(base, sizes) * _value(exponent, sizes)
        case Binary("/", over, under):
            return _logarithm(over, sizes) - _logarithm(under, sizes)
        case Binary("+", left, right):
            less, more = sorted((_logarithm(left, sizes), _logarithm(right, sizes)))
            return more if more - less > _NOTHING else more + mp.log1p(mp.exp(less - more))
        case Binary("-", left, right):
            one, other = _logarithm(left, sizes), _logarithm(right, sizes)
            if one > other:
                return one if one - other > _NOTHING else one + mp.log1p(-mp.exp(other - one))
        case Binary(operator, left, right) if operator in PRODUCTS:
            return _logarithm(left, sizes) + _logarithm(right, sizes)
        case Call(function, arguments):
            return _called(node, function, arguments, sizes)
    raise Unreadable("a growth is asked: sums, products, powers and logarithms of the sizes", node.column)


def _called(node: Node, function: str, arguments: tuple[Node, ...], sizes: Mapping[str, Any]) -> Any:
    mp = _of(sizes)
    if function in ("log", "log10"):
        inner = _logarithm(arguments[0], sizes)
        if inner > 0:
            return mp.log(inner) - (mp.log(_logarithm(arguments[1], sizes)) if len(arguments) == 2 else 0)
    if function == "sqrt":
        return _logarithm(arguments[0], sizes) / 2
    if function == "exp":
        return _value(arguments[0], sizes)
    if function == "factorial":
        return mp.loggamma(_value(arguments[0], sizes) + 1)
    if function in ("max", "min"):
        return (max if function == "max" else min)(_logarithm(argument, sizes) for argument in arguments)
    if function in ("ceil", "floor", "abs", "round") and len(arguments) == 1:
        return _logarithm(arguments[0], sizes)
    raise Unreadable(f"{function} is not used in a growth here", node.column)


def _value(node: Node, sizes: Mapping[str, Any]) -> Any:
    """The value of an exponent."""
    if isinstance(node, Negative):
        return -_value(node.operand, sizes)
    if isinstance(node, Number):
        return _of(sizes).mpf(node.value.numerator) / node.value.denominator
    if isinstance(node, Binary) and node.operator in ("+", "-"):
        left, right = _value(node.left, sizes), _value(node.right, sizes)
        return left + right if node.operator == "+" else left - right
    size = _logarithm(node, sizes)
    if size > _MOST_LOGARITHM:
        raise Unreadable("this grows too fast to be compared here", node.column)
    return _of(sizes).exp(size)


def _of(sizes: Mapping[str, Any]) -> Any:
    """The context that the numbers belong to."""
    return next((value.context for value in sizes.values()), _context(_DIGITS))


@lru_cache(maxsize=2)
def _context(digits: int) -> Any:
    context = mpmath.MPContext()
    context.dps = digits
    return context
