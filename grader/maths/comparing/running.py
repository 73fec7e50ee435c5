"""Sums, products and integrals over a bound name, at one point.

A sum of a few hundred terms is added up exactly; one without end is computed where its terms fall off fast enough, or
by extrapolation. What has too many terms has no value at that point, and so says nothing about an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.maths.comparing.budget import remembered, spend
from grader.maths.comparing.limits import limit_value
from grader.maths.reading.tree import LIMITS, Call, Constant, Name, Negative, Node, calls, names, replaced

if TYPE_CHECKING:
    from grader.maths.comparing.evaluator import Evaluator

MAX_TERMS, _FEWER = 400, 64
"""Terms that are added up: with plain limits, and at one point where a limit is a name."""
_FINITE = ("sum_over", "product_over")
_MAX_ENDLESS = 3_000
_MAX_PLACES, _UNIT = 4_000, 10
"""Places at which a function may be looked at for one integral, and how many of them count as one logarithm."""
_NEAREST = Fraction(1, 64)
"""Where a symbol is smaller, or larger than the inverse, a peak of the function might be missed."""
_GUARD = 15
"""Digits that may be lost; two computations of a sum have to agree in all others."""
_FLOAT = 15
"""With so few digits only finite sums are taken."""


class NoSum(ArithmeticError):
    """The sum has no value, or too many terms."""


def running_value(evaluator: Evaluator, function: str, arguments: tuple[Node, ...]) -> Any:
    """A sum, product or integral, or a limit.

    Raises:
        ArithmeticError: it has no value at this point.
    """
    if function in LIMITS:
        if evaluator.digits <= _FLOAT:
            raise NoSum
        return limit_value(evaluator, function, arguments)
    index, first, last, body = arguments
    assert isinstance(index, Name)
    if evaluator.digits <= _FLOAT and (function == "integral_over" or last == Constant("inf")):
        raise NoSum
    if function == "integral_over":
        whole = Call(function, arguments)
        at = tuple(sorted((name, evaluator.point[name]) for name in names(whole) if name in evaluator.point))
        return remembered((whole, at, evaluator.digits), lambda: _integral(evaluator, index.name, first, last, body))
    start = _whole(evaluator.below(first))
    sign = "+" if function == "sum_over" else "*"
    if last == Constant("inf"):
        return _endless(evaluator, index.name, start, body, sign)
    return _finite(evaluator, index.name, range(start, _whole(evaluator.below(last)) + 1), last, body, sign)


def _finite(evaluator: Evaluator, name: str, values: range, last: Node, body: Node, sign: str) -> Any:
    """A sum or product term by term; within others its terms count as often as it is added up."""
    total: Any = Fraction(0 if sign == "+" else 1)
    around, within = evaluator.terms, evaluator.terms * len(values)
    if len(values) > (_FEWER if names(last) else MAX_TERMS) or (names(last) and within > max(MAX_TERMS, len(values))):
        raise NoSum
    before = evaluator.point
    try:
        body, evaluator.point = _with_fixed_sums(evaluator, name, body) if values else (body, before)
        evaluator.terms = within
        for value in values:
            spend(evaluator.digits // 5)
            total = evaluator.binary(sign, total, _at(evaluator, name, Fraction(value), body))
    finally:
        evaluator.point, evaluator.terms = before, around
    return total


def _with_fixed_sums(evaluator: Evaluator, name: str, body: Node) -> tuple[Node, Mapping[str, Any]]:
    """The body with a name for each sum in it that does not change with the index, and the point that knows them."""
    known_names = evaluator.point.keys() - {name}
    fixed = [call for call in calls(body) if call.function in _FINITE and names(call) <= known_names]
    known = {f"sum {number}": evaluator.below(call) for number, call in enumerate(fixed)}
    for call, known_name in zip(fixed, known, strict=True):
        body = replaced(body, call, Name(known_name))
    return body, {**evaluator.point, **known}


def _whole(value: Any) -> int:
    if not isinstance(value, Fraction) or value.denominator != 1:
        raise NoSum
    return value.numerator


def _at(evaluator: Evaluator, name: str, value: Any, body: Node) -> Any:
    """The body with its index at one value."""
    before: Mapping[str, Any] = evaluator.point
    evaluator.point = {**before, name: value}
    try:
        return evaluator.below(body)
    finally:
        evaluator.point = before


def _endless(evaluator: Evaluator, name: str, start: int, body: Node, sign: str) -> Any:
    """A sum without end: term by term where it falls off like a power, else by extrapolation."""
    if sign != "+":
        raise NoSum
    mp = evaluator.mp
    total, small, quiet, before = mp.mpf(0), mp.mpf(10) ** -(evaluator.digits + 5), 0, mp.inf
    for value in range(start, start + _MAX_ENDLESS):
        spend(evaluator.digits)
        term = evaluator.number(_at(evaluator, name, Fraction(value), body))
        total += term
        quiet = quiet + 1 if abs(term) <= abs(total) * small else 0
        if quiet == 3:
            return total
        if value == start + 60 and abs(term) > abs(total) / 10**6:
            if abs(term) >= abs(before):
                raise NoSum
            break
        before = term
    for _ in range(20):
        spend(evaluator.digits)

    def term_at(value: Any) -> Any:
        return evaluator.number(_at(evaluator, name, Fraction(int(value)), body))

    found, again = (mp.nsum(term_at, [first, mp.inf]) for first in (start, start + 7))
    for value in range(start, start + 7):
        again += term_at(value)
    if not mp.isfinite(found) or abs(found - again) > abs(found) * mp.mpf(10) ** (_GUARD - evaluator.digits):
        raise NoSum
    return found


def _integral(evaluator: Evaluator, name: str, first: Node, last: Node, body: Node) -> Any:
    """A definite integral, by quadrature to the precision asked; symbols are where peaks are expected."""
    mp = evaluator.mp
    start, stop = (_end(evaluator, end) for end in (first, last))
    near = sorted({evaluator.point[used] for used in names(body) if used in evaluator.point} | {Fraction(0)})
    if not all(_NEAREST <= abs(value) <= 1 / _NEAREST for value in near if value):
        raise NoSum
    places_between = (evaluator.number(value) for value in near)
    ends = [start, *(value for value in places_between if start < value < stop), stop]
    evaluator = evaluator.far(evaluator.digits) if mp.inf in (abs(start), abs(stop)) else evaluator
    places = 0

    def at(value: Any) -> Any:
        nonlocal places
        places += 1
        if places > _MAX_PLACES:
            raise NoSum
        if places % _UNIT == 0:
            spend(evaluator.digits)
        return evaluator.number(_at(evaluator, name, value, body))

    found, error = mp.quad(at, ends, error=True)
    if not mp.isfinite(found) or error > max(abs(found), mp.mpf(10) ** -10) * mp.mpf(10) ** (10 - evaluator.digits):
        raise NoSum
    return found


def _end(evaluator: Evaluator, node: Node) -> Any:
    """A limit of an integral."""
    match node:
        case Constant("inf"):
            return evaluator.mp.inf
        case Negative(Constant("inf")):
            return -evaluator.mp.inf
    return evaluator.number(evaluator.below(node))
