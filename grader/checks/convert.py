"""Values as trusted code outside holds them, between drawing, wire and comparison.

Owns the conversions: what was drawn, for trusted code and for the wire; what came out of the sandbox or of trusted
code, as tensors without gradients. How a value crosses as bytes belongs to `grader.runner.codec`.
"""

from __future__ import annotations

from typing import Any

from grader.checks.input_language import SeededGenerator
from grader.runner.values import CodecError, Generator, Tensor, Value

_PLAIN = frozenset({bool, int, float, str})
"""Types of what crosses as it is: long lists of them need not be looked at one by one."""


def to_torch_value(value: Any) -> Any:
    """A drawn value as trusted code outside wants it: tensors, generators, fresh each time."""
    import numpy as np
    import torch

    if isinstance(value, np.ndarray):
        return torch.from_numpy(value.copy())
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, SeededGenerator):
        return torch.Generator().manual_seed(value.seed)
    if isinstance(value, list | tuple):
        return type(value)(to_torch_value(member) for member in value)
    if isinstance(value, dict):
        return {key: to_torch_value(member) for key, member in value.items()}
    return set(value) if isinstance(value, set | frozenset) else value


def detached(value: Any) -> Any:
    """What trusted code returned, without gradients, tuples as lists."""
    import torch

    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, list | tuple):
        return [detached(member) for member in value]
    if isinstance(value, dict):
        return {key: detached(member) for key, member in value.items()}
    return value


def to_value(value: Any) -> Value:
    """A drawn value as student code is asked with it."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return Tensor.from_numpy(value)
    if isinstance(value, SeededGenerator):
        return Generator(value.seed)
    if isinstance(value, list | tuple):
        return type(value)(to_value(member) for member in value)
    if isinstance(value, dict):
        return {key: to_value(member) for key, member in value.items()}
    if isinstance(value, set | frozenset):
        return frozenset(value)
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return value
    if hasattr(value, "detach"):  # a tensor; torch need not be imported to know
        return Tensor.from_torch(value)
    raise CodecError(
        f"{type(value).__name__} cannot be handed to student code: use numbers, text, lists, dicts or arrays"
    )


def from_value(value: Value) -> Any:
    """What came out, as tensors, numbers, strings, lists and mappings."""
    if isinstance(value, Tensor):
        return value.to_torch()
    if isinstance(value, list | tuple):
        return list(value) if _PLAIN.issuperset(map(type, value)) else [from_value(member) for member in value]
    if isinstance(value, dict):
        return {key: from_value(member) for key, member in value.items()}
    return value
