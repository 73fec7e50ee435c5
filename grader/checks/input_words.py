"""Inputs in words: what kind of values a function was given, in a line.

Owns what is said of each. Registers no kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.checks.input_language import SeededGenerator
from grader.checks.reproduce import container

if TYPE_CHECKING:
    import numpy as np

WRITTEN_OUT = 6
"""Numbers of a tensor that are shown one by one."""
_TEXT = 60


def in_words(value: Any) -> str:
    """One input: itself where it is short, else what it is like."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, list | tuple | dict | set | frozenset):
        told = _member(value) if len(value) <= _TEXT else ""
        return told if 0 < len(told) <= _TEXT else f"{type(value).__name__} of {len(value)}"
    if isinstance(value, str | bytes):
        return repr(value) if len(value) <= _TEXT else f"{value[:_TEXT]!r}…"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "generator" if isinstance(value, SeededGenerator) else str(value)


def _member(value: Any) -> str:
    """A member of a list, as Python writes it, but for tensors, which are told as they are by themselves."""
    import numpy as np

    if isinstance(value, np.ndarray | SeededGenerator):
        return in_words(value)
    return container(value, _member) if isinstance(value, list | tuple | dict | set | frozenset) else repr(value)


def _array(value: np.ndarray) -> str:
    import numpy as np

    if value.size <= WRITTEN_OUT:
        return np.array2string(value, precision=4, separator=", ").replace("\n", "")
    return f"{value.dtype} {'×'.join(map(str, value.shape))} ({_like(value)})"


def _like(value: np.ndarray) -> str:
    """What the numbers of a tensor are like; for many, what a wrong function overlooks stands here."""
    if value.dtype == bool:
        return f"{int(value.sum())} of {value.size} true"
    first = value.flat[0]
    if (value == first).all():
        return "all zero" if first == 0 else f"all {first:.4g}"
    if value.dtype.kind in "iu":
        return f"from {value.min()} to {value.max()}"
    import numpy as np

    finite = np.abs(value[np.isfinite(value)])
    said = [f"up to {finite.max():.2g}"] if finite.size else []
    if finite.size < value.size:
        said.append("not all finite")
    elif value.dtype.kind == "f" and value.min() >= 0:
        said.append("none negative")
    return ", ".join(said)
