"""What one point says about two scalar trees.

The comparison is relative to the larger side, at as many digits as the finest constant needs, and a difference counts
only if it stays when the precision is doubled.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from grader.maths.comparing.evaluator import FLOAT_DIGITS, Evaluator, Point, value_at
from grader.maths.comparing.no_value import NoValue, Outside, Pole
from grader.maths.comparing.precision import holds_integral
from grader.maths.comparing.real_functions import Value
from grader.maths.reading.tree import Binary, Call, Constant, Node, is_whole, names, walk

_GUARD = 15
_BORDER_DIGITS, _BORDER_GUARD = 120, 40
_BORDERED = frozenset({"floor", "ceil", "round", "sign", "sqrt", "root", "log", "asin", "acos", "acosh", "atanh"})
"""Functions that jump or end, or have a pole, at a whole or half number."""
_DECADES_PER_BIT, _MOST_DECADES = 0.30103, 2_400
_STEP_ASIDE, _NEGLIGIBLE = Fraction(1, 10**48), Fraction(1, 10**6)
SHALLOW = 160
"""Digits that are enough for all but the finest constants."""


class PointResult(Enum):
    """What one point says."""

    SAME = "same"
    DIFFERENT = "different"
    NOTHING = "nothing"
    """An overflow or a tie."""
    POLE = "pole"
    OUTSIDE = "outside"
    """Only one side is real here."""
    UNREAL = "unreal"
    """Neither side is real here, but they agree."""
    UNLIKE = "unlike"
    """Neither side is real here, and they differ: another branch of a root, as a rule."""


def agree(
    reference: Node, answer: Node, point: Point, digits: int, tolerance: float | None = None, *, ties: bool = True
) -> PointResult:
    """What one point says about two scalar trees.

    Where the two are neither the same nor surely different, the precision is doubled: what cancelled may have
    taken up to `digits` digits with it. Without `ties`, a point where a number is rounded at a tie says nothing.
    """
    complex_meant = Constant("i") in walk(reference, answer)
    for precision in (digits, 2 * digits, 4 * digits):
        try:
            (a, a_tied), (b, b_tied) = (_value(node, point, precision) for node in (reference, answer))
        except Outside:
            return _one_sided(reference, answer, point, precision)
        except NoValue as reason:
            return PointResult.POLE if isinstance(reason, Pole) else PointResult.NOTHING
        evaluator = Evaluator(point, precision)
        sides = (True, True) if complex_meant else (_is_real(a, evaluator), _is_real(b, evaluator))
        if sides[0] != sides[1]:
            return PointResult.OUTSIDE
        if _close(a, b, evaluator, tolerance, digits - _GUARD if precision == digits else digits):
            return PointResult.SAME if sides[0] else PointResult.UNREAL
        if not ties and (a_tied or b_tied):
            return PointResult.NOTHING
        if _settled(reference, answer, point, precision, a, b):
            return PointResult.DIFFERENT if sides[0] or _branches(reference, answer) else PointResult.UNLIKE
    return _vanishing(a, b, evaluator)


def differ_on_border(reference: Node, answer: Node, point: Point, nearly: str) -> bool:
    """Whether two trees differ where a border is met that no fraction meets, such as the jump of `floor(e^x)` at ln 2.

    Args:
        reference: one tree.
        answer: the other.
        point: as near to the border as ninety digits can say.
        nearly: the symbol by which it lies there.
    """
    try:
        a, b = (OnBorder(point, _BORDER_DIGITS, nearly).value(node) for node in (reference, answer))
    except NoValue:
        return False
    return not _close(a, b, Evaluator(point, _BORDER_DIGITS), None, _BORDER_DIGITS - _BORDER_GUARD)


def _branches(*nodes: Node) -> bool:
    """Whether an exponent varies, so that what differs beyond the real numbers differs within them too."""
    return any(isinstance(part, Binary) and part.operator == "^" and names(part.right) for part in walk(*nodes))


def _value(node: Node, point: Point, digits: int) -> tuple[Value, bool]:
    evaluator = Evaluator(point, digits)
    return evaluator.value(node), evaluator.tied


def is_undefined(node: Node, point: Point) -> bool:
    """Whether a tree is a pole or not real at a point."""
    return _why_no_value(node, point, SHALLOW) in (Outside, Pole)


def is_beyond(node: Node, point: Point) -> bool:
    """Whether a tree has a value at a point that cannot be computed, because it is too large or too small."""
    return _why_no_value(node, point, SHALLOW) is NoValue


def _why_no_value(node: Node, point: Point, digits: int) -> type[NoValue] | None:
    """Why a tree has no value at a point; None where it has one."""
    try:
        _value(node, point, digits)
    except NoValue as reason:
        return type(reason)
    return None


def _one_sided(reference: Node, answer: Node, point: Point, digits: int) -> PointResult:
    reasons = {_why_no_value(node, point, digits) for node in (reference, answer)}
    return PointResult.OUTSIDE if reasons == {Outside, None} else PointResult.NOTHING


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
    """Whether the gap between two values stays when the precision doubles, so that it is no residue.

    An integral is not taken a second time: a wide gap is none. Of tiny values so many digits are computed that
    something of ordinary size, from which they are left over, is seen.
    """
    coarse = Evaluator(point, digits)
    if holds_integral(reference, answer):
        gap = abs(coarse.number(a) - coarse.number(b))
        return bool(gap > max(abs(coarse.number(a)), abs(coarse.number(b))) * coarse.mp.mpf(10) ** -(digits // 4))
    size = max(abs(coarse.number(a)), abs(coarse.number(b)))
    decades = -coarse.mp.mag(size) * _DECADES_PER_BIT if size and digits > FLOAT_DIGITS else 0
    finer = Evaluator(point, 2 * digits + int(min(max(decades, 0), _MOST_DECADES)))
    try:
        gap = finer.number(finer.value(reference)) - finer.number(finer.value(answer))
    except NoValue:
        return False
    before = coarse.number(a) - coarse.number(b)
    return bool(abs(gap - before) <= abs(gap) / 100)


def _vanishing(a: Value, b: Value, evaluator: Evaluator) -> PointResult:
    """Both sides still move when the precision grows: equal if both are nothing but residue."""
    tiny = evaluator.mp.mpf(10) ** (-evaluator.digits // 2)
    small = abs(evaluator.number(a)) < tiny and abs(evaluator.number(b)) < tiny
    return PointResult.SAME if small else PointResult.NOTHING


class OnBorder(Evaluator):
    """Evaluates a tree as on a border that no fraction meets: what is nearly whole or zero there is so exactly.

    What only just misses a jump is told from what lies beside it by the least step aside along one symbol.
    """

    def __init__(self, point: Point, digits: int, nearly: str) -> None:
        super().__init__(point, digits)
        self.asides = [{**point, nearly: point[nearly] * (1 + step)} for step in (_STEP_ASIDE, -_STEP_ASIDE)]

    def below(self, node: Node) -> Value:
        """The value of a tree; the argument of a jump, or of a root, is taken as on the border where it nearly is."""
        match node:
            case Call(function, (argument, *others)) if function in _BORDERED:
                return self.call(function, [self.snapped_to_border(argument), *map(self.below, others)])
            case Binary("^", base, exponent) if not is_whole(exponent):
                return self.power(self.snapped_to_border(base), self.below(exponent))
        return super().below(node)

    def snapped_to_border(self, node: Node) -> Value:
        """The value of a tree; exactly a whole or half number where the point is nearly there."""
        here = self.gap(node)
        border = Fraction(int(self.mp.nint(2 * self.number(here))), 2)
        beside = (value_at(node, aside, self.digits) for aside in self.asides)
        wider = max((abs(self.number(value) - self.number(border)) for value in beside if value is not None), default=0)
        return border if abs(self.number(here) - self.number(border)) <= wider * self.number(_NEGLIGIBLE) else here
