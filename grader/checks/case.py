"""One set of inputs of a run, and what it is to whoever asks.

Owns its forms: for trusted code, for the wire, in a line, and how large it is. How inputs are drawn belongs to `code`.
Registers no kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.checks.convert import detached, mapped, to_torch_value, to_value
from grader.checks.input_words import in_words
from grader.runner.values import Value


@dataclass(frozen=True)
class Case:
    """One set of inputs.

    `names` holds sizes and inputs, as numpy values; `args` the inputs in order. `index` is its number, and the seed of
    whatever the function draws itself.
    """

    names: Mapping[str, Any]
    args: tuple[Any, ...]
    index: int = 0

    @cached_property
    def asked(self) -> tuple[Value, ...]:
        """The inputs as they cross into the sandbox."""
        return tuple(to_value(value) for value in self.args)

    @property
    def numbers(self) -> int:
        """How many numbers its inputs hold."""
        return sum(_numbers(value) for value in self.args)

    @cached_property
    def _results(self) -> dict[Callable[..., Any], Any]:
        return {}

    def result_of(self, function: Callable[..., Any], compute: Callable[[], Any]) -> Any:
        """What a function of the author's gives here: computed once, as one case may meet many wrong functions."""
        if function not in self._results:
            self._results[function] = compute()
        return self._results[function]

    def for_author(self) -> dict[str, Any]:
        """Sizes and inputs by name, as trusted code wants them: fresh each time."""
        return {name: to_torch_value(value) for name, value in self.names.items()}

    def called(self, function: Callable[..., Any]) -> Any:
        """What a trusted function gives for the inputs."""
        return detached(function(*map(to_torch_value, self.args)))

    def preview(self) -> str:
        """The inputs in a line short enough for a report."""
        return ", ".join(f"{name} = {in_words(value)}" for name, value in self.names.items())[:400]


def smallest_first(cases: Sequence[Case]) -> Sequence[int]:
    """The numbers of cases, those with the fewest numbers in them first."""
    return sorted(range(len(cases)), key=lambda i: cases[i].numbers)


def cast(value: Any, dtype: str) -> Any:
    """A drawn value as it is handed over: floats of a tensor in this type, numbers and texts of numpy's as Python's."""
    import numpy as np

    def handed_over(one: Any) -> Any:
        if isinstance(one, set | frozenset):
            return type(one)(map(handed_over, one))
        if isinstance(one, np.ndarray) and one.dtype.kind in "SU":
            return one.tolist()
        if isinstance(one, np.ndarray):
            return np.asarray(one, dtype=dtype if one.dtype.kind == "f" else None, order="C")
        return one.item() if isinstance(one, np.generic) else one

    return mapped(value, handed_over)


def _numbers(value: Any) -> int:
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(_numbers, value))
    return math.prod(getattr(value, "shape", ()))
