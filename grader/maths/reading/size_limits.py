"""Bombs, refused from the tree alone: towers of powers, huge factorials, towers of degrees.

Works on rough logarithms in floating point, so that nothing large is ever built. What passes can be
evaluated and expanded in bounded time and memory.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.numbers import MAX_EXPONENT
from grader.maths.reading.tree import PRODUCTS, Binary, Call, Constant, Negative, Node, Number, Percent, children, walk

_INFINITE = Constant("inf")
_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "/": operator.truediv, **dict.fromkeys(PRODUCTS, operator.mul),
}  # fmt: skip
"""Binary operators that need no care."""
_GROWING = frozenset({"exp", "sinh", "cosh"})
MAX_FACTORIAL = 200
MAX_TOWER = 6
MAX_LIMIT = 10_000
"""How far out a limit of an integral may lie."""
MAX_TERMS = 399
"""Terms that a sum with plain limits may have."""
MAX_LOG10 = 4_000.0
"""Digits that a constant part of an answer may have."""


def check_bounds(node: Node) -> None:
    """Refuse a tree that cannot be evaluated in bounded time.

    Raises:
        Unreadable: a literal exponent beyond 1,000, a constant of thousands of digits, a large factorial.
    """
    if _tower(node) > MAX_TOWER:
        raise Unreadable(f"exponentials nested deeper than {MAX_TOWER}", node.column)
    for part in walk(node):
        if isinstance(part, Binary) and part.operator == "^" and _size(part.right) * _degree(part.left) > MAX_EXPONENT:
            raise Unreadable(f"a power beyond {MAX_EXPONENT}", part.right.column)
        if isinstance(part, Call):
            _check_call(part)
        magnitude = _log10(part)
        if magnitude is not None and magnitude > MAX_LOG10:
            raise Unreadable(f"a number of more than {MAX_LOG10:.0f} digits", part.column)


def _check_call(part: Call) -> None:
    match part:
        case Call("factorial" | "binomial", sizes) if any(_size(size) > MAX_FACTORIAL for size in sizes):
            raise Unreadable(f"a factorial beyond {MAX_FACTORIAL}", part.column)
        case Call("sum_over" | "product_over") if _terms(part) > MAX_TERMS + 1:  # those of sums inside it counted in
            raise Unreadable(f"a sum or product of more than {MAX_TERMS} terms: give it in closed form", part.column)
        case Call("integral_over", (_, *ends, _)) if any(_size(end) > MAX_LIMIT and not _is_end(end) for end in ends):
            raise Unreadable(f"a limit of an integral beyond {MAX_LIMIT}: give its value", part.column)
        case Call(function, (inner, *_)) if function in _GROWING and _size(inner) > MAX_LOG10:
            raise Unreadable(f"a number of more than {MAX_LOG10:.0f} digits", part.column)


def _terms(node: Node) -> float:
    """How many terms have to be added up, by limits that are plain numbers."""
    inside = max([1.0, *(_terms(below) for below in children(node))])
    if not isinstance(node, Call) or node.function not in ("sum_over", "product_over"):
        return inside
    first, last = rough(node.arguments[1]), rough(node.arguments[2])
    if first is None or last is None or math.isinf(last):
        return inside
    return inside * max(1.0, last - first + 1)


def _is_end(node: Node) -> bool:
    return node in (_INFINITE, Negative(_INFINITE))


def _size(node: Node) -> float:
    """The size of a constant; 0 of what is none."""
    return abs(rough(node) or 0.0)


def rough(node: Node) -> float | None:
    """The value of a constant to floating-point precision, infinite where it overflows; else None."""
    values: list[float] = []
    for part in children(node):
        value = rough(part)
        if value is None:
            return None
        values.append(value)
    try:
        return _rough(node, values)
    except (OverflowError, ZeroDivisionError, ValueError):
        return math.inf


def _rough(node: Node, values: list[float]) -> float | None:
    match node:
        case Number(text):
            return float(text)
        case Constant(name):
            return {"pi": math.pi, "e": math.e, "i": 1.0, "inf": math.inf}[name]
        case Negative():
            return -values[0]
        case Percent():
            return values[0] / 100
        case Binary("^"):
            power = values[0] ** values[1]
            return abs(power) if isinstance(power, complex) else power
        case Binary(sign):
            return _OPERATIONS[sign](*values)
        case Call("factorial"):
            return math.gamma(min(abs(values[0]), 171.0) + 1)
        case Call("exp"):
            return math.exp(values[0])
        case Call("log"):
            base = math.log(values[1]) if len(values) == 2 else 1.0
            return math.log(values[0]) / base
        case Call("sqrt"):
            return math.sqrt(abs(values[0]))
        case Call():
            return max(map(abs, values))
    return None


def _log10(node: Node) -> float | None:
    """The decimal logarithm of a literal or constant power; None for all else."""
    if isinstance(node, Number):
        return abs(float(node.text.partition("e")[2] or 0))
    if isinstance(node, Binary) and node.operator == "^":
        base, exponent = rough(node.left), rough(node.right)
        if base is None or exponent is None:
            return None
        inner = _log10(node.left) if math.isinf(base) or base == 0 else abs(math.log10(abs(base)))
        return (MAX_LOG10 * 2 if inner is None else inner) * abs(exponent)
    return None


def _tower(node: Node) -> int:
    """How many exponentials stand in one another's exponents, logarithms taken off: no machine holds such numbers."""
    below = [_tower(part) for part in children(node)]
    if isinstance(node, Binary) and node.operator == "^" and rough(node.right) is None:
        return max(below[0], 1 + below[1])
    tallest = max(below, default=0)
    if not isinstance(node, Call):
        return tallest
    return max(0, tallest - 1) if node.function == "log" else tallest + (node.function in _GROWING)


def _degree(node: Node) -> float:
    """The product of the exponents already below: `((x^9)^9)^9` has degree 729."""
    if isinstance(node, Binary) and node.operator == "^":
        exponent = rough(node.right)
        return _degree(node.left) * max(1.0, abs(exponent) if exponent is not None else 1.0)
    return max([1.0, *(_degree(part) for part in children(node))])
