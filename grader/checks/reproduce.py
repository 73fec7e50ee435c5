"""Three lines that repeat a failing call in a student's own Python.

Owns writing inputs as Python. Only for inputs that everybody has: those of public checks. Registers no kind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.checks.convert import from_value
from grader.checks.input_language import SeededGenerator
from grader.runner.values import Value
from grader.submission.model import Submission
from grader.submission.notebook import stood_for

TO_PASTE = "to paste"
"""The label of the detail that holds the lines."""
MOST = 1500
"""Characters of all lines: a screen. Larger inputs are not written out."""
_DIGITS = 6
_ENTRIES = 12
"""Numbers of a result that are shown."""


class _NotWritable(Exception):
    """A value has no short form in Python."""


def to_paste(
    submission: Submission, call: str, inputs: Mapping[str, Any], came: Value | None = None
) -> tuple[tuple[str, str], ...]:
    """The detail with the lines; none where the inputs are too large.

    Args:
        submission: whose function it is; in a notebook there is nothing to import it from.
        call: `module.function`.
        inputs: what it was given, by the names of its parameters and in their order.
        came: what came out, if anything did.
    """
    module, _, function = call.rpartition(".")
    in_notebook = stood_for(submission.files.get(f"{module}.py", b"")) is not None
    try:
        given = "; ".join(f"{name} = {_python(value)}" for name, value in inputs.items())
    except _NotWritable:
        return ()
    lines = ["import torch" if in_notebook else f"import torch; from {module} import {function}", given]
    lines.append(f"print({function}({', '.join(inputs)})){_yours(came)}")
    text = "\n".join(line for line in lines if line)
    return ((TO_PASTE, text),) if len(text) <= MOST else ()


def _yours(came: Value | None) -> str:
    """A comment with what came out, where that is numbers."""
    value: Any = None if came is None else from_value(came)
    values: list[Any] = value if isinstance(value, list) else [value]
    if not values or not all(hasattr(one, "tolist") and one.numel() <= _ENTRIES for one in values):
        return f"  # yours: {_number(value)}" if isinstance(value, int | float) else ""
    try:
        return f"  # yours: {', '.join(_listed(one.tolist()) for one in values)}"
    except _NotWritable:
        return ""


def _python(value: Any) -> str:
    """An input as Python: tensors with their type, numbers to six digits."""
    if isinstance(value, np.ndarray):
        return f"torch.tensor({_listed(value.tolist())}, dtype=torch.{value.dtype.name})"
    if isinstance(value, SeededGenerator):
        return f"torch.Generator().manual_seed({value.seed})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_python, value))}]"
    if isinstance(value, bool | int | float | str):
        return _number(value) if isinstance(value, float) else repr(value)
    raise _NotWritable


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    if isinstance(value, complex):
        raise _NotWritable
    return _number(value)


def _number(value: Any) -> str:
    if not isinstance(value, float):
        return repr(value)
    if math.isfinite(value):
        return repr(float(f"{value:.{_DIGITS}g}"))
    return "torch.nan" if math.isnan(value) else "torch.inf" if value > 0 else "-torch.inf"
