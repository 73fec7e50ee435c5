"""What follows from a student's own earlier numbers.

Owns which numbers are carried on into a later right answer, and what is said of those that are not: a step rightly
taken counts, but not one from a number that says nothing. Registers no kind.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from grader.checks.author_call import Raised, ask

Earlier = float | tuple[float, ...]
"""A number that was typed, or the values of a typed formula at several points."""

_OTHER = 1.5
"""A number that is so many times another should lead to another result."""
_SAME = 1e-9


class Carried(NamedTuple):
    """The right answer that follows from earlier ones, or why none does."""

    expected: float | None
    why_not: str = ""


def carry_forward(function: Callable[..., float], earlier: Mapping[str, Earlier], right: float) -> Carried:
    """What an author's function gives for a student's own earlier numbers.

    Args:
        function: takes them by name; its defaults are what they should be, None where that is not known.
        earlier: in the units of their fields.
        right: what it gives for the right ones.
    """
    wanted = {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}
    for name, value in earlier.items():
        if flaw := _flaw(value, wanted.get(name)):
            return Carried(None, f"nothing follows from your {name}, which {flaw}")
    expected = _called(function, earlier)
    if expected is None or _flaw(expected, right):
        return Carried(None, f"nothing follows from your {', '.join(earlier)}: no such amount can be")
    others = [_called(function, {**earlier, name: _other(value)}) for name, value in earlier.items()]
    if all(other is not None and math.isclose(other, expected, rel_tol=_SAME) for other in others):
        return Carried(None, f"nothing follows from your {', '.join(earlier)}: any other would lead to the same")
    return Carried(expected)


def _flaw(value: Earlier, right: Earlier | None) -> str:
    """Why a number can be no step on the way, beside the right one if that is known; empty if it can."""
    members = value if isinstance(value, tuple) else (value,)
    if not all(math.isfinite(member) for member in members):
        return "is not finite"
    if right != 0 and 0 in members:
        return "is zero"
    if isinstance(right, int | float) and any(member * right < 0 for member in members):
        return "has the wrong sign"
    return ""


def _other(value: Earlier) -> Earlier:
    if isinstance(value, tuple):
        return tuple(member * _OTHER**power for power, member in enumerate(value, start=1))
    return value * _OTHER


def _called(function: Callable[..., float], earlier: Mapping[str, Earlier]) -> float | None:
    result = ask(lambda: float(function(**earlier)))
    return None if isinstance(result, Raised) else result
