"""Limits at one point: the function far out, or very near, at several places that have to agree.

Nothing is proven here: where the places do not agree to all digits that are asked, there is no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from grader.maths.comparing.budget import spend
from grader.maths.comparing.no_value import Outside, Pole
from grader.maths.reading.tree import Call, Constant, Name, Negative, Node, names, walk

if TYPE_CHECKING:
    from grader.maths.comparing.evaluator import Evaluator

_GUARD = 10
_SCATTER = (Fraction(1), Fraction(2), Fraction(3))
"""Places lie apart by such factors, odd and even whole numbers among them, so that what swings is seen."""
_NEAR_BY = 10**20
_INFINITE = Constant("inf")


class NoLimit(ArithmeticError):
    """The places do not agree."""


def limit_value(evaluator: Evaluator, side: str, arguments: tuple[Node, ...]) -> Any:
    """The limit that a function of one name goes to.

    Args:
        evaluator: at the point where all other names have values.
        side: `limit_to`, or from where it is approached.
        arguments: the name, where it goes, the function.

    Raises:
        ArithmeticError: none that can be seen.
    """
    index, target, body = arguments
    assert isinstance(index, Name)
    unending = _unending(index.name, target, body)
    if unending is not None:
        return evaluator.below(unending)
    decades = 2 * (evaluator.digits + _GUARD)
    far = evaluator.far(3 * decades + evaluator.digits)
    values = []
    for place in _places(evaluator, side, target, decades):
        for _ in range(4):
            spend(far.digits)
        far.point = {**evaluator.point, index.name: place}
        try:
            values.append(far.number(far.below(body)))
        except Outside:
            if any(abs(value) > _NEAR_BY for value in evaluator.point.values()):
                raise NoLimit from None  # another name is itself far out, where the limit is not yet to be seen
            raise
    return _settled(values, evaluator)


def _unending(index: str, target: Node, body: Node) -> Node | None:
    """The limit of the sums up to n is the sum without end."""
    if target != _INFINITE or not isinstance(body, Call) or body.function not in ("sum_over", "product_over"):
        return None
    bound, first, last, inner = body.arguments
    if last != Name(index) or index in names(first) | names(inner):
        return None
    return Call(body.function, (bound, first, _INFINITE, inner))


def _places(evaluator: Evaluator, side: str, target: Node, decades: int) -> Iterator[Any]:
    far = [factor * 10 ** (decades + number * _GUARD) + number for number, factor in enumerate(_SCATTER)]
    if _INFINITE in walk(target):
        yield from (-place if isinstance(target, Negative) else place for place in far)
        return
    value = evaluator.below(target)
    if not isinstance(value, Fraction):
        raise NoLimit
    for place in far:
        if side != "limit_below":
            yield value + 1 / place
        if side != "limit_above":
            yield value - 1 / place


def _settled(values: list[Any], evaluator: Evaluator) -> Any:
    """The value that all places agree on: the last, or zero where they shrink to nothing."""
    mp = evaluator.mp
    sizes = [abs(value) for value in values]
    if max(sizes) <= mp.mpf(10) ** -(evaluator.digits - _GUARD) and sizes[-1] <= sizes[0] / 10**_GUARD:
        return Fraction(0)
    if min(sizes) > _NEAR_BY and sizes[-1] > sizes[0] * 10 ** (_GUARD // 2):
        raise Pole
    last = values[-1]
    if max(abs(value - last) for value in values) > abs(last) * mp.mpf(10) ** -evaluator.digits:
        raise NoLimit
    if abs(last) < _NEAR_BY and abs(last - mp.nint(last)) <= abs(last) * mp.mpf(10) ** -evaluator.digits:
        return Fraction(int(mp.nint(last)))
    return mp.mpmathify(last)
