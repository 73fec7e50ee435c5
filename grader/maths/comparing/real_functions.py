"""Functions that keep rationals rational, and those that need whole or real arguments: `round`, `max`, factorials.

The rest of arithmetic is `evaluator.py`'s, which fills in `binary` and `number`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any

from grader.maths.comparing.budget import spend
from grader.maths.comparing.no_value import NoValue, Outside

Value = Any
"""A Fraction where exact, else a real or complex number of the context's precision."""

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

    def exact(self, function: str, values: list[Value]) -> Value:
        """A function that keeps rationals rational."""
        values = [self.real(value) if is_complex(value) and function != "abs" else value for value in values]
        if function == "sum":
            total = values[0]
            for value in values[1:]:
                total = self.binary("+", total, value)
            return total
        if function in ("min", "max"):
            choose = min if function == "min" else max
            return choose(values, key=self.number)
        value = values[0]
        if function == "abs":
            return abs(value)
        if function == "sign":
            return Fraction((value > 0) - (value < 0))
        return self.whole(function, value)

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
        numbers = [self.real(value) if is_complex(value) else value for value in values]
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
