"""Wrong values of the right shape: runs beside a copy of the reference, inside the sandbox.

Owns the transformation of every function of a module into one that returns noise of the same shape and
type. Used by `validate` alone, to measure what looking right is worth.
"""

from __future__ import annotations

import functools
from typing import Any


def replace_all(names: dict[str, Any], module: str) -> None:
    """Replace every function that a module defines itself."""
    for name, value in list(names.items()):
        if callable(value) and getattr(value, "__module__", None) == module and not isinstance(value, type):
            names[name] = _noisy(value)


def _noisy(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any, **kwargs: Any) -> Any:
        return _noise(function(*args, **kwargs))

    return wrong


def _noise(value: Any) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        if value.dtype == torch.bool:
            return ~value
        return value.flip(0).roll(1) * -3 + 7 if value.ndim else value * -3 + 7
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value * -3 + 7
    if isinstance(value, list | tuple):
        return type(value)(_noise(member) for member in value)
    return value
