"""Whether what came out equals what should have come out, and if not, how.

Owns comparison of observed values with expected ones: shapes, dtypes, tolerances, the first bad place and a
likely cause. Knows nothing of who computed either. Tensors are torch tensors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.maths.reading.question import Tolerance

DEFAULT = Tolerance(rel=1e-4)
"""What float32 leaves of a right computation; it holds whatever type or container a float comes in."""
EXACT = Tolerance(rel=0.0)
MOST = 2**63
"""Beyond this, a whole number fits no type that tensors have."""


@dataclass(frozen=True)
class Difference:
    """How an observed value differs. `details` are labelled facts for the report, `staff` is for staff alone."""

    message: str
    details: tuple[tuple[str, str], ...] = ()
    staff: str = ""


def differ(observed: Any, expected: Any, tolerance: Tolerance = DEFAULT, where: str = "") -> Difference | None:
    """How `observed` differs from `expected`; None if it does not.

    Args:
        observed: a tensor, number, truth value, string, list or mapping of these.
        expected: the same from the reference; it decides what is asked for.
        tolerance: of floats, relative to the largest expected magnitude, absolute, or either. Integers and truth
            values compare exactly.
        where: label of a member, such as `[0]`.
    """
    if isinstance(expected, list | tuple):
        return _differ_members(observed, expected, tolerance, where)
    if isinstance(expected, dict):
        if not isinstance(observed, dict) or set(observed) != set(expected):
            return Difference(f"{_place(where)}a mapping with keys {', '.join(map(str, expected))} is wanted")
        pairs = (differ(observed[key], expected[key], tolerance, f"{where}[{key!r}]") for key in expected)
        return next((pair for pair in pairs if pair is not None), None)
    if expected is None or isinstance(expected, str):
        if observed == expected:
            return None
        both = isinstance(expected, str) and isinstance(observed, str)
        wanted, came = (_short(repr(text)) if both else _kind(text) for text in (expected, observed))
        return Difference(f"{_place(where)}{wanted} is wanted, {came} came")
    return _differ_numbers(observed, expected, tolerance, where)


def _differ_members(observed: Any, expected: Sequence[Any], tolerance: Tolerance, where: str) -> Difference | None:
    import torch

    if isinstance(observed, torch.Tensor) and observed.ndim >= 1 and len(observed) == len(expected):
        observed = list(observed)
    if not isinstance(observed, list | tuple):
        return Difference(f"{_place(where)}{len(expected)} values are wanted, {_kind(observed)} came")
    if len(observed) != len(expected):
        return Difference(f"{_place(where)}{len(expected)} values are wanted, {len(observed)} came")
    for i, (o, e) in enumerate(zip(observed, expected, strict=True)):
        if (difference := differ(o, e, tolerance, f"{where}[{i}]")) is not None:
            return difference
    return None


def _differ_numbers(observed: Any, expected: Any, tolerance: Tolerance, where: str) -> Difference | None:
    import torch

    if isinstance(expected, int) and isinstance(observed, int):
        if observed == expected:
            return None
        return Difference(f"{_place(where)}{_short(str(expected))} is wanted, {_digits(observed)} came")
    if type(expected) is type(observed) is float and _near(observed, expected, tolerance):
        return None
    wanted, came = _tensor(expected), _tensor(observed)
    if came is None or wanted is None:
        return Difference(f"{_place(where)}{_kind(expected)} is wanted, {_kind(observed)} came")
    if tuple(came.shape) != tuple(wanted.shape) and not (wanted.ndim == 0 and came.numel() == 1):
        return _wrong_shape(came, wanted, tolerance, where)
    came = came.reshape(wanted.shape)
    if (says := _wrong_type(came, wanted, observed)) is not None:
        return Difference(f"{_place(where)}{says}")
    if came.dtype == wanted.dtype and torch.equal(came, wanted):
        return None  # what follows is slower
    if not (wanted.is_floating_point() or wanted.is_complex()):
        return _differ_exactly(came, wanted, where)
    return _differ_floats(came, wanted, tolerance, where)


def _near(observed: float, expected: float, tolerance: Tolerance) -> bool:
    """Whether two of Python's numbers are finite and close enough, found out without tensors."""
    return math.isfinite(expected) and abs(observed - expected) <= _allowed(tolerance, abs(expected))


def _allowed(tolerance: Tolerance, largest: float) -> float:
    """The difference that is allowed, where the largest expected magnitude is this. Of zeros, as if it were 1."""
    return max((tolerance.rel or 0.0) * (largest or 1.0), tolerance.abs or 0.0)


def _tensor(value: Any) -> Any:
    """A value as a tensor, Python's numbers in their own precision; None if it is none, or too large for one."""
    import torch

    if isinstance(value, torch.Tensor):
        return value
    try:
        if isinstance(value, list | tuple) and any(isinstance(member, torch.Tensor | list | tuple) for member in value):
            return torch.stack([_tensor(member) for member in value])
        tensor = torch.as_tensor(value)
        return torch.as_tensor(value, dtype=torch.float64) if tensor.is_floating_point() else tensor
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def _wrong_type(came: Any, wanted: Any, observed: Any) -> str | None:
    """What is said of entries of another type than is asked for; None if they may be compared."""
    import torch

    if came.is_complex() and not wanted.is_complex():
        return "real numbers are wanted, complex ones came"
    if wanted.dtype == torch.bool:
        return None if came.dtype == torch.bool or _is_zero_one(came) else _types(wanted, came)
    if wanted.is_floating_point() or wanted.is_complex():
        is_plain = not isinstance(observed, torch.Tensor) and came.dtype != torch.bool
        return None if came.is_floating_point() or came.is_complex() or is_plain else _types(wanted, came)
    if not came.is_floating_point():
        return None
    if bool((came != came.round()).any()):
        return "whole numbers are wanted, fractions came"
    return f"an integer type is wanted, {_dtype(came)} came"


def _types(wanted: Any, came: Any) -> str:
    return f"{_dtype(wanted)} values are wanted, {_dtype(came)} came"


def _differ_floats(came: Any, wanted: Any, tolerance: Tolerance, where: str) -> Difference | None:
    import torch

    if wanted.numel() == 0:
        return None
    precise = torch.complex128 if wanted.is_complex() else torch.float64
    c, w = came.to(precise), wanted.to(precise)
    largest = float(w.abs().max())
    if math.isfinite(largest) and bool(((c - w).abs() <= _allowed(tolerance, largest)).all()):
        return None  # all is finite and near: what follows is slower
    same_special = (torch.isnan(c) & torch.isnan(w)) | (torch.isinf(w) & (c == w))
    finite = w[torch.isfinite(w)]
    allowed = _allowed(tolerance, float(finite.abs().max()) if finite.numel() else 0.0)
    bad = ~(((c - w).abs() <= allowed) | same_special)
    if not bool(bad.any()):
        return None
    if bool((torch.isnan(c) & ~torch.isnan(w)).any()):
        says = "NaN came out"
    elif bool((torch.isinf(c) & ~torch.isinf(w)).any()):
        says = "an infinity came out"
    elif w.numel() == 1 and not w.is_complex():
        says = f"{' is wanted, '.join(apart(w.item(), c.item()))} came{_likely_cause(c, w, allowed)}"
    else:
        says = f"the values differ{_coarse(came, c, w, allowed) or _likely_cause(c, w, allowed)}"
    return Difference(f"{_place(where)}{says}", _facts(c, w, bad, tolerance, came))


def _coarse(came: Any, c: Any, w: Any, allowed: float) -> str:
    """What is said where a type of few digits is all that is wrong."""
    import torch

    if came.dtype not in (torch.float16, torch.bfloat16):
        return ""
    step = torch.finfo(came.dtype).eps
    if bool(((c - w).abs() <= 8 * step * (w.abs().max() + allowed)).all()):
        return f": they are right to the digits that {_dtype(came)} has, which are too few; keep the inputs' precision"
    return f" (they are {_dtype(came)})"


def _differ_exactly(came: Any, wanted: Any, where: str) -> Difference | None:
    import torch

    exact = torch.float64 if came.is_floating_point() else torch.int64
    bad = came.to(exact) != wanted.to(exact)
    if not bool(bad.any()):
        return None
    return Difference(
        f"{_place(where)}{int(bad.sum())} of {bad.numel()} entries differ", _facts(came, wanted, bad, EXACT, came)
    )


def _is_zero_one(came: Any) -> bool:
    return bool(((came == 0) | (came == 1)).all())


def _facts(came: Any, wanted: Any, bad: Any, tolerance: Tolerance, typed: Any) -> tuple[tuple[str, str], ...]:
    """Where it is worst in words; residues are rounded so that equal submissions read equally."""
    facts: list[tuple[str, str]] = [("shape", f"{list(wanted.shape)}, {_dtype(typed)}")]
    first = [int(i) for i in bad.nonzero()[0]] if bad.ndim else []
    facts.append(("entries that differ", f"{int(bad.sum())} of {bad.numel()}"))
    if first:
        facts.append(("first at", str(first)))
    got, want = (values[tuple(first)].item() for values in (came, wanted))
    told_want, told_got = apart(want, got)
    facts += [("there, yours", told_got), ("there, wanted", told_want)]
    if tolerance.rel or tolerance.abs:
        import torch

        gap = (came - wanted).abs()
        gap = gap[torch.isfinite(gap)]
        if gap.numel():
            facts.append(("largest difference", f"{float(gap.max()):.3g}"))
        facts.append(("tolerance", tolerance_words(tolerance)))
    return tuple(facts)


def tolerance_words(tolerance: Tolerance) -> str:
    """How far a float may lie from the expected one, in words."""
    words = [f"{tolerance.rel:g} of the largest entry"] if tolerance.rel else []
    words += [f"±{tolerance.abs:g}"] if tolerance.abs else []
    return " or ".join(words) or "none: the same bits are wanted"


def _wrong_shape(came: Any, wanted: Any, tolerance: Tolerance, where: str) -> Difference:
    hint = ""
    if came.ndim == wanted.ndim == 2 and came.shape == wanted.T.shape:
        right = differ(came.T, wanted, tolerance) is None
        hint = "; it is the transpose of what is asked" if right else "; is it transposed?"
    elif came.numel() == wanted.numel():
        hint = "; the number of entries fits, so a dimension may be missing or superfluous"
    message = f"{_place(where)}shape {list(wanted.shape)} is wanted, {list(came.shape)} came{hint}"
    return Difference(message, (("shape wanted", str(list(wanted.shape))), ("shape yours", str(list(came.shape)))))


def _likely_cause(came: Any, wanted: Any, allowed: float) -> str:
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
    if math.isfinite(factor) and f"{factor:.6g}" not in ("0", "1") and close(came, factor * wanted):
        return f": off by a constant factor {factor:.6g}"
    if wanted.numel() > 1:
        offset = float((came - wanted).mean())
        if close(came, wanted + offset):
            return f": off by a constant {offset:.6g}"
    return ""


def apart(wanted: Any, came: Any) -> tuple[str, str]:
    """Two numbers that differ, with as many digits as it takes to see that."""
    if isinstance(wanted, float) and isinstance(came, int) and abs(came) < MOST:
        came = float(came)
    if not isinstance(wanted, float) or not isinstance(came, float):
        return _short(str(wanted)), _digits(came) if isinstance(came, int) else str(came)
    for digits in (6, 9, 12, 17):
        told = f"{wanted:.{digits}g}", f"{came:.{digits}g}"
        if told[0] != told[1]:
            break
    return told


def _place(where: str) -> str:
    return f"in result{where}: " if where else ""


def _dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.")


def _digits(number: int) -> str:
    """A whole number that may be absurdly long."""
    if abs(number) < 10**20:
        return str(number)
    return f"a whole number of {number.bit_length() * 30103 // 100000 + 1} digits or so"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _kind(value: Any) -> str:
    """What a value is, in a student's words."""
    if hasattr(value, "shape"):
        return f"a {_dtype(value)} tensor of shape {list(value.shape)}"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MOST:
        return f"{_digits(value)}, larger than a tensor holds,"
    names = {bool: "True or False", int: "a whole number", float: "a number", str: "a string", type(None): "None"}
    return names.get(type(value), f"a {type(value).__name__}")
