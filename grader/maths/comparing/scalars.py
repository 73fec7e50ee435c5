"""Whether two scalar expressions, or two equations, mean the same on the declared domain.

In this order: same tree; different at a random point (most wrong answers end here, in a millisecond); proven
by algebra; the same at every point tried, which is accepted and recorded as such. Comparison is relative to
the larger side, at as many digits as the finest constant needs, and a difference counts only if it stays
when the precision is doubled.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from grader.maths.comparing.evaluator import Evaluator, NoValue, Outside, Point, Value
from grader.maths.comparing.precision import digits_needed, farthest
from grader.maths.comparing.proof import prove_equal
from grader.maths.comparing.sampling import points
from grader.maths.reading.question import Equality, Proof
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Node, names, walk

_SHORT = 8
_LONG = 28
_GUARD = 15
_SHALLOW = 160
_DEEP_POINTS = 2


class PointResult(Enum):
    """What one point says."""

    SAME = "same"
    DIFFERENT = "different"
    NOTHING = "nothing"
    """A pole, an overflow or a tie."""
    OUTSIDE = "outside"
    """Only one side is real here."""
    UNREAL = "unreal"
    """Neither side is real here, but they agree."""
    UNLIKE = "unlike"
    """Neither side is real here, and they differ: another branch of a root, as a rule."""


def compare(
    reference: Node, answer: Node, symbols: Symbols, seed: int, tolerance: float | None = None
) -> tuple[Equality, Proof]:
    """Decide whether two scalar trees are equal on the domain of their symbols.

    Args:
        reference: the author's tree.
        answer: the student's tree.
        symbols: domains and constraints.
        seed: where the random points start.
        tolerance: relative; None asks for exact equality.
    """
    if reference == answer:
        return "equal", "identical"
    wanted = names(reference) | names(answer)
    deep = digits_needed(reference, answer)
    seen = {agreement: 0 for agreement in PointResult}
    count = min(_LONG, max(_SHORT + 2 * len(wanted), 20)) if wanted else 1
    for number, point in enumerate(points(symbols, wanted, seed, count, farthest(reference, answer))):
        worth_proving = number == _SHORT and tolerance is None and seen[PointResult.SAME]
        if worth_proving and prove_equal(reference, answer, symbols):
            return "equal", "symbolic"
        digits = deep if number < _DEEP_POINTS else min(deep, _SHALLOW)
        agreement = agree(reference, answer, point, digits, tolerance)
        seen[agreement] += 1
        if agreement is PointResult.DIFFERENT or seen[PointResult.OUTSIDE] >= 2:
            return "different", "refuted"
    return _verdict(reference, answer, symbols, seen, tolerance, bool(wanted))


def _verdict(
    reference: Node, answer: Node, symbols: Symbols, seen: dict[PointResult, int], tolerance: float | None, open_: bool
) -> tuple[Equality, Proof]:
    if tolerance is not None and seen[PointResult.SAME]:
        return "equal", "tolerance"
    if not seen[PointResult.SAME] and seen[PointResult.UNLIKE]:
        return "different", "refuted"
    if seen[PointResult.SAME] >= _SHORT:
        return "equal", "numeric"
    if prove_equal(reference, answer, symbols):
        return "equal", "symbolic"
    if seen[PointResult.SAME] >= (3 if open_ else 1) or seen[PointResult.UNREAL] >= (_SHORT if open_ else 1):
        return "equal", "numeric"
    return "undecided", ""


def agree(reference: Node, answer: Node, point: Point, digits: int, tolerance: float | None = None) -> PointResult:
    """What one point says about two scalar trees.

    Where the two are neither the same nor surely different, the precision is doubled: what cancelled may have
    taken up to `digits` digits with it.
    """
    for precision in (digits, 2 * digits, 4 * digits):
        try:
            (a, a_tied), (b, b_tied) = (_value(node, point, precision) for node in (reference, answer))
        except Outside:
            return _one_sided(reference, answer, point, precision)
        except NoValue:
            return PointResult.NOTHING
        evaluator = Evaluator(point, precision)
        sides = _is_real(a, evaluator), _is_real(b, evaluator)
        if sides[0] != sides[1]:
            return PointResult.OUTSIDE
        if _close(a, b, evaluator, tolerance, digits - _GUARD if precision == digits else digits):
            return PointResult.SAME if sides[0] else PointResult.UNREAL
        if a_tied or b_tied:
            return PointResult.NOTHING
        if _settled(reference, answer, point, precision, a, b):
            return PointResult.DIFFERENT if sides[0] or _branches(reference, answer) else PointResult.UNLIKE
    return _vanishing(a, b, evaluator)


def _branches(*nodes: Node) -> bool:
    """Whether an exponent varies, so that what differs beyond the real numbers differs within them too."""
    return any(
        isinstance(part, Binary) and part.operator == "^" and names(part.right) for node in nodes for part in walk(node)
    )


def _value(node: Node, point: Point, digits: int) -> tuple[Value, bool]:
    evaluator = Evaluator(point, digits)
    return evaluator.value(node), evaluator.tied


def _one_sided(reference: Node, answer: Node, point: Point, digits: int) -> PointResult:
    outside = 0
    for node in (reference, answer):
        try:
            _value(node, point, digits)
        except Outside:
            outside += 1
        except NoValue:
            return PointResult.NOTHING
    return PointResult.OUTSIDE if outside == 1 else PointResult.NOTHING


def _is_real(value: Value, evaluator: Evaluator) -> bool:
    try:
        evaluator.real(value)
    except Outside:
        return False
    return True


def _close(a: Value, b: Value, evaluator: Evaluator, tolerance: float | None, digits: int) -> bool:
    if a == b:
        return True
    a, b = evaluator.number(a), evaluator.number(b)
    if tolerance is not None:
        return bool(abs(a - b) <= abs(a) * evaluator.mp.mpf(tolerance))
    return bool(abs(a - b) <= max(abs(a), abs(b)) * evaluator.mp.mpf(10) ** -digits)


def _settled(reference: Node, answer: Node, point: Point, digits: int, a: Value, b: Value) -> bool:
    """Whether the gap between two values stays when the precision doubles, so that it is no residue."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return True
    finer = Evaluator(point, 2 * digits)
    try:
        gap = finer.number(finer.value(reference)) - finer.number(finer.value(answer))
    except NoValue:
        return False
    coarse = Evaluator(point, digits)
    before = coarse.number(a) - coarse.number(b)
    return bool(abs(gap - before) <= abs(gap) / 100)


def _vanishing(a: Value, b: Value, evaluator: Evaluator) -> PointResult:
    """Both sides still move when the precision grows: equal if both are nothing but residue."""
    tiny = evaluator.mp.mpf(10) ** (-evaluator.digits // 2)
    small = abs(evaluator.number(a)) < tiny and abs(evaluator.number(b)) < tiny
    return PointResult.SAME if small else PointResult.NOTHING
