"""What kind of value an input is: a tensor, a list, a number.

Owns the names of kinds as authors read them, and which value is of none that is drawn. Registers no kind of check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from grader.checks.input_language import SeededGenerator

_NAMES: Sequence[tuple[tuple[type, ...], str]] = (
    ((bool,), "a truth value"),
    ((int, float), "a number"),
    ((complex,), "a complex number"),
    ((str,), "a text"),
    ((bytes,), "bytes"),
    ((list,), "a list"),
    ((tuple,), "a tuple"),
    ((set, frozenset), "a set"),
    ((dict,), "a dictionary"),
    ((SeededGenerator,), "a generator"),
)
_TENSOR = "a tensor of "


class Unlike(NamedTuple):
    """A value of a kind that is never drawn, and what is drawn in its place."""

    value: Any
    drawn: Sequence[Any]

    def said(self, call: str) -> str:
        """A sentence for the author, with what to write where that is known."""
        drawn = list(dict.fromkeys(map(kind_of, self.drawn)))
        written = _written(self.value, drawn)
        what = f"{kind_of(self.value)} stands here, where the runs of `{call}` hand over {' or '.join(drawn)}"
        return f"{what} — write {written}" if written else what


def kind_of(value: Any) -> str:
    """What a value is, such as `a tensor of float64` or `a list`."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{_TENSOR}{str(value.dtype).removeprefix('torch.')}"
    return next((name for types, name in _NAMES if isinstance(value, types)), str(value))


def form_of(value: Any) -> str:
    """What came out of a student's function, in words: its kind, and how much it holds."""
    if value is None:
        return "None"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        size = " × ".join(map(str, value.shape))
        return f"{kind_of(value)}, {size}" if size else kind_of(value)
    if isinstance(value, list | tuple | set | frozenset | dict):
        return f"{kind_of(value)} of {len(value)}"
    return kind_of(value) if isinstance(value, bool | int | float | complex | str | bytes) else "something else"


def first_unlike(value: Any, drawn: Sequence[Any]) -> Unlike | None:
    """The value, or the first of its members, whose kind none of those has that are drawn in its place."""
    alike = [one for one in drawn if kind_of(one) == kind_of(value)]
    if not alike:
        return Unlike(value, drawn)
    others = [member for one in alike for member in _members(one)]
    found = (first_unlike(member, others) for member in _members(value) if others)
    return next((one for one in found if one is not None), None)


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
