"""Numbers and quantities: what an amount is worth, in which dimensions, and whether it is near enough.

Values stay exact fractions, so that a tolerance is applied by rule and never by a float. Owns percent
fields, bare numbers in a field's unit, and what is said about a wrong dimension or a factor of eight.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.precision import digits_needed
from grader.maths.comparing.real_functions import as_fraction
from grader.maths.reading import units
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.question import Tolerance
from grader.maths.reading.tree import (  # fmt: skip
    BINDERS,
    Binary,
    Call,
    Constant,
    Negative,
    Node,
    Number,
    Percent,
    Unit,
    has_call,
    has_unit,
    names,
    rebuild,
    walk,
)
from grader.maths.reading.units import Dimensions

_DIGITS = 40
DEGREE = Binary("/", Constant("pi"), Number("180"))
"""A degree of an angle, which no fraction is."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A real value in base units. `bare` tells that no unit was typed."""

    value: Fraction
    dimensions: Dimensions
    bare: bool

    def within(self, expected: Amount, tolerance: Tolerance | None, scale: Fraction = Fraction(1)) -> bool:
        """Whether this lies near enough to what is expected; `scale` is one of the field's unit in base units."""
        gap = abs(self.value - expected.value)
        if tolerance is None:
            return gap == 0
        relative = Fraction(str(tolerance.rel or 0)) * abs(expected.value)
        return gap <= max(relative, Fraction(str(tolerance.abs or 0)) * scale)


def amount(node: Node, *, percent: bool = False, default: units.UnitValue | None = None) -> Amount:
    """The worth of an amount.

    Args:
        node: a tree of numbers and units.
        percent: the field is in percent, so that `1.03` and `1.03 %` are the same.
        default: the unit that a bare number has.

    Raises:
        Unreadable: no real value, or units that cannot be added.
    """
    if percent:
        node = rebuild(node, lambda part: part.operand if isinstance(part, Percent) else part)
    value, dimensions = _temperature(node) or _worth(node)
    bare = not has_unit(node)
    if bare and default is not None:
        return Amount(value * default.factor + origin(default), default.dimensions, True)
    return Amount(value, dimensions, bare)


def origin(unit: units.UnitValue) -> Fraction:
    """What the zero of a unit is worth in base units: of a scale of temperature, in kelvin."""
    return units.ORIGINS.get(unit.symbol, Fraction(0))


def in_unit(worth: Amount, unit: units.UnitValue | None) -> Fraction:
    """The number of an amount in a unit of its dimensions; in base units where none is given."""
    return worth.value if unit is None else (worth.value - origin(unit)) / unit.factor


def _temperature(node: Node) -> tuple[Fraction, Dimensions] | None:
    """A temperature on a scale of its own, `-5 degC`; None for anything else.

    Raises:
        Unreadable: such a scale in a computation, where a difference may be meant.
    """
    scale = next((part for part in walk(node) if isinstance(part, Unit) and part.symbol in units.ORIGINS), None)
    if scale is None:
        return None
    sign, inner = (-1, node.operand) if isinstance(node, Negative) else (1, node)
    if not isinstance(inner, Binary) or inner.right != scale or inner.operator not in ("", "*", "·"):
        raise Unreadable("a temperature or a difference of two? write it in kelvin", scale.column)
    found = units.find(scale.symbol)
    assert found is not None
    return sign * _number(inner.left) * found.factor + origin(found), found.dimensions


def unit_value(text: str, node: Node) -> units.UnitValue:
    """A field's unit as one value: `token/min` → 1/60 token per second."""
    value, dimensions = _worth(node)
    return units.UnitValue(text, value, dimensions)


def decimal_text(value: Fraction) -> str:
    """A value as plain or scientific decimal text of at most forty digits."""
    context = Context(prec=_DIGITS)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context)
    if quotient == 0:
        return "0"
    exponent = quotient.adjusted()
    if -5 <= exponent < 16:
        return format(quotient, "f")
    return format(quotient, "e").replace("e+", "e")


def dimension_message(found: Dimensions, asked: Dimensions) -> str:
    """What to say about a quantity of the wrong kind."""
    return f"this is in {units.describe(found)}; {units.describe(asked)} is asked"


def _worth(node: Node) -> tuple[Fraction, Dimensions]:
    match node:
        case Unit(symbol):
            found = units.find(symbol)
            if found is None:
                raise Unreadable(f"{symbol!r} is not a unit known here", node.column)
            return (_number(DEGREE) if symbol == "deg" else found.factor), found.dimensions
        case Negative(operand):
            value, dimensions = _worth(operand)
            return -value, dimensions
        case Percent(operand):
            value, dimensions = _worth(operand)
            return value / 100, dimensions
        case Binary(operator, left, right) if has_unit(node):
            return _combined(operator, left, right, node.column)
        case Call(function, arguments) if has_unit(node):
            parts = [_worth(argument) for argument in arguments]
            if function not in ("round", "floor", "ceil", "abs", "min", "max", "sum"):
                raise Unreadable(f"{function} of a quantity with a unit has no meaning", node.column)
            if len(parts) == 1 and function in ("abs", "sum", "min", "max"):
                return (abs(parts[0][0]) if function == "abs" else parts[0][0]), parts[0][1]
            raise Unreadable("write the unit behind the value", node.column)
    return _number(node), ()


def _combined(operator: str, left: Node, right: Node, column: int) -> tuple[Fraction, Dimensions]:
    (a, first), (b, second) = _worth(left), _worth(right)
    if operator in ("+", "-"):
        if first != second:
            raise Misfit(f"{units.describe(first)} and {units.describe(second)} cannot be added", column)
        return (a + b if operator == "+" else a - b), first
    if operator == "^":
        if second or b.denominator != 1 or abs(b) > 6:
            raise Unreadable("a unit may only be raised to a small whole power", column)
        if a == 0 and b <= 0:
            raise Misfit("this divides by zero", column)
        return a**b.numerator, units.multiply((), first, b)
    if operator == "/":
        if b == 0:
            raise Misfit("this divides by zero", column)
        return a / b, units.multiply(first, second, -1)
    return a * b, units.multiply(first, second)


def _number(node: Node) -> Fraction:
    if names(node):
        raise Unreadable("a number is asked, not a formula", node.column)
    evaluator = Evaluator({}, digits_needed(node))
    try:
        value = evaluator.real(evaluator.value(node))
    except NoValue:
        if has_call(BINDERS, node):
            raise Unreadable("this could not be computed: give its value", node.column) from None
        raise Misfit("this has no real value", node.column) from None
    return as_fraction(value)
