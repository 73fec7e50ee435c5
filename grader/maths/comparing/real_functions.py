"""Functions at one precision that take care of their own: `round`, `max`, factorials, roots, those nothing is known of.

The rest of arithmetic is `evaluator.py`'s, which fills in `binary`, `number` and `power`.
"""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from fractions import Fraction
from functools import partial, reduce
from typing import Any

from grader.maths.comparing.budget import spend
from grader.maths.comparing.no_value import NoValue, Outside, Pole

Value = Any
"""A Fraction where exact, else a real or complex number of the context's precision."""

_OPAQUE_DIGITS, _OPAQUE_GUARD = 40, 10
_SIMPLE = 10**18
_MAX_FACTORIAL = 1_000
_MAX_GAMMA_DIGITS = 120
_MAX_WHOLE, _WHOLE_GUARD = 18, 25
"""Digits behind the point that are kept where a number is rounded to a whole one."""


class RealFunctions(ABC):
    """Functions at one precision. `tied` tells that a number was rounded at a tie."""

    mp: Any
    digits: int
    tied: bool

    @abstractmethod
    def number(self, value: Value) -> Value:
        """A value of this context, from a Fraction if need be."""

    @abstractmethod
    def binary(self, operator: str, left: Value, right: Value) -> Value:
        """One arithmetic operation."""

    @abstractmethod
    def power(self, base: Value, exponent: Value) -> Value:
        """`base ** exponent`."""

    def exact(self, function: str, values: list[Value]) -> Value:
        """A function that keeps rationals rational."""
        if function == "abs":
            return abs(values[0])
        values = [self.real(value) for value in values]
        if function == "sum":
            return reduce(partial(self.binary, "+"), values)
        if function in ("min", "max"):
            return (min if function == "min" else max)(values, key=self.number)
        value = values[0]
        return Fraction((value > 0) - (value < 0)) if function == "sign" else self.whole(function, value)

    def whole(self, function: str, value: Value) -> Fraction:
        """`round` (ties to even, as in Python and torch), `floor` or `ceil`."""
        if not isinstance(value, Fraction):
            value = self.snapped(value)
        if function == "floor":
            return Fraction(math.floor(value))
        if function == "ceil":
            return Fraction(math.ceil(value))
        self.tied = self.tied or value.denominator == 2
        return Fraction(round(value))

    def snapped(self, value: Value) -> Fraction:
        """A value near a whole or half number as exactly that; any other as a fraction close by."""
        if abs(value) > 10 ** max(_MAX_WHOLE, self.digits - _WHOLE_GUARD):
            raise NoValue
        doubled = int(self.mp.floor(2 * value + self.mp.mpf("0.5")))
        if abs(2 * value - doubled) < self.mp.mpf(10) ** (12 - self.digits) * (1 + abs(value)):
            return Fraction(doubled, 2)
        return Fraction(int(self.mp.floor(value))) + Fraction(float(value - self.mp.floor(value)))

    def combinatorial(self, function: str, values: list[Value]) -> Value:
        """Factorials and binomials, of small arguments only."""
        numbers = [self.real(value) for value in values]
        if any(abs(number) > _MAX_FACTORIAL for number in numbers):
            raise NoValue
        if all(isinstance(number, Fraction) and number.denominator == 1 for number in numbers):
            whole = [number.numerator for number in numbers]
            if min(whole) < 0:
                raise NoValue
            return Fraction(math.factorial(whole[0]) if function == "factorial" else math.comb(*whole))
        if self.digits > _MAX_GAMMA_DIGITS:
            raise NoValue
        spend(6 * self.digits)
        return getattr(self.mp, function)(*map(self.number, numbers))

    def opaque(self, function: str, values: list[Value]) -> Fraction:
        """A function, or a family, of which nothing is known: some number that follows from its arguments alone.

        It is positive where the name ends in `__`.
        """
        shown = [self.shown(self.real(value)) for value in values]
        digest = hashlib.sha256("\0".join((function, *shown)).encode()).digest()
        lowest = Fraction(1, 7) if function.endswith("__") else Fraction(-2)
        return Fraction(int.from_bytes(digest[:6], "big"), 1 << 46) + lowest

    def shown(self, value: Value) -> str:
        """A value as text: the same for a fraction and for what is that fraction to all digits but the last few."""
        if isinstance(value, Fraction):
            return str(value)
        near = Fraction(self.mp.nstr(value, self.digits)).limit_denominator(_SIMPLE)
        if abs(self.number(near) - value) <= abs(value) * self.mp.mpf(10) ** (_OPAQUE_GUARD - self.digits):
            return str(near)
        return str(self.mp.nstr(value, min(self.digits - 3, _OPAQUE_DIGITS)))

    def logarithm(self, numbers: list[Value]) -> Value:
        """The logarithm of the first, natural or to the base of the second."""
        if any(number == 0 for number in numbers):
            raise Pole
        value = self.mp.log(numbers[0])
        if len(numbers) == 1:
            return value
        base = self.mp.log(numbers[1])
        if base == 0:
            raise NoValue
        return value / base

    def root(self, value: Value, degree: Value) -> Value:
        """The real root: of odd degree also of a negative number."""
        if degree == 0:
            raise NoValue
        whole = isinstance(degree, Fraction) and degree.denominator == 1 and degree.numerator % 2 == 1
        if whole and not is_complex(value) and value < 0:
            return -self.power(-value, 1 / degree)
        return self.power(value, 1 / degree if isinstance(degree, Fraction) else 1 / self.number(degree))

    def real(self, value: Value) -> Value:
        """A value without its rounding-sized imaginary part.

        Raises:
            Outside: it is not real.
        """
        if not is_complex(value):
            return value
        if abs(value.imag) > abs(value.real) * self.mp.mpf(10) ** (10 - self.digits):
            raise Outside
        return value.real


def is_complex(value: Value) -> bool:
    """Whether a value has an imaginary part, be it of the size of a rounding."""
    return isinstance(value, complex) or hasattr(value, "_mpc_")


def as_fraction(value: Value) -> Fraction:
    """A real value as exactly the fraction that it is stored as."""
    if isinstance(value, Fraction):
        return value
    sign, mantissa, exponent, _ = value._mpf_
    magnitude = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -magnitude if sign else magnitude
