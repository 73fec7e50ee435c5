"""Calls of an author's function with a student's value.

Owns what happens when such a function raises: the value, not the function, is then what is wrong, and it costs the one
check that asked. That the function works on right values is for `validate` to prove. Registers no kind.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from grader.errors import HarnessError

Result = TypeVar("Result")

NOT_OF_THE_FORM = "what came out is not of the form that is asked for"


@dataclass(frozen=True)
class Raised:
    """What an author's function raised: `reason` in the words of the error, `where` with its place, for staff."""

    reason: str
    where: str


def ask(function: Callable[..., Result], *arguments: Any) -> Result | Raised:
    """What a function of the author's makes of a student's value, or what it raises on it."""
    try:
        return function(*arguments)
    except HarnessError:
        raise
    except Exception as error:  # noqa: BLE001  # a value from outside may break anything in any way
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        return Raised(str(error)[:200], f"{place}: {type(error).__name__}: {str(error)[:400]}")


def not_real(value: Any) -> str | None:
    """What is said of a value with a complex number, nan or an infinity anywhere in it; None if there is none."""
    import torch

    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        if all(type(member) is int for member in value):  # long lists of whole numbers are what observers return
            return None
        return next((says for member in value if (says := not_real(member)) is not None), None)
    if not isinstance(value, torch.Tensor | float | complex):
        return None
    numbers = torch.as_tensor(value)
    if numbers.is_complex():
        return "real numbers are asked for, complex ones came out"
    if not numbers.is_floating_point() or bool(torch.isfinite(numbers).all()):
        return None
    return "NaN came out" if bool(torch.isnan(numbers).any()) else "an infinity came out"
