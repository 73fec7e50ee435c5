"""What kind of value an input is: a tensor, a list, a number.

Owns which values are of one kind, and what is said of one whose kind is never drawn. Registers no kind of check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from grader.checks.difference import dtype_name, name_of

_TENSOR = "a tensor of "


def kind_of(value: Any) -> str:
    """What a value is, such as `a tensor of float64` or `a list`."""
    if hasattr(value, "dtype"):
        return f"{_TENSOR}{dtype_name(value)}"
    return name_of(float if type(value) is int else type(value))  # either is a number


def form_of(value: Any) -> str:
    """What came out of a student's function, in words: its kind, and how much it holds."""
    kind = kind_of(value)
    if kind.startswith(_TENSOR):
        return ", ".join(filter(None, [kind, " × ".join(map(str, value.shape))]))
    return f"{kind} of {len(value)}" if isinstance(value, list | tuple | set | frozenset | dict) else kind


def never_drawn(value: Any, drawn: Sequence[Any], call: str) -> str:
    """What is said of a value, or its first member, whose kind none of those has that runs of a function draw.

    With what to write where that is known; empty if there is none.
    """
    alike = [one for one in drawn if kind_of(one) == kind_of(value)]
    if not alike:
        kinds = list(dict.fromkeys(map(kind_of, drawn)))
        what = f"{kind_of(value)} stands here, where the runs of `{call}` hand over {' or '.join(kinds)}"
        written = _written(value, kinds)
        return f"{what} — write {written}" if written else what
    others = [member for one in alike for member in _members(one)]
    return next(filter(None, (never_drawn(member, others, call) for member in _members(value) if others)), "")


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple | set | frozenset) else ()


def _written(value: Any, drawn: Sequence[str]) -> str:
    """How the value is written as the one kind that is drawn; empty where that is not known."""
    kind = drawn[0] if len(drawn) == 1 else ""
    if kind == "a tuple" and isinstance(value, list):
        return f"`'{tuple(value)}'`"
    if not kind.startswith(_TENSOR):
        return ""
    import numpy as np

    dtype = kind.removeprefix(_TENSOR)
    try:
        numbers = np.asarray(value).astype(dtype)
    except (TypeError, ValueError):
        return ""
    beside = " and `dtype: float32` beside `of`" if dtype == "float32" else ""
    return f"`'tensor({numbers.tolist()})'`{beside}"
