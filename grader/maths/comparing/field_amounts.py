"""What an answer to a number or quantity field is worth, in base units.

Owns what a bare number means, what the field's own name says (`bytes_per_token`, `pf_days`), and counted things that
may be left out of a unit. Arithmetic on units is `amounts.py`'s.
"""

from __future__ import annotations

from fractions import Fraction

from grader.maths.comparing import amounts
from grader.maths.comparing.amounts import Amount
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import value_at
from grader.maths.comparing.scalars import compare
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading import units
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Tolerance
from grader.maths.reading.tree import (
    Binary,
    Node,
    Number,
    Percent,
    Unit,
    has_unit,
    literal,
    rebuild,
    walk,
)

_DIGITS = 40
_NEGLIGIBLE = Fraction(1, 10**30)
_ANGLE = units.dimensions({"rad": 1})
"""An angle is a pure number where one is asked, as in the international system of units."""
ROUNDING = Fraction(1, 100)
"""How near the member behind `≈` has to be."""


def field_amount(field: PreparedQuestion, answer: Node) -> Amount:
    """The worth of an answer, a bare number in the field's unit.

    In a field `bytes_per_token` an answer in bytes per token is one in bytes, in a number `pf_days` one in PF-days a
    bare number; so is a ratio such as `350 GB / 2 MB`. What is merely counted may be left out: `1.44/min` for
    tokens per minute.

    Raises:
        Unreadable: no real value, or units that cannot be added.
    """
    worth = amounts.amount(answer, percent=field.percent, default=field.unit)
    per, named = _per(field), _named_unit(field)
    if field.unit is None and named and worth.dimensions == named.dimensions and _has_unit(answer, named):
        return Amount(worth.value / named.factor, (), True)
    if field.unit is None and worth.dimensions == _ANGLE:
        return Amount(worth.value, (), worth.bare)
    if field.unit and not worth.dimensions and not worth.bare:
        return Amount(worth.value * field.unit.factor, field.unit.dimensions, True)
    if per and field.unit and worth.dimensions == units.multiply(field.unit.dimensions, per.dimensions, -1):
        return Amount(worth.value * per.factor, field.unit.dimensions, worth.bare)
    if field.unit and worth.dimensions and _counts_left_out(field.unit.dimensions, worth.dimensions):
        return Amount(worth.value, field.unit.dimensions, worth.bare)
    return worth


def compare_amounts(
    field: PreparedQuestion, expected: Node, answer: Node, tolerance: Tolerance | None, *, near: bool
) -> Comparison:
    """Whether one amount is near enough to another.

    Args:
        field: the question, for its unit.
        expected: what is right.
        answer: what was typed.
        tolerance: relative or absolute; None asks for equality.
        near: whether the answer stands behind `≈`, and so may be rounded.

    Raises:
        Unreadable: a unit is missing, or has no meaning here.
    """
    right, found = field_amount(field, expected), field_amount(field, answer)
    exactly = tolerance is None or tolerance.is_exact
    if found.dimensions != right.dimensions:
        if found.bare and field.unit is None:
            raise Unreadable("a unit is missing", 1)
        return Comparison("different", "refuted", amounts.dimension_message(found.dimensions, right.dimensions))
    if exactly and near:
        tolerance = Tolerance(rel=float(ROUNDING))
    elif exactly:
        pure = _pure(field, expected, right), _pure(field, answer, found)
        if not all(isinstance(value_at(node, {}, _DIGITS), Fraction) for node in pure):
            return compare(*pure, field.symbols, 0)
    scale = field.unit.factor if field.unit else Fraction(1)
    if found.within(right, tolerance, scale):
        exact = found.value == right.value
        return Comparison("equal", "exact" if exact else "tolerance")
    return Comparison("different", "refuted")


def _pure(field: PreparedQuestion, node: Node, worth: Amount) -> Node:
    """An amount as a tree of numbers alone, in base units, so that it can be compared to any number of digits."""
    bare = not has_unit(node)

    def plain(part: Node) -> Node:
        if isinstance(part, Percent) and field.percent:
            return part.operand
        if part == Unit("deg"):
            return amounts.DEGREE
        return literal(found.factor) if isinstance(part, Unit) and (found := units.find(part.symbol)) else part

    pure = rebuild(node, plain)
    first = amounts.amount(pure).value
    scale = worth.value / first if first and not bare else field.unit.factor if bare and field.unit else Fraction(1)
    return pure if abs(scale - 1) < _NEGLIGIBLE else Binary("*", literal(scale), pure)


def with_counts(field: PreparedQuestion, member: Node) -> Node:
    """A member in front of others as if what is merely counted stood in it: `2e15 FLOP/s * 1e-19 J` for watts."""
    if field.unit is None:
        return member
    extra = units.multiply(field_amount(field, member).dimensions, field.unit.dimensions, -1)
    for name, power in extra:
        if name not in units.COUNTED or power.denominator != 1:
            return member
    for name, power in extra:
        member = Binary("/", member, Binary("^", Unit(name), Number(str(power.numerator))))
    return member


def _per(field: PreparedQuestion) -> units.UnitValue | None:
    """The unit that a name such as `bytes_per_token` ends with."""
    _, found, counted = (field.asked or "").rpartition("_per_")
    return units.find(counted) or units.find(counted.replace("_", "-")) if found else None


def _named_unit(field: PreparedQuestion) -> units.UnitValue | None:
    """The unit that the name of a plain number ends with, as `pf_days` does."""
    words = (field.asked or "").split("_")
    endings = ("-".join(words[first:]) for first in range(len(words)))
    return next((found for word in endings if len(word) >= 3 and (found := units.find(word))), None)


def _has_unit(node: Node, unit: units.UnitValue) -> bool:
    return any(isinstance(part, Unit) and part.symbol == unit.symbol for part in walk(node))


def _counts_left_out(asked: units.Dimensions, found: units.Dimensions) -> bool:
    """Whether all that is missing is what the quantity counts, above the line."""
    missing = units.multiply(asked, found, -1)
    return bool(missing) and all(
        name in units.COUNTED and name not in dict(found) and power > 0 for name, power in missing
    )
