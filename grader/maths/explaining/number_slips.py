"""Slips in numbers, quantities and sets: a factor of eight, a wrong unit of time, a set that is shifted."""

from __future__ import annotations

from fractions import Fraction

from grader.maths.comparing import sets
from grader.maths.comparing.field_amounts import field_amount
from grader.maths.comparing.prepared_question import PreparedQuestion
from grader.maths.reading.tree import Listing, Node

_FACTORS = (
    (Fraction(8), "off by a factor 8 (bits instead of bytes?)"),
    (Fraction(1, 8), "off by a factor 1/8 (bytes instead of bits?)"),
    (Fraction(1024, 1000), "off by 1024 against 1000"),
    (Fraction(1000, 1024), "off by 1000 against 1024"),
    (Fraction(1024**2, 1000**2), "off by 1024² against 1000²"),
    (Fraction(1000**2, 1024**2), "off by 1000² against 1024²"),
    (Fraction(1024**3, 1000**3), "off by 1024³ against 1000³ (GB or GiB?)"),
    (Fraction(1000**3, 1024**3), "off by 1000³ against 1024³ (GB or GiB?)"),
    (Fraction(60), "off by a factor 60 (minutes and seconds?)"),
    (Fraction(1, 60), "off by a factor 1/60 (minutes and seconds?)"),
    (Fraction(3600), "off by a factor 3600 (hours and seconds?)"),
    (Fraction(1, 3600), "off by a factor 1/3600 (hours and seconds?)"),
    (Fraction(24), "off by a factor 24 (hours and days?)"),
    (Fraction(1, 24), "off by a factor 1/24 (hours and days?)"),
    (Fraction(2), "off by a factor 2"),
    (Fraction(1, 2), "off by a factor 1/2"),
    (Fraction(4), "off by a factor 4"),
    (Fraction(1, 4), "off by a factor 1/4"),
)


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
    for factor, says in _FACTORS:
        if abs(ratio / factor - 1) <= near:
            return says
    power = _power_of_ten(ratio, near)
    return f"off by a factor 10^{power}" if power else None


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
