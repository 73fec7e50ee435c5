"""How finely and how far out two trees have to be compared, judged from the size of their constants.

Works on rough logarithms, before any value is computed.
"""

from __future__ import annotations

import math

from grader.maths.comparing.budget import Exhausted
from grader.maths.reading.size_limits import rough
from grader.maths.reading.tree import Binary, Call, Node, Number, has_call, walk

_DIGITS, _FEWER = 60, 40
"""Fewer where an integral is taken, each digit of which costs many places."""
_STEP = 20
_MAX_DECADES = 320
_MAX_EXTRA_DIGITS = 2_500
_MAX_OPEN_DECADES = 2_400
"""For an exponent that holds symbols: beyond it, how small it makes anything depends on the point."""
_PLAIN_DIGITS = 6
_EXPONENTIAL = frozenset({"sinh", "cosh", "tanh", "coth", "sech", "csch"})


def digits_needed(*nodes: Node) -> int:
    """Digits that tell the product of all small constants of these trees from nothing beside 1, within reason.

    Raises:
        Exhausted: they lie too many powers of ten apart.
    """
    finest = 0.0
    for node in walk(*nodes):
        if isinstance(node, Number):
            mantissa, _, power = node.text.partition("e")
            whole, _, decimals = mantissa.partition(".")
            finest += abs(int(power or 0)) + len(decimals) + max(0, len(whole) - _PLAIN_DIGITS)
        elif isinstance(node, Binary) and node.operator == "^":
            finest += _decades(node, node.right, rough(node.left))
        elif isinstance(node, Call) and node.function in ("exp", "factorial", "binomial"):
            finest += _decades(node, node.arguments[0], math.e)
        elif isinstance(node, Call) and node.function in _EXPONENTIAL:
            finest += _decades(Call("exp", (Binary("*", Number("2"), node.arguments[0]),)), node.arguments[0], math.e)
    if finest > _MAX_EXTRA_DIGITS:
        raise Exhausted
    extra = int(finest)
    return (_FEWER if holds_integral(*nodes) else _DIGITS) + extra + -extra % _STEP


def holds_integral(*nodes: Node) -> bool:
    """Whether an integral is taken, which costs more than anything else."""
    return has_call({"integral_over"}, *nodes)


def farthest(*nodes: Node) -> int:
    """The power of ten beyond which no constant of these trees lies; where a minimum or a floor might hide."""
    sizes = [rough(part) for part in walk(*nodes)]
    known = [abs(math.log10(abs(size))) for size in sizes if size and math.isfinite(size)]
    return min(_MAX_DECADES, math.ceil(max(known, default=0.0)))


def _decades(power: Node, exponent: Node, base: float | None) -> float:
    """About how many powers of ten the constants of an exponent are worth."""
    value = rough(power)
    if value is not None:
        return abs(math.log10(abs(value))) if value and math.isfinite(value) else _MAX_EXTRA_DIGITS
    numbers = sum(abs(float(part.value)) for part in walk(exponent) if isinstance(part, Number))
    scale = abs(math.log10(abs(base))) if base and math.isfinite(base) else 0.0
    return min(numbers * scale, _MAX_OPEN_DECADES)
