"""Whether what came out equals what should have come out, and if not, how.

Owns comparison of observed values with expected ones: shapes, dtypes, tolerances. Its words stand in `difference`.
Knows nothing of who computed either. Tensors are torch tensors. Registers no kind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any

from grader.checks.difference import (
    Difference,
    apart,
    coarse_type,
    differing_numbers,
    differing_texts,
    digits,
    dtype_name,
    facts_of,
    kind_of,
    likely_cause,
    place,
    shortened,
    type_of,
)
from grader.checks.mixed_numbers import OrFloat
from grader.files.untrusted_text import first_few
from grader.maths.reading.question import Tolerance

DEFAULT = Tolerance(rel=1e-4)
"""What float32 leaves of a right computation; it holds whatever type or container a float comes in."""
EXACT = Tolerance(rel=0.0)


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
    if isinstance(expected, set | frozenset):
        return _differ_sets(observed, expected, where)
    if isinstance(expected, dict):
        if not isinstance(observed, dict):
            return Difference(f"{place(where)}a mapping is wanted, {kind_of(observed)} came")
        if (keys := _differ_sets(set(observed), set(expected), where)) is not None:
            return replace(keys, message=f"its keys: {keys.message}")
        pairs = (differ(observed[key], expected[key], tolerance, f"{where}[{key!r}]") for key in expected)
        return next((pair for pair in pairs if pair is not None), None)
    if expected is None or isinstance(expected, str | bytes):
        if observed == expected:
            return None
        wanted, came = shortened(repr(expected)), kind_of(observed)
        if any(isinstance(expected, kind) and isinstance(observed, kind) for kind in (str, bytes)):
            wanted, came = differing_texts(repr(expected), repr(observed))
        return Difference(f"{place(where)}{wanted} is wanted, {came} came")
    return _differ_numbers(observed, expected, tolerance, where)


def _differ_members(observed: Any, expected: Sequence[Any], tolerance: Tolerance, where: str) -> Difference | None:
    import torch

    if isinstance(observed, torch.Tensor) and observed.ndim >= 1 and len(observed) == len(expected):
        observed = list(observed)
    if not isinstance(observed, list | tuple):
        return Difference(f"{place(where)}{len(expected)} values are wanted, {kind_of(observed)} came")
    if len(observed) != len(expected):
        return Difference(f"{place(where)}{len(expected)} values are wanted, {len(observed)} came")
    for i, (o, e) in enumerate(zip(observed, expected, strict=True)):
        if (difference := differ(o, e, tolerance, f"{where}[{i}]")) is not None:
            return difference
    return None


def _differ_sets(observed: Any, expected: Set[Any], where: str) -> Difference | None:
    """How two sets differ; numbers in them count exactly."""
    if not isinstance(observed, set | frozenset):
        return Difference(f"{place(where)}a set is wanted, {kind_of(observed)} came")
    lacks, extra = (sorted(map(repr, one)) for one in (expected - observed, observed - expected))
    told = [f"{_listed(lacks)} {'is' if len(lacks) == 1 else 'are'} missing"] if lacks else []
    told += [f"{_listed(extra)} {'does' if len(extra) == 1 else 'do'} not belong"] if extra else []
    return Difference(f"{place(where)}{', and '.join(told)}") if told else None


def _listed(several: Sequence[str]) -> str:
    return first_few([shortened(one) for one in several], 3)


def _differ_numbers(observed: Any, expected: Any, tolerance: Tolerance, where: str) -> Difference | None:
    import torch

    if isinstance(expected, int) and isinstance(observed, int):
        if observed == expected:
            return None
        return Difference(f"{place(where)}{shortened(str(expected))} is wanted, {digits(observed)} came")
    if isinstance(expected, OrFloat) and (number := _float(observed)) is not None:
        if abs(number - expected) <= _allowed(tolerance, min(abs(expected), 1)):  # what was not rounded is not the same
            return None
        return Difference(f"{place(where)}{' is wanted, '.join(apart(expected, number))} came")
    if type(expected) is type(observed) is float and _near(observed, expected, tolerance):
        return None
    wanted, came = _tensor(expected), _tensor(observed)
    if came is None or wanted is None:
        return Difference(f"{place(where)}{kind_of(expected)} is wanted, {kind_of(observed)} came")
    if tuple(came.shape) != tuple(wanted.shape) and not (wanted.ndim == 0 and came.numel() == 1):
        return _wrong_shape(came, wanted, tolerance, where)
    came = came.reshape(wanted.shape)
    if (says := _wrong_type(came, wanted, observed)) is not None:
        return Difference(f"{place(where)}{says}")
    if came.dtype == wanted.dtype and torch.equal(came, wanted):
        return None  # what follows is slower
    if not (wanted.is_floating_point() or wanted.is_complex()):
        difference = _differ_exactly(came, wanted, where)
    else:
        difference = _differ_floats(came, wanted, tolerance, where)
    if difference is None:
        return None
    return replace(difference, details=(("shape", f"{list(wanted.shape)}, {type_of(observed)}"), *difference.details))


def _near(observed: float, expected: float, tolerance: Tolerance) -> bool:
    """Whether two of Python's numbers are finite and close enough, found out without tensors."""
    return math.isfinite(expected) and abs(observed - expected) <= _allowed(tolerance, abs(expected))


def _allowed(tolerance: Tolerance, largest: float) -> float:
    """The difference that is allowed, where the largest expected magnitude is this. Of zeros, as if it were 1."""
    return max((tolerance.rel or 0.0) * (largest or 1.0), tolerance.abs or 0.0)


def _float(value: Any) -> float | None:
    """What came out as one float; None if it is something else."""
    came = _tensor(value)
    return float(came) if came is not None and came.is_floating_point() and came.numel() == 1 else None


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

    if not came.numel():
        return None
    if came.is_complex() and not wanted.is_complex():
        return "real numbers are wanted, complex ones came"
    if wanted.dtype == torch.bool:
        return None if came.dtype == torch.bool or _is_zero_one(came) else _types(wanted, observed)
    if wanted.is_floating_point() or wanted.is_complex():
        is_plain = not isinstance(observed, torch.Tensor) and came.dtype != torch.bool
        return None if came.is_floating_point() or came.is_complex() or is_plain else _types(wanted, observed)
    if not came.is_floating_point():
        return None
    if bool((came != came.round()).any()):
        return "whole numbers are wanted, fractions came"
    return f"an integer type is wanted, {type_of(observed)} came"


def _types(wanted: Any, observed: Any) -> str:
    return f"{dtype_name(wanted)} values are wanted, {type_of(observed)} came"


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
        says = f"{differing_numbers(w, c)}{likely_cause(c, w, allowed)}"
    else:
        says = f"the values differ{coarse_type(came, c, w, allowed) or likely_cause(c, w, allowed)}"
    return Difference(f"{place(where)}{says}", facts_of(c, w, bad, tolerance))


def _differ_exactly(came: Any, wanted: Any, where: str) -> Difference | None:
    import torch

    exact = torch.float64 if came.is_floating_point() else torch.int64
    bad = came.to(exact) != wanted.to(exact)
    if came.dtype != wanted.dtype and torch.uint64 in (came.dtype, wanted.dtype):
        bad |= came.to(exact) < 0  # as int64, a negative number is the same as one that is too large for it
    if not bool(bad.any()):
        return None
    one = bad.numel() == 1
    says = differing_numbers(wanted, came) if one else f"{int(bad.sum())} of {bad.numel()} entries differ"
    return Difference(f"{place(where)}{says}", facts_of(came, wanted, bad, EXACT))


def _is_zero_one(came: Any) -> bool:
    return bool(((came == 0) | (came == 1)).all())


def _wrong_shape(came: Any, wanted: Any, tolerance: Tolerance, where: str) -> Difference:
    hint = ""
    if came.ndim == wanted.ndim == 2 and came.shape == wanted.T.shape:
        right = differ(came.T, wanted, tolerance) is None
        hint = "; it is the transpose of what is asked" if right else "; is it transposed?"
    elif came.numel() == wanted.numel():
        hint = "; the number of entries fits, so a dimension may be missing or superfluous"
    message = f"{place(where)}shape {list(wanted.shape)} is wanted, {list(came.shape)} came{hint}"
    return Difference(message, (("shape wanted", str(list(wanted.shape))), ("shape yours", str(list(came.shape)))))
