"""Wrong values of the right shape: runs beside a copy of the reference, inside the sandbox.

Owns the transformation of every function and class of a module into one that returns noise of the same shape and
type. Used by `validate` alone, to measure what looking right is worth.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any


def replace_all(names: dict[str, Any], module: str) -> None:
    """Replace every function that a module defines itself, and every public method of its classes."""
    for name, value in list(names.items()):
        if getattr(value, "__module__", None) != module:
            continue
        if isinstance(value, type):
            for method, function in list(vars(value).items()):
                if callable(function) and (not method.startswith("_") or method in ("__call__", "__len__")):
                    setattr(value, method, _noisy(function))
        elif callable(value):
            names[name] = _noisy(value)


def _noisy(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any, **kwargs: Any) -> Any:
        try:
            value = function(*args, **kwargs)
        except (ArithmeticError, LookupError, TypeError, ValueError):  # an exception may be what is asked for
            return 7
        return _noise(value)

    return wrong


def _noise(value: Any) -> Any:
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and isinstance(value, torch.Tensor):
        if value.dtype == torch.bool:
            return ~value
        return value.flip(0).roll(1) * -3 + 7 if value.ndim else value * -3 + 7
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        return ~value if value.dtype == bool else value * -3 + 7
    for kind, change in _CHANGES.items():
        if isinstance(value, kind):
            return change(value)
    return value


_CHANGES: dict[Any, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int | float | complex: lambda value: value * -3 + 7,
    str: lambda value: f"{value[::-1]}~",
    bytes: lambda value: value[::-1] + b"~",
    set | frozenset: lambda value: type(value)(map(_noise, value)) or type(value)([7]),
    dict: lambda value: {key: _noise(member) for key, member in value.items()},
    tuple: lambda value: tuple(map(_noise, value)),
    list: lambda value: [*map(_noise, value)] or [7],
}
"""By type, in this order (a truth value is an integer, too)."""
