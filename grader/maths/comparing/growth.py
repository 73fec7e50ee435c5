"""Whether two formulas grow alike: equal as asymptotic classes, constants, lower terms and bases of logarithms aside.

Both are followed along rays: every size grows as a power of its own of one number t, or, where it stands in no
exponent, as the exponential of one, so that a logarithm of it is as large as another size. Logarithms of the values
are compared far out, twice and four times as far: where their distance settles on every ray, each bounds the other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from grader.maths.comparing.budget import spend
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.no_value import NoValue, Outside, Pole
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Growth
from grader.maths.reading.tree import Binary, Call, Node, calls, names, rebuild, walk

_RAYS, _MOST_FAST = 8, 6
"""Rays of powers; sizes that each in turn grow as an exponential alone, and that alone do not."""
_DIGITS, _MANY = 140, 1_000
"""Digits, and those that are needed along exponentials."""
_FAR, _NEARER, _EXPONENTIAL = 1_000, 8, 100
"""Decades of t; fewer where a size stands in an exponent; decades of the logarithms of exponentials."""
_ROUND = frozenset({"ceil", "floor", "round", "abs"})
_KNOWN = _ROUND | {"log", "sqrt", "exp", "factorial", "max", "min"}
_HARMLESS = {"upper": {True}, "lower": {False}}
_SETTLED, _SHRINKS = 0.02, 0.65
"""A last step so small, or so much smaller than the one before, shows that the distance settles."""


def compare_growth(reference: Node, answer: Node, seed: int, allowed: Growth = "same") -> Comparison:
    """Decide whether each of two formulas is at most a constant times the other, as all their names grow.

    With `upper` or `lower`, only whether the answer bounds the reference from that side.

    Raises:
        Unreadable: a formula has no growth: it is negative, or not made of what is known here.
    """
    directions = set()
    rays = list(_rays(reference, answer, seed))
    for ray in rays:
        distances = []
        for evaluator in ray:
            spend(_DIGITS)
            distances.append(_logarithm(answer, evaluator) - _logarithm(reference, evaluator))
        steps = [distances[1] - distances[0], distances[2] - distances[1]]
        if abs(steps[1]) > max(_SETTLED, _SHRINKS * abs(steps[0])):
            directions.add(steps[1] > 0)
    if not directions or directions == _HARMLESS.get(allowed):
        return Comparison("equal", "numeric", cells=1, points=3 * len(rays))
    if directions == {True}:
        return Comparison("different", message="this grows faster than what is asked: the bound is looser")
    if directions == {False}:
        return Comparison("different", message="this grows more slowly than what is asked")
    return Comparison("different")


def _rays(reference: Node, answer: Node, seed: int) -> Iterator[list[Evaluator]]:
    """Three places along each ray."""
    draw = random.Random(seed)  # noqa: S311 — reproducible on purpose; the secret is in the seed
    wanted = sorted(names(reference) | names(answer))
    steep = set(_in_exponents(reference)) | set(_in_exponents(answer))
    loose = set(wanted) - steep if len(wanted) > 1 else set()
    alone = [{name} for name in sorted(loose)][:_MOST_FAST]
    for fast in [*[set[str]()] * _RAYS, *alone, *(loose - one for one in alone)]:
        speeds = {name: draw.randint(20 if steep else 1, 60) for name in wanted}
        digits = _MANY if fast else _DIGITS
        mp = Evaluator({}, digits).mp
        decades = _NEARER if steep else _EXPONENTIAL if fast else _FAR
        yield [
            Evaluator(
                {
                    name: mp.ldexp(1, int(mp.mpf(10) ** (mp.mpf(_EXPONENTIAL * doubled * (20 + speed)) / 80)))
                    if name in fast
                    else mp.mpf(10) ** (mp.mpf(decades * doubled * speed) / 20)
                    for name, speed in speeds.items()
                },
                digits,
            ).far(digits)
            for doubled in (1, 2, 4)
        ]


def _in_exponents(node: Node) -> Iterator[str]:
    """The names of which a power, an exponential or a factorial is taken."""
    for part in walk(node):
        if isinstance(part, Binary) and part.operator == "^":
            yield from names(part.right)
        elif isinstance(part, Call) and part.function in ("exp", "factorial", "binomial"):
            yield from names(part)


def _logarithm(node: Node, evaluator: Evaluator) -> Any:
    """The logarithm of a positive formula, however large.

    Raises:
        Unreadable: it is not positive, too large, or made of something that is not known here.
    """
    other = next((call for call in calls(node) if call.function not in _KNOWN), None)
    if other is not None:
        raise Unreadable(f"{other.function} is not used in a growth here", other.column)
    try:
        value = evaluator.number(evaluator.real(evaluator.value(rebuild(node, _smooth))))
    except (Outside, Pole):
        value = 0
    except NoValue:
        raise Unreadable("this grows too fast to be compared here", node.column) from None
    if value <= 0:
        raise Unreadable("a growth is asked: sums, products, powers and logarithms of the sizes", node.column)
    return evaluator.mp.log(value)


def _smooth(node: Node) -> Node:
    """A number that is rounded as the number itself, which grows alike."""
    return node.arguments[0] if isinstance(node, Call) and node.function in _ROUND else node
