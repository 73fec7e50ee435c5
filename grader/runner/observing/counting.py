"""How much a function does, counted and not timed.

Owns what counts as an operation: a line of the student's that runs, an operation on a number or a text that was handed
in or computed from one, an item that is read of a list that was handed in, what goes over a whole list (`min`, `sum`,
`remove`), and a number that torch computes or goes over. Numbers and texts can be copied out of the count, by `int(x)`
or into an array of numpy's; that is noticed. What else Python's own containers do among themselves is not seen.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections import deque
from collections.abc import Iterator, Sized
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import numpy
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from grader.runner.observing import hooks, library_code

_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift", "divmod")
_UNARY = ("neg", "pos", "abs", "invert", "round", "floor", "ceil", "trunc", "hash", "str", "repr")
_NUMBER = (
    *(f"__{name}__" for name in (*_BINARY, *_UNARY)),
    *(f"__r{name}__" for name in _BINARY),
    *("__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"),
)
_TEXT = ("__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__", "__hash__", "__add__", "__getitem__", "__str__")
_OF_WHOLE_TEXTS = (
    *("__contains__", "find", "rfind", "index", "rindex", "count", "replace", "split", "join"),
    *("lower", "upper", "casefold", "strip", "lstrip", "rstrip"),
)
_LEAVING = ("__int__", "__float__", "__complex__")
_OVER_LISTS = ("remove", "index", "count", "sort")
"""Methods that compare the items of a list."""
_OVER_ANYTHING = ("min", "max", "sum", "sorted")
_OUT_OF_TORCH = ("tolist", "numpy", "item")
_PRODUCTS = ("mm", "bmm", "addmm", "mv", "dot")
_PICKING = (
    *("index", "index_put", "index_select", "index_add", "index_copy", "index_fill", "take", "gather", "embedding"),
    *("scatter", "scatter_add", "scatter_reduce", "searchsorted"),
)
"""What torch does to a few numbers of a tensor, its first argument, without going over the others."""


_OURS = str(Path(__file__).parents[1])


def _is_counted(frame: FrameType) -> bool:
    """Whether code that runs is the student's: also what `exec` made, as what a student hands to it would be free."""
    return not (library_code.is_librarys(frame.f_code) or frame.f_code.co_filename.startswith(_OURS))


class _Tally:
    """The count, values that add to it, and how many of those were copied out of it."""

    def __init__(self) -> None:
        self.count = 0
        self.left = 0
        self.members = 0
        """Numbers and letters in what was handed in, single numbers aside."""
        self._in_math: set[FrameType] = set()
        self._number = {base: self._counted(base, _NUMBER) for base in (int, float)}
        self._text = self._counted(str, (*_TEXT, *_OF_WHOLE_TEXTS))

    def of(self, value: Any) -> Any:
        """A value whose use is counted; what cannot be is as it was."""
        if type(value) in self._number:
            return self._number[type(value)](value)
        if type(value) is str:
            return self._text(value)
        if type(value) is list:
            return _Items(self, map(self.of, value))
        if type(value) is tuple:
            return tuple(map(self.of, value))
        return value

    def _counted(self, base: Any, names: tuple[str, ...]) -> Any:
        members = {name: self._method(name, getattr(base, name)) for name in names if hasattr(base, name)}
        members |= {name: self._leaving(base, name) for name in _LEAVING}
        if base is str:
            members["__iter__"] = lambda text: map(self.of, str.__iter__(text))
        return type(base.__name__, (base,), members)

    def _method(self, name: str, original: Any) -> Any:
        def method(*given: Any) -> Any:
            self.count += 1 + (len(given[0]) // 8 if name in _OF_WHOLE_TEXTS else 0)
            result = original(*given)
            if type(result) is str:
                self.count += len(result) // 8  # a copy is cheap, not free
            return self.of(result)

        return method

    def _leaving(self, base: Any, name: str) -> Any:
        """What makes a plain number: of a function in `math` the argument, otherwise a copy that is not counted."""
        kind = {"__int__": int, "__float__": float, "__complex__": complex}[name]

        def method(value: Any) -> Any:
            if sys._getframe(1) not in self._in_math:
                self.left += 1
            plain = str.__str__(value) if base is str else base.__pos__(value)
            return kind(plain)

        return method

    def seen(self, frame: FrameType, event: str, called: Any) -> None:
        """See `sys.setprofile`: what is written in C and goes over a list, or out of what is counted."""
        if event not in ("c_call", "c_return", "c_exception") or not _is_counted(frame):
            return
        owner, name = called.__self__, called.__name__
        if getattr(called, "__module__", "") == "math":
            (self._in_math.add if event == "c_call" else self._in_math.discard)(frame)
        elif event == "c_call" and isinstance(owner, list | tuple | deque) and name in _OVER_LISTS:
            self.count += len(owner)
        elif event == "c_call" and name in _OUT_OF_TORCH and isinstance(owner, torch.Tensor):
            self.left += owner.numel()
        elif event == "c_call" and type(owner) is numpy.ndarray:
            self.count += owner.size

    @contextlib.contextmanager
    def builtins_counted(self) -> Iterator[None]:
        """While this lasts, functions such as `min` count what they go over."""
        before = {name: vars(builtins)[name] for name in _OVER_ANYTHING}
        vars(builtins).update({name: self._going_over(original) for name, original in before.items()})
        try:
            yield
        finally:
            vars(builtins).update(before)

    def _going_over(self, original: Any) -> Any:
        def function(*given: Any, **options: Any) -> Any:
            if given and isinstance(given[0], Sized) and _is_counted(sys._getframe(1)):
                self.count += len(given[0])
            return original(*given, **options)

        return function


class _Items(list[Any]):
    """A list that was handed in: what is read of it counts."""

    def __init__(self, tally: _Tally, items: Any) -> None:
        super().__init__(items)
        self._tally = tally

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        if isinstance(index, slice):
            self._tally.count += len(found)
            return _Items(self._tally, found)
        self._tally.count += 1
        return found

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self._tally.count += 1
            yield item

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return numpy.array([*super().__iter__()], dtype=dtype)

    def pop(self, index: Any = -1) -> Any:
        self._tally.count += 1 if index == -1 else len(self)
        return super().pop(index)

    def insert(self, index: Any, item: Any) -> None:
        self._tally.count += len(self)
        super().insert(index, item)


class _Tensors(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types here
    """Counts the numbers that torch computes or goes over; of a product of matrices the multiplications."""

    def __init__(self, tally: _Tally) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._tally = tally

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func.__name__.partition(".")[0]
        if name in _PRODUCTS:
            self._tally.count += out.numel() * int(args[1 if name == "addmm" else 0].shape[-1])
        elif name.removesuffix("_") in _PICKING:
            self._tally.count += _numbers_in([args[1:], () if name.endswith("_") else out])
        elif not func.is_view:
            self._tally.count += max(_numbers_in(args), _numbers_in(out))
        return out


def _numbers_in(several: Any) -> int:
    """How many numbers tensors hold, wherever they lie in lists."""
    if isinstance(several, tuple | list):
        return sum(map(_numbers_in, several))
    return several.numel() if isinstance(several, torch.Tensor) else 0


def operations(function: Any, *arguments: Any) -> dict[str, Any]:
    """Call a function and count.

    Returns:
        `value`, the number of `operations`, whether most numbers or letters were copied and `left` the count, whether
        the counter was `kept` to the end, and whether something was done `elsewhere`, in other processes.
    """
    _import_what_torch_needs()
    tally = _Tally()
    given = [tally.of(argument) for argument in arguments]
    members = sum(map(_members, arguments))

    def trace(frame: Any, event: str, _: Any) -> Any:
        if not _is_counted(frame):
            return None  # what a library imports or keeps at its first use would count, too
        tally.count += event == "line"
        return trace

    with _Tensors(tally), tally.builtins_counted(), hooks.profiled(tally.seen) as profile, hooks.traced(trace) as lines:
        tally.count = tally.left = 0
        before = hooks.processes()
        value = function(*given)
        kept, elsewhere = profile() and lines(), hooks.processes() > before
    left = members > 0 and 2 * tally.left >= members
    return {"value": value, "operations": tally.count, "left": left, "kept": kept, "elsewhere": elsewhere}


@cache
def _import_what_torch_needs() -> None:
    """Take one step, as torch imports hundreds of modules at the first one that it hands on, whose code would count."""
    with _Tensors(_Tally()):
        torch.ones(()) + 1


def _members(value: Any) -> int:
    """How many numbers and letters a container holds; a number by itself is none."""
    if isinstance(value, list | tuple):
        return sum(_members(one) if isinstance(one, list | tuple | str) else 1 for one in value)
    if isinstance(value, torch.Tensor):
        return value.numel() if value.dim() else 0
    return len(value) if isinstance(value, str) else 0
