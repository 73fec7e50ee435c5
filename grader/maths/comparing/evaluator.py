"""The value of a tree at a point: exactly as long as it is rational, else to any number of digits.

Owns what every function is worth and where it has no value. Nothing here can be made to build a huge number:
powers and exponentials beyond a bound have no value. SymPy is not needed.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from operator import add, mul, sub, truediv
from typing import Any

from grader.maths.comparing.budget import spend
from grader.maths.comparing.conditions import truth, without_conditions
from grader.maths.comparing.no_value import NoValue, Outside, Pole
from grader.maths.comparing.real_functions import RealFunctions, Value
from grader.maths.comparing.running import running_value
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.tree import BINDERS, Binary, Call, Constant, Name, Negative, Node, Number, Percent

Point = Mapping[str, Fraction]

OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": add, "-": sub, "*": mul, "·": mul, "": mul, "/": truediv,
}  # fmt: skip
"""Arithmetic, powers aside."""

_MAX_BITS = 20_000
_MAX_FLOAT_BITS = 900
_MAX_LOG = 50_000
_MAX_MAGNITUDE = 70_000
_MAX_EXPONENT_BITS = 6_000
"""Bits that the exponent of a power may have far out."""

FLOAT_DIGITS = 15
"""With so few digits the machine's own numbers are used, which are fast and good for a first look."""


class Evaluator(RealFunctions):
    """Evaluates trees at one point with one precision. `tied` tells that a number was rounded at a tie."""

    def __init__(self, point: Point, digits: int) -> None:
        self.point = point
        self.mp = _context(digits)
        self.digits = digits
        self.bits = _MAX_BITS if digits > FLOAT_DIGITS else _MAX_FLOAT_BITS
        self.tied = False
        self.terms = 1
        """How many terms the sums have together, within which a part is evaluated."""

    def value(self, node: Node) -> Value:
        """The value of a scalar tree.

        Raises:
            NoValue: none at this point.
        """
        try:
            found = self.below(node)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise NoValue from error
        if isinstance(found, float | complex) and not cmath.isfinite(found):
            raise NoValue
        return found

    def below(self, node: Node) -> Value:
        """The value of a tree or a part of one; what arithmetic refuses is left to `value`."""
        match node:
            case Number():
                return node.value
            case Name(name):
                if name not in self.point:
                    raise NoValue
                return self.point[name]
            case Binary(operator, left, right):
                return self.binary(operator, self.below(left), self.below(right))
            case Negative(operand):
                return -self.below(operand)
            case Call(function, arguments) if function in BINDERS:
                return running_value(self, function, arguments)
            case Call("cases", arguments):
                return self.chosen(arguments)
            case Call("indicator", (condition,)):
                return self.held(truth(condition))
            case Call("sign", (argument,)):
                return self.sign(argument)
            case Call(function, arguments):
                return self.call(function, [self.below(argument) for argument in arguments])
            case Constant(name):
                return {"pi": +self.mp.pi, "e": +self.mp.e, "i": self.mp.mpc(0, 1), "inf": self.mp.nan}[name]
            case Percent(operand):
                return self.below(operand) / 100
        raise NoValue

    def far(self, digits: int) -> Evaluator:
        """Evaluates at the same point, where exponentials and powers may be enormous or vanish."""
        return _Far(self.point, digits)

    def chosen(self, parts: tuple[Node, ...]) -> Value:
        """The value of the first case whose condition holds; the others need have none."""
        parts = without_conditions(Call("cases", parts)).arguments  # type: ignore[union-attr]  # a call stays one
        for value, condition in zip(parts[::2], parts[1::2], strict=False):
            if self.below(condition) == 1:
                return self.below(value)
        if len(parts) % 2 == 0:
            raise Outside
        return self.below(parts[-1])

    def held(self, condition: Node) -> Value:
        """What a condition is worth: nothing where a side has no value."""
        try:
            return self.below(condition)
        except (Outside, Pole):
            return Fraction(0)

    def sign(self, node: Node) -> Value:
        """The sign of a tree; 0 where its value is nothing but residue, which shrinks as the precision grows."""
        value = self.gap(node)
        if isinstance(value, Fraction) or self.digits <= FLOAT_DIGITS or abs(value) > self.tiny(self.digits // 4):
            return self.exact("sign", [value])
        finer = Evaluator(self.point, 4 * self.digits)
        again = finer.gap(node)
        vanishes = abs(again) <= (abs(value) or self.tiny(self.digits)) * self.tiny(2 * self.digits)
        return Fraction(0) if vanishes else self.exact("sign", [again])

    def gap(self, node: Node) -> Value:
        """The real value of a tree; of a difference only where both sides are real, whatever cancels."""
        match node:
            case Binary("-", left, right):
                return self.binary("-", self.real(self.below(left)), self.real(self.below(right)))
        return self.real(self.below(node))

    def tiny(self, digits: int) -> Value:
        """So many powers of ten below 1."""
        return self.mp.mpf(10) ** -digits

    def number(self, value: Value) -> Value:
        """A value of this context, from a Fraction if need be."""
        if isinstance(value, Fraction):
            return self.mp.mpf(value.numerator) / value.denominator
        return value

    def binary(self, operator: str, left: Value, right: Value) -> Value:
        """One arithmetic operation."""
        if operator == "^":
            return self.power(left, right)
        if isinstance(left, Fraction) != isinstance(right, Fraction):
            left, right = self.number(left), self.number(right)
        if operator == "/" and right == 0:
            raise Pole
        return self.small(OPERATIONS[operator](left, right))

    def small(self, value: Value) -> Value:
        """A fraction as it is, unless it has grown so long that exactness costs more than it is worth."""
        if isinstance(value, Fraction) and _bits(value) > self.bits:
            return self.number(value)
        return value

    def power(self, base: Value, exponent: Value) -> Value:
        """`base ** exponent`, exact for whole exponents of rationals; the principal value otherwise."""
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            return self.whole_power(base, exponent.numerator)
        spend(self.digits)
        base, exponent = self.number(base), self.number(exponent)
        if base == 0:
            if self.mp.re(exponent) > 0:
                return Fraction(0)
            raise Pole
        if abs(exponent) * (abs(self.mp.mag(base)) + 1) > _MAX_MAGNITUDE:
            raise NoValue
        return self.mp.power(base, exponent)

    def whole_power(self, base: Value, exponent: int) -> Value:
        """A power with a whole exponent; that with exponent 0 is 1, as in polynomials and counting."""
        if base == 0 and exponent < 0:
            raise Pole
        if isinstance(base, Fraction):
            if _bits(base) * abs(exponent) <= self.bits:
                return base**exponent
            base = self.number(base)
        spend(self.digits)
        if base != 0 and abs(exponent) * (abs(self.mp.mag(base)) + 1) > _MAX_MAGNITUDE:
            raise NoValue
        return base**exponent

    def call(self, function: str, values: list[Value]) -> Value:
        """One function of the list in `functions.py`."""
        if function in _EXACT:
            return self.exact(function, values)
        if function not in _KNOWN:
            return self.opaque(function, values)
        if function == "Gamma" and isinstance(values[0], Fraction) and values[0].denominator == 1:
            function, values = "factorial", [values[0] - 1]
        if function in ("factorial", "binomial"):
            return self.combinatorial(function, values)
        spend(self.digits)
        numbers = [self.number(value) for value in values]
        first = numbers[0]
        if function in _DEGREES:
            return self.root(values[0], _DEGREES[function] or values[1])
        if function == "log":
            return self.logarithm(numbers)
        if abs(first) > _LARGEST.get(function, math.inf) or (
            function in _SPECIAL and self.digits > _MAX_SPECIAL_DIGITS
        ):
            raise NoValue
        functions = cmath if function in _AREA and self.digits <= FLOAT_DIGITS else self.mp
        return getattr(functions, "gamma" if function == "Gamma" else function)(first)


_DEGREES = {"sqrt": Fraction(2), "cbrt": Fraction(3), "root": None}
_SPECIAL = frozenset({"zeta", "Gamma", "erf"})
_MAX_SPECIAL, _MAX_SPECIAL_DIGITS = 200, 260
_LARGEST = {
    **dict.fromkeys(_SPECIAL, _MAX_SPECIAL),
    **dict.fromkeys(("exp", "sinh", "cosh", "tanh", "coth", "sech", "csch"), _MAX_LOG),
    **dict.fromkeys(("sin", "cos", "tan", "cot", "sec", "csc"), 1 << 1_000),
}
"""How large an argument may be."""
_SATURATED = {"tanh": 1, "coth": 1, "erf": 1, "csch": 0, "sech": 0}
_KNOWN = frozenset(SPELLINGS.values())
_AREA = frozenset({"asinh", "acosh", "atanh"})
"""Functions that mpmath does not have for the machine's own numbers."""
_EXACT = frozenset({"abs", "sign", "min", "max", "sum", "round", "floor", "ceil"})


class _Far(Evaluator):
    """Evaluates very far out, where exponentials and powers may be enormous or vanish."""

    def call(self, function: str, values: list[Value]) -> Value:
        """A function; an exponential or a factorial of any size that a number of this kind can hold."""
        place = self.number(values[0])
        real = isinstance(place, self.mp.mpf)
        if real and function in ("exp", "factorial") and self.mp.mag(place) <= _MAX_EXPONENT_BITS:
            return getattr(self.mp, function)(place)
        if real and function in _SATURATED and abs(place) > _MAX_SPECIAL:
            return Fraction(_SATURATED[function] * (1 if place > 0 else -1))
        return super().call(function, values)

    def power(self, base: Value, exponent: Value) -> Value:
        """A power of any size that a number of this kind can hold."""
        base, exponent = self.number(base), self.number(exponent)
        if self.mp.mag(exponent) > _MAX_EXPONENT_BITS:
            raise NoValue
        if isinstance(base, self.mp.mpf) and base < 0 and exponent != int(exponent):
            raise Outside
        if base == 0:
            return super().power(base, exponent)
        return self.mp.power(base, exponent)


def value_at(node: Node, point: Point, digits: int) -> Value:
    """The real value of a tree at a point; None where it has none."""
    evaluator = Evaluator(point, digits)
    try:
        return evaluator.real(evaluator.value(node))
    except NoValue:
        return None


@lru_cache(maxsize=64)
def _context(digits: int) -> Any:
    import mpmath  # reading alone needs no numbers

    if digits <= FLOAT_DIGITS:
        return mpmath.fp
    context = mpmath.MPContext()
    context.dps = digits
    return context


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()
