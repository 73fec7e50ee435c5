"""Slips in numbers, quantities and sets: a factor of eight, a wrong unit of time, a set that is shifted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from grader.maths.comparing import sets
from grader.maths.comparing.field_amounts import field_amount
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.tree import Listing, Node
from grader.maths.reading.units import Dimensions

_Slips = tuple[tuple[Fraction, str, str], ...]
"""Factors, with what to say where an answer is too large or too small by them."""
_BINARY: _Slips = tuple(
    (Fraction(1024**power, 1000**power), f"1024{sign} against 1000{sign}", f"1000{sign} against 1024{sign}")
    for power, sign in ((1, ""), (2, "²"), (3, "³ (GB or GiB?)"))
)
_SAME_UNIT: dict[str, _Slips] = {
    "B": ((Fraction(8), "a factor 8 (bits instead of bytes?)", "a factor 1/8 (bytes instead of bits?)"),),
    "s": tuple(
        (Fraction(factor), f"a factor {factor} ({units}?)", f"a factor 1/{factor} ({units}?)")
        for factor, units in ((60, "minutes and seconds"), (3600, "hours and seconds"), (24, "hours and days"))
    ),
}
"""Between units of one dimension."""
_PLAIN: _Slips = tuple((Fraction(factor), f"a factor {factor}", f"a factor 1/{factor}") for factor in (2, 4, 8))
_CLEARLY = 4
"""How many times its tolerance a factor must lie from 1 and from any other, to be told from a mere inaccuracy."""


def number_slip(field: PreparedQuestion, answer: Node) -> str | None:
    """What went wrong with an amount, if one factor explains it."""
    reference = field.reference
    assert reference is not None
    right, found = field_amount(field, reference), field_amount(field, answer)
    if right.value == 0 or found.value == 0 or right.dimensions != found.dimensions:
        return None
    tolerance = field.question.tolerance
    near = Fraction(str(min(tolerance.rel, 0.02))) if tolerance and tolerance.rel else Fraction(1, 10**6)
    scale = field.unit.factor if field.unit else Fraction(1)
    ratio = found.value / right.value
    if abs(ratio + 1) <= near:
        return "the sign is flipped"
    if abs(found.value / scale * (right.value / scale) - 1) <= near:
        return "this is upside down"
    if abs(ratio - 1) <= _CLEARLY * near:
        return None
    named = {
        says
        for factor, says in _factors(right.dimensions)
        if abs(factor - 1) > _CLEARLY * near and abs(ratio / factor - 1) <= near
    }
    if named:
        return named.pop() if len(named) == 1 else None
    power = _power_of_ten(ratio, near)
    return f"off by a factor 10^{power}" if power else None


def _factors(dimensions: Dimensions) -> Iterator[tuple[Fraction, str]]:
    """The factors that people slip by in a quantity of some dimensions, each with what to say."""
    present = dict(dimensions)
    slips = [slip for base in present for slip in _SAME_UNIT.get(base, ())]
    plain = (slip for slip in _PLAIN if slip[0] not in {factor for factor, _, _ in slips})
    for factor, larger, smaller in (*slips, *(_BINARY if "B" in present or not present else ()), *plain):
        yield factor, f"off by {larger}"
        yield 1 / factor, f"off by {smaller}"


def _power_of_ten(ratio: Fraction, near: Fraction) -> int:
    for power in range(1, 19):
        for signed in (power, -power):
            if abs(ratio / Fraction(10) ** signed - 1) <= near:
                return signed
    return 0


def set_slip(reference: Node, answer: Node) -> str | None:
    """What went wrong with a set, without naming its members."""
    if not isinstance(reference, Listing) or not isinstance(answer, Listing):
        return None
    right, found = sets.members(reference), sets.members(answer)
    if not right or not found:
        return None
    shift = min(found) - min(right)
    if shift and {number + shift for number in right} == found:
        return f"every number is shifted by {abs(shift)}"
    if len(found) > 1 and found < right:
        return "all of these belong to it, but some are missing"
    if found > right:
        return "all that belong to it are there, and some too many"
    return None
