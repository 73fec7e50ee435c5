"""What a formula is never below on the declared domain: 1 for `2^(b-1)` of a positive whole b, 0 for a square.

Only what can be said at once, from the inside out; None says nothing.
"""

from __future__ import annotations

from fractions import Fraction

from grader.maths.comparing.sampling import Domain
from grader.maths.reading.tree import PRODUCTS, Binary, Call, Name, Negative, Node, Number

_NEVER_NEGATIVE = frozenset({"exp", "abs", "sqrt", "norm", "cosh", "factorial"})
_MOST_EXPONENT = 100


def least(node: Node, domain: Domain) -> Fraction | None:
    """A number that a tree is never below, wherever the symbols lie."""
    match node:
        case Number():
            return node.value
        case Name(name):
            return _declared(name, domain)
        case Negative(Number() as number):
            return -number.value
        case Binary("-", left, Number() as right):
            below = least(left, domain)
            return None if below is None else below - right.value
        case Binary("/", left, Number() as right) if right.value > 0:
            below = least(left, domain)
            return None if below is None else below / right.value
        case Binary("^", base, exponent):
            return _power(base, exponent, domain)
        case Binary(operator, left, right) if operator in ("+", *PRODUCTS):
            first, second = least(left, domain), least(right, domain)
            if first is None or second is None or (operator != "+" and min(first, second) < 0):
                return None
            return first + second if operator == "+" else first * second
        case Call(function) if function in _NEVER_NEGATIVE:
            return Fraction(0)
    return None


def _declared(name: str, domain: Domain) -> Fraction | None:
    symbol, limits = domain.known[name], domain.limits.get(name)
    if symbol.positive and symbol.integer:
        return max(Fraction(1), limits[0] if limits else Fraction(1))
    if limits:
        return limits[0]
    return Fraction(0) if symbol.positive or symbol.nonnegative else None


def _power(base: Node, exponent: Node, domain: Domain) -> Fraction | None:
    lowest, times = least(base, domain), least(exponent, domain)
    if isinstance(base, Number) and base.value >= 1:
        bounded = times is not None and times.denominator == 1 and abs(times) <= _MOST_EXPONENT
        return base.value ** int(times) if bounded and times is not None else Fraction(0)
    even = isinstance(exponent, Number) and exponent.value % 2 == 0
    return Fraction(0) if even or (lowest is not None and lowest >= 0) else None
