"""Three lines that repeat a failing call in a student's own Python.

Owns writing inputs and results as Python. Registers no kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

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
"""Numbers of a tensor that came out, and of that which should have, that are shown."""
_BITS = 256
"""Of a whole number; Python refuses to write out very large ones."""
_COMMENT = 160
"""Characters of either."""


class NotWritable(Exception):
    """A value has no short form in Python."""


def to_paste(
    submission: Submission,
    call: str,
    inputs: Mapping[str, Any],
    results: Mapping[str, Value],
    uses: Sequence[str] = (),
) -> tuple[tuple[str, str], ...]:
    """The detail with the lines; none where the inputs are too large.

    Args:
        submission: whose function it is; in a notebook there is nothing to import it from.
        call: `module.function`.
        inputs: what it was given, by the names of its parameters and in their order.
        results: what is told beside the call, by whose it is (`yours`, `wanted`), as far as it is short.
        uses: calls of methods, one after another, where the call makes an object; the last is told about.
    """
    module, _, function = call.rpartition(".")
    in_notebook = stood_for(submission.files.get(f"{module}.py", b"")) is not None
    try:
        given = "; ".join(f"{name} = {as_python(value)}" for name, value in inputs.items())
    except NotWritable:
        return ()
    needs = ["import torch"] if any("torch." in text for text in (given, *uses)) else []
    needs += [] if in_notebook else [f"from {module} import {function}"]
    shown = [f"{whose}: {text}" for whose, value in results.items() if (text := _shown(value))]
    made = f"{function}({', '.join(inputs)})"
    steps = [f"one = {made}", *(f"one.{use}" for use in uses[:-1])]
    last = "\n".join([*steps, f"print(one.{uses[-1]})"]) if uses else f"print({made})"
    told = f"  # {'; '.join(shown)}" if shown else ""
    text = "\n".join(line for line in ("; ".join(needs), given, last + told) if line)
    return ((TO_PASTE, text),) if len(text) <= MOST else ()


def _shown(value: Value) -> str:
    """A result for a comment; empty where it is long, or has no short form in Python."""
    came: Any = from_value(value)
    try:
        text = as_python(came)
    except NotWritable:
        return ""
    return text if len(text) <= _COMMENT else ""


def as_python(value: Any) -> str:
    """A value as Python: tensors with their type, numbers to six digits.

    Raises:
        NotWritable: it has no short form.
    """
    import numpy as np

    match value:
        case np.ndarray():
            if value.size > MOST // 2:
                raise NotWritable
            return f"torch.tensor({_listed(value.tolist())}, dtype=torch.{value.dtype.name})"
        case SeededGenerator():
            return f"torch.Generator().manual_seed({value.seed})"
        case int() if value.bit_length() > _BITS:
            raise NotWritable
        case bool() | int() | str() | bytes() | None:
            return repr(value)
        case float():
            return _number(value)
        case list() | tuple() | set() | frozenset() | dict():
            if len(value) > MOST:
                raise NotWritable
            return container(value, as_python)
    if hasattr(value, "tolist") and value.numel() <= _ENTRIES:  # a tensor; torch need not be imported to know
        return _listed(value.tolist())
    raise NotWritable


def container(value: Any, written: Callable[[Any], str]) -> str:
    """A list, a tuple, a set or a mapping as Python writes it, its members by a function."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(key)}: {written(member)}' for key, member in value.items())}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(map(written, sorted(value, key=repr)))}}}" if value else "set()"
    members = ", ".join(map(written, value))
    return f"[{members}]" if isinstance(value, list) else f"({members}{',' * (len(value) == 1)})"


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    if isinstance(value, complex):
        raise NotWritable
    return _number(value)


def _number(value: Any) -> str:
    if not isinstance(value, float):
        return repr(value)
    if math.isfinite(value):
        return repr(float(f"{value:.{_DIGITS}g}"))
    return "float('nan')" if math.isnan(value) else "float('inf')" if value > 0 else "-float('inf')"
