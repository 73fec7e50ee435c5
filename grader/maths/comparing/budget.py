"""How much may be computed for one answer, counted in operations, so that it is the same on every machine.

One unit is about one logarithm of sixty digits. Without a budget nothing is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

UNITS = 30_000.0
_DIGITS = 60
_GROWTH = 1.5


class Exhausted(Exception):
    """The budget is used up: nothing is known about the answer."""


class _Budget:
    def __init__(self, units: float) -> None:
        self.left = units
        self.known: dict[Hashable, Any] = {}


_current: ContextVar[_Budget | None] = ContextVar("_current", default=None)


@contextmanager
def budget(units: float = UNITS) -> Iterator[None]:
    """Count what is computed inside against so many units."""
    token = _current.set(_Budget(units))
    try:
        yield
    finally:
        _current.reset(token)


def remembered(key: Hashable, compute: Callable[[], Any]) -> Any:
    """What was computed before inside the same budget, such as an integral without symbols."""
    current = _current.get()
    if current is None:
        return compute()
    if key not in current.known:
        current.known[key] = compute()
    return current.known[key]


def spend(digits: int) -> None:
    """Count one function of so many digits.

    Raises:
        Exhausted: the budget is used up.
    """
    current = _current.get()
    if current is not None:
        current.left -= (digits / _DIGITS) ** _GROWTH
        if current.left < 0:
            raise Exhausted
