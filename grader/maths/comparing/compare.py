"""One answer against one right answer, for every kind of field.

Owns what equality means for each kind, and the message for an answer of the wrong kind. Does not look for
mistakes or for what follows from earlier answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from grader.maths.comparing import amounts, sets
from grader.maths.comparing.amounts import Amount
from grader.maths.comparing.equations import compare_equations
from grader.maths.comparing.matrices import compare_matrices, compare_matrix_equations
from grader.maths.comparing.prepared_question import PreparedQuestion
from grader.maths.comparing.scalars import compare
from grader.maths.reading import units
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Equality, Proof, Tolerance
from grader.maths.reading.tree import Binary, Listing, Node, Number, Relation, Unit, walk

_ROUNDING = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an answer equals a right one, how that is known, and what to say where it does not."""

    verdict: Equality
    proof: Proof = "refuted"
    message: str = ""


def same(field: PreparedQuestion, expected: Node, answer: Node, seed: int, tolerance: Tolerance | None) -> Comparison:
    """Compare an answer with one right answer.

    Raises:
        Unreadable: the answer is of the wrong kind, or its shapes or units do not fit together.
    """
    kind = field.question.kind
    if isinstance(expected, Listing) or isinstance(answer, Listing):
        return _sets(expected, answer)
    matrices = kind == "matrix" or field.has_matrices(expected, answer)
    if kind == "equation" or (kind == "expr" and isinstance(expected, Relation)):
        return _equations(field, expected, answer, seed, matrices=matrices)
    whole = Comparison("equal", "identical")
    members = chain_members(answer)
    for member, loosely in members:
        if member is not members[-1][0] and field.question.kind == "quantity":
            member = _with_counts(field, member)
        found = _scalar(field, expected, member, seed, tolerance, loosely)
        if found.verdict != "equal":
            return _chained(answer, found)
        whole = found
    return whole


def chain_members(answer: Node) -> list[tuple[Node, bool]]:
    """The members of `a = b ≈ c`, each with whether it only has to be near.

    Raises:
        Unreadable: the answer is an inequality.
    """
    if not isinstance(answer, Relation):
        return [(answer, False)]
    if set(answer.operators) - {"=", "≈"}:
        raise Unreadable("an inequality where a value is asked", answer.column)
    loosely = [False, *(operator == "≈" for operator in answer.operators)]
    return list(zip(answer.members, loosely, strict=True))


def field_amount(field: PreparedQuestion, answer: Node) -> Amount:
    """The worth of an answer to a number or quantity field, a bare number in the field's unit.

    In a field `bytes_per_token` an answer in bytes per token is one in bytes, in a number `pf_days` one in PF-days a
    bare number; so is a ratio such as `350 GB / 2 MB`. What is merely counted may be left out: `1.44/min` for
    tokens per minute.
    """
    worth = amounts.amount(answer, percent=field.percent, default=field.unit)
    per, named = field.per, field.named_unit
    if field.unit is None and named and worth.dimensions == named.dimensions and _has_unit(answer, named):
        return Amount(worth.value / named.factor, (), True)
    if field.unit and not worth.dimensions and not worth.bare:
        return Amount(worth.value * field.unit.factor, field.unit.dimensions, True)
    if per and field.unit and worth.dimensions == units.multiply(field.unit.dimensions, per.dimensions, -1):
        return Amount(worth.value * per.factor, field.unit.dimensions, worth.bare)
    if field.unit and worth.dimensions and _counts_left_out(field.unit.dimensions, worth.dimensions):
        return Amount(worth.value, field.unit.dimensions, worth.bare)
    return worth


def _with_counts(field: PreparedQuestion, member: Node) -> Node:
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


def _has_unit(node: Node, unit: units.UnitValue) -> bool:
    return any(isinstance(part, Unit) and part.symbol == unit.symbol for part in walk(node))


def _counts_left_out(asked: units.Dimensions, found: units.Dimensions) -> bool:
    """Whether all that is missing is what the quantity counts, above the line."""
    missing = units.multiply(asked, found, -1)
    return bool(missing) and all(
        name in units.COUNTED and name not in dict(found) and power > 0 for name, power in missing
    )


def _scalar(
    field: PreparedQuestion, expected: Node, answer: Node, seed: int, tolerance: Tolerance | None, loosely: bool
) -> Comparison:
    if isinstance(expected, Relation):
        expected = expected.members[-1]
    if field.question.kind in ("number", "quantity"):
        return _amounts(field, expected, answer, tolerance, loosely)
    if field.question.kind == "matrix" or field.has_matrices(expected, answer):
        verdict, proof, message = compare_matrices(expected, answer, field.symbols, seed)
        return Comparison(verdict, proof, message)
    relative = tolerance.rel if tolerance else None
    if loosely:
        relative = max(relative or 0.0, float(_ROUNDING))
    return Comparison(*compare(expected, answer, field.symbols, seed, relative))


def _amounts(
    field: PreparedQuestion, expected: Node, answer: Node, tolerance: Tolerance | None, loosely: bool
) -> Comparison:
    right, found = field_amount(field, expected), field_amount(field, answer)
    if found.dimensions != right.dimensions:
        if found.bare and field.unit is None:
            raise Unreadable("a unit is missing", 1)
        return Comparison("different", "refuted", amounts.dimension_message(found.dimensions, right.dimensions))
    if loosely and tolerance is None:
        tolerance = Tolerance(rel=float(_ROUNDING))
    scale = field.unit.factor if field.unit else Fraction(1)
    if found.within(right, tolerance, scale):
        exact = found.value == right.value
        return Comparison("equal", "exact" if exact else "tolerance")
    return Comparison("different", "refuted")


def _sets(expected: Node, answer: Node) -> Comparison:
    if not isinstance(expected, Listing) or not isinstance(answer, Listing):
        raise Unreadable("a set of whole numbers is asked", 1)
    right, found = sets.members(expected), sets.members(answer)
    if right == found:
        return Comparison("equal", "exact")
    return Comparison("different", "refuted")


def _equations(field: PreparedQuestion, expected: Node, answer: Node, seed: int, *, matrices: bool) -> Comparison:
    if not isinstance(answer, Relation):
        raise Unreadable("an equation is asked: both sides, with = between them", 1)
    if not isinstance(expected, Relation):
        raise Unreadable("a value is asked, not an equation", 1)
    if matrices:
        return Comparison(*compare_matrix_equations(expected, answer, field.symbols, seed))
    return Comparison(*compare_equations(expected, answer, field.symbols, seed))


def _chained(answer: Node, found: Comparison) -> Comparison:
    if isinstance(answer, Relation) and not found.message:
        return Comparison(found.verdict, found.proof, "every member of a chain a = b = c has to be right")
    return found
