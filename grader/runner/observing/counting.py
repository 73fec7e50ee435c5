"""How much a function does, counted and not timed.

Owns what counts as an operation: a line of the student's that runs, an operation on a number or a text that was handed
in or computed from one, an item that is read of a list that was handed in, and a number that torch computes. What
Python's own containers do among themselves is not seen.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode

from grader.runner.observing import hooks

_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift")
_NUMBER = (
    *(f"__{name}__" for name in _BINARY),
    *(f"__r{name}__" for name in _BINARY),
    *("__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__", "__hash__", "__neg__", "__abs__"),
)
_TEXT = ("__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__", "__hash__", "__add__", "__getitem__")


_LIBRARIES = ("<", *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")))
"""How the names of files begin that students did not write."""


class _Tally:
    """The count, and values that add to it."""

    def __init__(self) -> None:
        self.count = 0
        self._number = {base: self._counted(base, _NUMBER) for base in (int, float)}
        self._text = self._counted(str, _TEXT)

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
        members = {name: self._method(getattr(base, name)) for name in names if hasattr(base, name)}
        if base is str:
            members["__iter__"] = lambda text: map(self.of, str.__iter__(text))
        return type(base.__name__, (base,), members)

    def _method(self, original: Any) -> Any:
        def method(*given: Any) -> Any:
            self.count += 1
            result = original(*given)
            if type(result) is str:
                self.count += len(result) // 8  # a copy is cheap, not free
            return self.of(result)

        return method


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

    def pop(self, index: Any = -1) -> Any:
        self._tally.count += 1 if index == -1 else len(self)
        return super().pop(index)

    def insert(self, index: Any, item: Any) -> None:
        self._tally.count += len(self)
        super().insert(index, item)


class _Tensors(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types here
    """Counts the numbers that torch computes; of a product of matrices the multiplications."""

    def __init__(self, tally: _Tally) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._tally = tally

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        made = sum(one.numel() for one in (out if isinstance(out, tuple | list) else [out]) if hasattr(one, "numel"))
        name = func.__name__.partition(".")[0]
        inner = args[1 if name == "addmm" else 0].shape[-1] if name in ("mm", "bmm", "addmm", "mv", "dot") else 1
        self._tally.count += made * int(inner)
        return out


def operations(function: Any, *arguments: Any) -> dict[str, Any]:
    """Call a function and count.

    Returns:
        `value`, the number of `operations`, and whether the counter was `kept` to the end.
    """
    tally = _Tally()
    given = [tally.of(argument) for argument in arguments]

    def trace(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename.startswith(_LIBRARIES):
            return None  # what a library imports or keeps at its first use would count, too
        tally.count += event == "line"
        return trace

    hooks.watch_hooks()
    before = sys.gettrace()
    tally.count = 0
    with _Tensors(tally):
        sys.settrace(trace)
        changes = hooks.changes()
        try:
            value = function(*given)
            kept = hooks.changes() == changes
        finally:
            sys.settrace(before)
    return {"value": value, "operations": tally.count, "kept": kept}
