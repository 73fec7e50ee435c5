"""Values as trusted code outside holds them, between drawing, wire and comparison.

Owns the conversions: what was drawn, for trusted code and for the wire; what came out of the sandbox or of trusted
code, as tensors without gradients. How a value crosses as bytes belongs to `grader.runner.codec`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.checks.input_language import SeededGenerator
from grader.runner.values import CodecError, Generator, Tensor, Value

_PLAIN = frozenset({bool, int, float, str})
"""Types of what crosses as it is: long lists of them need not be looked at one by one."""


def mapped(value: Any, convert: Callable[[Any], Any], tuples: Callable[[Any], Any] = tuple) -> Any:
    """A value with a function applied to whatever its lists, tuples and mappings hold; what it makes of `tuples`."""
    if isinstance(value, list | tuple):
        several = list if isinstance(value, list) else tuples
        plain = _PLAIN.issuperset(map(type, value))
        return several(value if plain else [mapped(member, convert, tuples) for member in value])
    if isinstance(value, dict):
        return {key: mapped(member, convert, tuples) for key, member in value.items()}
    return convert(value)


def to_torch_value(value: Any) -> Any:
    """A drawn value as trusted code outside wants it: tensors, generators, fresh each time."""
    import numpy as np
    import torch

    def fresh(one: Any) -> Any:
        if isinstance(one, np.ndarray):
            return torch.from_numpy(one.copy())
        if isinstance(one, torch.Tensor):
            return one.clone()
        if isinstance(one, SeededGenerator):
            return torch.Generator().manual_seed(one.seed)
        return set(one) if isinstance(one, set | frozenset) else one

    return mapped(value, fresh)


def detached(value: Any) -> Any:
    """What trusted code returned, without gradients, tuples as lists."""
    import torch

    return mapped(value, lambda one: one.detach() if isinstance(one, torch.Tensor) else one, list)


def to_value(value: Any) -> Value:
    """A drawn value as student code is asked with it."""
    plain: Value = mapped(value, _crossing)
    return plain


def _crossing(one: Any) -> Value:
    import numpy as np

    if isinstance(one, np.ndarray):
        return Tensor.from_numpy(one)
    if isinstance(one, SeededGenerator):
        return Generator(one.seed)
    if isinstance(one, set | frozenset):
        return frozenset(one)
    if one is None or isinstance(one, bool | int | float | complex | str | bytes):
        return one
    if hasattr(one, "detach"):  # a tensor; torch need not be imported to know
        return Tensor.from_torch(one)
    raise CodecError(
        f"{type(one).__name__} cannot be handed to student code: use numbers, text, lists, dicts or arrays"
    )


def from_value(value: Value) -> Any:
    """What came out, as tensors, numbers, strings, lists and mappings."""
    return mapped(value, lambda one: one.to_torch() if isinstance(one, Tensor) else one, list)
