"""Whether what came out equals what should have come out, and if not, how.

Owns comparison of observed values with expected ones: shapes, dtypes, tolerances, the first bad place and a
likely cause. Knows nothing of who computed either. Tensors are torch tensors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

RTOL_FLOAT64 = 1e-9
RTOL_FLOAT32 = 1e-4


@dataclass(frozen=True)
class Difference:
    """How an observed value differs. `details` are labelled facts for the report."""

    message: str
    details: tuple[tuple[str, str], ...] = ()


def differ(observed: Any, expected: Any, rel: float | None = None, where: str = "") -> Difference | None:
    """How `observed` differs from `expected`; None if it does not.

    Args:
        observed: a tensor, number, truth value, string, list or mapping of these.
        expected: the same from the reference; it decides what is asked for.
        rel: tolerance relative to the largest expected magnitude; None takes 1e-9 for float64 results and
            1e-4 for lower precisions. Integers and truth values compare exactly.
        where: label of a member, such as `[0]`.
    """
    if isinstance(expected, list | tuple):
        return _differ_members(observed, expected, rel, where)
    if isinstance(expected, dict):
        if not isinstance(observed, dict) or set(observed) != set(expected):
            return Difference(f"{_place(where)}a mapping with keys {', '.join(map(str, expected))} is wanted")
        pairs = (differ(observed[key], expected[key], rel, f"{where}[{key!r}]") for key in expected)
        return next((pair for pair in pairs if pair is not None), None)
    if expected is None or isinstance(expected, str):
        if observed == expected:
            return None
        return Difference(f"{_place(where)}{_kind(expected)} is wanted, {_kind(observed)} came")
    return _differ_numbers(observed, expected, rel, where)


def _differ_members(observed: Any, expected: Sequence[Any], rel: float | None, where: str) -> Difference | None:
    import torch

    if isinstance(observed, torch.Tensor) and observed.ndim >= 1 and len(observed) == len(expected):
        observed = list(observed)
    if not isinstance(observed, list | tuple):
        return Difference(f"{_place(where)}{len(expected)} values are wanted, {_kind(observed)} came")
    if len(observed) != len(expected):
        return Difference(f"{_place(where)}{len(expected)} values are wanted, {len(observed)} came")
    for i, (o, e) in enumerate(zip(observed, expected, strict=True)):
        if (difference := differ(o, e, rel, f"{where}[{i}]")) is not None:
            return difference
    return None


def _differ_numbers(observed: Any, expected: Any, rel: float | None, where: str) -> Difference | None:
    import torch

    if isinstance(expected, int) and isinstance(observed, int):
        return None if observed == expected else Difference(f"{_place(where)}{expected} is wanted, {observed} came")
    if type(expected) is type(observed) is float and _near(observed, expected, rel):
        return None
    wanted, came = _tensor(expected), _tensor(observed)
    if came is None or wanted is None:
        return Difference(f"{_place(where)}{_kind(expected)} is wanted, {_kind(observed)} came")
    if came.is_complex() and not wanted.is_complex():
        return Difference(f"{_place(where)}real numbers are wanted, complex ones came")
    if tuple(came.shape) != tuple(wanted.shape) and not (came.numel() == wanted.numel() == 1):
        return _wrong_shape(came, wanted, rel, where)
    came, wanted = came.reshape(wanted.shape), wanted
    if came.dtype == wanted.dtype and torch.equal(came, wanted):
        return None  # what follows is slower
    if not (wanted.is_floating_point() or wanted.is_complex()):
        return _differ_exactly(came, wanted, where)
    return _differ_floats(came, wanted, rel, where)


def _near(observed: float, expected: float, rel: float | None) -> bool:
    """Whether two of Python's numbers are finite and close enough, found out without tensors."""
    tolerance = RTOL_FLOAT64 if rel is None else rel
    return math.isfinite(expected) and abs(observed - expected) <= tolerance * (abs(expected) or 1.0)


def _tensor(value: Any) -> Any:
    """A value as a tensor, Python's numbers in their own precision; None if it is none, or too large for one."""
    import torch

    try:
        tensor = torch.as_tensor(value)
        is_python = not isinstance(value, torch.Tensor) and tensor.is_floating_point()
        return torch.as_tensor(value, dtype=torch.float64) if is_python else tensor
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def _default_tolerance(came: Any, wanted: Any) -> float:
    """The relative tolerance for the lower of the two precisions."""
    import torch

    low = {torch.float32, torch.float16, torch.bfloat16, torch.complex64}
    return RTOL_FLOAT32 if low & {came.dtype, wanted.dtype} else RTOL_FLOAT64


def _differ_floats(came: Any, wanted: Any, rel: float | None, where: str) -> Difference | None:
    import torch

    if wanted.numel() == 0:
        return None
    tolerance = _default_tolerance(came, wanted) if rel is None else rel
    precise = torch.complex128 if wanted.is_complex() else torch.float64
    c, w = came.to(precise), wanted.to(precise)
    largest = float(w.abs().max())
    if math.isfinite(largest) and bool(((c - w).abs() <= tolerance * (largest or 1.0)).all()):
        return None  # all is finite and near: what follows is slower
    same_special = (torch.isnan(c) & torch.isnan(w)) | (torch.isinf(w) & (c == w))
    finite = w[torch.isfinite(w)]
    scale = float(finite.abs().max()) if finite.numel() else 0.0
    bad = ~(((c - w).abs() <= tolerance * (scale or 1.0)) | same_special)
    if not bool(bad.any()):
        return None
    if bool((torch.isnan(c) & ~torch.isnan(w)).any()):
        message = f"{_place(where)}NaN came out"
    elif bool((torch.isinf(c) & ~torch.isinf(w)).any()):
        message = f"{_place(where)}an infinity came out"
    else:
        message = f"{_place(where)}the values differ{_likely_cause(c, w, tolerance)}"
    return Difference(message, _facts(c, w, bad, tolerance, came))


def _differ_exactly(came: Any, wanted: Any, where: str) -> Difference | None:
    import torch

    if came.is_floating_point() and bool((came != came.round()).any()):
        return Difference(f"{_place(where)}whole numbers are wanted, fractions came")
    if (wanted.dtype == torch.bool) != (came.dtype == torch.bool) and not _is_zero_one(came):
        return Difference(f"{_place(where)}{_dtype(wanted)} values are wanted, {_dtype(came)} came")
    bad = came.to(torch.float64) != wanted.to(torch.float64)
    if not bool(bad.any()):
        return None
    return Difference(
        f"{_place(where)}{int(bad.sum())} of {bad.numel()} entries differ", _facts(came, wanted, bad, 0, came)
    )


def _is_zero_one(came: Any) -> bool:
    return bool(((came == 0) | (came == 1)).all())


def _facts(came: Any, wanted: Any, bad: Any, tolerance: float, typed: Any) -> tuple[tuple[str, str], ...]:
    """Where it is worst in words; residues are rounded so that equal submissions read equally."""
    facts: list[tuple[str, str]] = [("shape", f"{list(wanted.shape)}, {_dtype(typed)}")]
    first = [int(i) for i in bad.nonzero()[0]] if bad.ndim else []
    facts.append(("entries that differ", f"{int(bad.sum())} of {bad.numel()}"))
    if first:
        facts.append(("first at", str(first)))
    got, want = came[tuple(first)] if first else came, wanted[tuple(first)] if first else wanted
    facts += [("there, yours", _number(got)), ("there, wanted", _number(want))]
    if tolerance:
        import torch

        gap = (came - wanted).abs()
        gap = gap[torch.isfinite(gap)]
        if gap.numel():
            facts.append(("largest difference", f"{float(gap.max()):.3g}"))
        facts.append(("tolerance", f"{tolerance:g} of the largest entry"))
    return tuple(facts)


def _wrong_shape(came: Any, wanted: Any, rel: float | None, where: str) -> Difference:
    hint = ""
    if came.ndim == wanted.ndim == 2 and came.shape == wanted.T.shape:
        right = differ(came.T, wanted, rel) is None
        hint = "; it is the transpose of what is asked" if right else "; is it transposed?"
    elif came.numel() == wanted.numel():
        hint = "; the number of entries fits, so a dimension may be missing or superfluous"
    message = f"{_place(where)}shape {list(wanted.shape)} is wanted, {list(came.shape)} came{hint}"
    return Difference(message, (("shape wanted", str(list(wanted.shape))), ("shape yours", str(list(came.shape)))))


def _likely_cause(came: Any, wanted: Any, tolerance: float) -> str:
    """The simplest true statement about the difference, if there is one."""
    import torch

    if wanted.is_complex():
        return ""
    scale = float(wanted.abs().max()) or 1.0

    def close(a: Any, b: Any) -> bool:
        return bool(((a - b).abs() <= max(tolerance, 1e-9) * scale).all())

    if not bool(torch.isfinite(came).all()) or not bool(torch.isfinite(wanted).all()):
        return ""
    if close(came, -wanted):
        return ": the sign is flipped"
    if wanted.ndim == 2 and wanted.shape[0] == wanted.shape[1] and close(came, wanted.T):
        return ": it is the transpose of what is asked"
    if not bool((came != 0).any()):
        return ": everything is zero"
    factor = float((came * wanted).sum() / (wanted * wanted).sum()) if bool((wanted != 0).any()) else math.nan
    if math.isfinite(factor) and factor != 0 and close(came, factor * wanted):
        return f": off by a constant factor {factor:.6g}"
    if wanted.numel() > 1:
        offset = float((came - wanted).mean())
        if close(came, wanted + offset):
            return f": off by a constant {offset:.6g}"
    return ""


def _place(where: str) -> str:
    return f"in result{where}: " if where else ""


def _dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.")


def _number(value: Any) -> str:
    member = value.item() if hasattr(value, "item") else value
    return f"{member:.6g}" if isinstance(member, float) else str(member)


def _kind(value: Any) -> str:
    """What a value is, in a student's words."""
    if hasattr(value, "shape"):
        return f"a {_dtype(value)} tensor of shape {list(value.shape)}"
    names = {bool: "True or False", int: "a whole number", float: "a number", str: "a string", type(None): "None"}
    return names.get(type(value), f"a {type(value).__name__}")
