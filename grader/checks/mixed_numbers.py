"""Whole numbers of a reference where it gives floats as well: a list that begins with 0, a mean of nothing.

Owns telling which they are, in one value and in what a function gave in several cases. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

_EXACT = 2**53
"""Beyond this, floats do not hold every whole number."""


class OrFloat(int):
    """A whole number in whose place a float is as good, if it is the same number."""


def beside_floats(several: Sequence[Any]) -> list[Any]:
    """Values of one place, such as what a function gave case by case, their whole numbers as `OrFloat` beside a float.

    One place are the members of a list, what stands in mappings under one key, and in tuples at one position.
    """
    lists = iter(_regrouped([one for one in several if isinstance(one, list)]))
    mappings = iter(_under_keys([one for one in several if isinstance(one, dict)]))
    tuples = iter(_under_keys([dict(enumerate(one)) for one in several if isinstance(one, tuple)]))
    has_floats = any(isinstance(one, float) for one in several)
    placed: list[Any] = []
    for one in several:
        if isinstance(one, list):
            placed.append(next(lists))
        elif isinstance(one, dict):
            placed.append(next(mappings))
        elif isinstance(one, tuple):
            placed.append(tuple(next(tuples).values()))
        else:
            placed.append(OrFloat(one) if has_floats and type(one) is int and abs(one) < _EXACT else one)
    return placed


def _regrouped(lists: Sequence[list[Any]]) -> list[list[Any]]:
    members = iter(beside_floats([*chain.from_iterable(lists)])) if lists else iter(())
    return [[next(members) for _ in one] for one in lists]


def _under_keys(mappings: Sequence[dict[Any, Any]]) -> list[dict[Any, Any]]:
    placed: list[dict[Any, Any]] = [dict(one) for one in mappings]
    for key in dict.fromkeys(chain.from_iterable(mappings)):
        holding = [one for one in placed if key in one]
        for one, value in zip(holding, beside_floats([one[key] for one in holding]), strict=True):
            one[key] = value
    return placed
