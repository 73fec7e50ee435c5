"""The words for a value that is not what should have come out.

Owns what is said of a difference: how much two numbers are apart, a likely cause, what kind of thing came. Whether
there is a difference belongs to `compare_values`. Registers no kind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from grader.checks.input_language import SeededGenerator
from grader.checks.mixed_numbers import OrFloat
from grader.maths.reading.question import Tolerance

MOST = 2**63
"""Beyond this, a whole number fits no type that tensors have."""

_BEFORE = 20
"""Characters that are shown before the first in which two texts differ."""


@dataclass(frozen=True)
class Difference:
    """How an observed value differs. `details` are labelled facts for the report, `staff` is for staff alone."""

    message: str
    details: tuple[tuple[str, str], ...] = ()
    staff: str = ""


def facts_of(came: Any, wanted: Any, bad: Any, tolerance: Tolerance) -> tuple[tuple[str, str], ...]:
    """Where it is worst in words; residues are rounded so that equal submissions read equally."""
    first = [int(i) for i in bad.nonzero()[0]] if bad.ndim else []
    facts = [("entries that differ", f"{int(bad.sum())} of {bad.numel()}")]
    if first:
        facts.append(("first at", str(first)))
    got, want = (values[tuple(first)].item() for values in (came, wanted))
    told_want, told_got = apart(want, got)
    facts += [("there, yours", told_got), ("there, wanted", told_want)]
    if tolerance.rel or tolerance.abs:
        import torch

        gap = (came - wanted).abs()
        gap = gap[torch.isfinite(gap)]
        if gap.numel() and float(gap.max()):
            facts.append(("largest difference", f"{float(gap.max()):.3g}"))
        facts.append(("tolerance", tolerance_words(tolerance)))
    return tuple(facts)


def tolerance_words(tolerance: Tolerance, of: str = " of the largest entry") -> str:
    """How far a float may lie from the expected one, in words; `of` says what a share is taken of."""
    words = [f"{100 * tolerance.rel:g} %{of}"] if tolerance.rel else []
    words += [f"±{tolerance.abs:g}"] if tolerance.abs else []
    return " or ".join(words) or "exact"


def coarse_type(came: Any, c: Any, w: Any, allowed: float) -> str:
    """What is said where a type of few digits is all that is wrong."""
    import torch

    if came.dtype not in (torch.float16, torch.bfloat16):
        return ""
    step = torch.finfo(came.dtype).eps
    if bool(((c - w).abs() <= 8 * step * (w.abs().max() + allowed)).all()):
        return (
            f": they are right to the digits that {dtype_name(came)} has, which are too few; keep the inputs' precision"
        )
    return f" (they are {dtype_name(came)})"


def likely_cause(came: Any, wanted: Any, allowed: float) -> str:
    """The simplest true statement about the difference, if there is one."""
    import torch

    if wanted.is_complex():
        return ""
    if not bool(torch.isfinite(came).all()) or not bool(torch.isfinite(wanted).all()):
        return ""

    def close(a: Any, b: Any) -> bool:
        return bool(((a - b).abs() <= max(allowed, 1e-9 * float(b.abs().max()))).all())

    if close(came, -wanted):
        return ": the sign is flipped"
    if wanted.ndim == 2 and wanted.shape[0] == wanted.shape[1] and close(came, wanted.T):
        return ": it is the transpose of what is asked"
    if not bool((came != 0).any()):
        return ": everything is zero" if wanted.numel() > 1 else ""
    factor = float((came * wanted).sum() / (wanted * wanted).sum()) if bool((wanted != 0).any()) else math.nan
    if math.isfinite(factor) and f"{factor:.6g}" not in ("0", "1", "-1") and close(came, factor * wanted):
        return f": off by a constant factor {factor:.6g}"
    if wanted.numel() > 1:
        offset = float((came - wanted).mean())
        if close(came, wanted + offset):
            return f": off by a constant {offset:.6g}"
    return ""


def differing_numbers(wanted: Any, came: Any) -> str:
    """Two tensors of one number each, which differ."""
    return f"{' is wanted, '.join(apart(wanted.item(), came.item()))} came"


def differing_texts(wanted: str, came: str) -> tuple[str, str]:
    """Two quoted texts that differ, cut so that this can be seen."""
    pairs = enumerate(zip(wanted, came, strict=False))
    same = next((i for i, (one, other) in pairs if one != other), min(len(wanted), len(came)))
    if same < _BEFORE:
        return shortened(wanted), shortened(came)
    return f"…{shortened(wanted[same - _BEFORE :])}", f"…{shortened(came[same - _BEFORE :])}"


def apart(wanted: Any, came: Any) -> tuple[str, str]:
    """Two numbers that differ, with as many digits as it takes to see that."""
    if isinstance(wanted, float) and isinstance(came, int) and abs(came) < MOST:
        came = float(came)
    if not isinstance(wanted, float) or not isinstance(came, float):
        return shortened(str(wanted)), digits(came) if isinstance(came, int) else str(came)
    for precision in (6, 9, 12, 17):
        told = f"{wanted:.{precision}g}", f"{came:.{precision}g}"
        if told[0] != told[1]:
            break
    return told


def place(where: str) -> str:
    """Which member of a result is meant; nothing for all of it."""
    return f"in result{where}: " if where else ""


def dtype_name(value: Any) -> str:
    """A tensor's type of number, such as `float64`."""
    return str(value.dtype).removeprefix("torch.")


def type_of(value: Any) -> str:
    """The type of what came as its author knows it: `float64` of a tensor, else that of Python's numbers."""
    if hasattr(value, "dtype"):
        return dtype_name(value)
    while isinstance(value, list | tuple) and value:
        value = next((member for member in value if isinstance(member, float)), value[0])
    return dtype_name(value) if hasattr(value, "dtype") else f"Python's {type(value).__name__}"


def digits(number: int) -> str:
    """A whole number that may be absurdly long."""
    if abs(number) < 10**20:
        return str(number)
    return f"a whole number of {number.bit_length() * 30103 // 100000 + 1} digits or so"


def shortened(text: str, most: int = 60) -> str:
    """A text that is short enough for a message."""
    return text if len(text) <= most else f"{text[:most]}…"


def kind_of(value: Any) -> str:
    """What a value is, in a student's words."""
    if hasattr(value, "shape"):
        return f"a {dtype_name(value)} tensor of shape {list(value.shape)}"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MOST:
        return f"{digits(value)}, larger than a tensor holds,"
    return name_of(type(value))


_NAMES = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    OrFloat: "a number",
    complex: "a complex number",
    str: "a string",
    bytes: "bytes",
    set: "a set",
    frozenset: "a set",
    dict: "a mapping",
    type(None): "None",
    SeededGenerator: "a generator",
}


def name_of(kind: type) -> str:
    """A type of Python's, in a student's words."""
    return _NAMES.get(kind, f"a {kind.__name__}")
