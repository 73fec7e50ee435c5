"""What a forbidden name stands for in this interpreter: the code that runs, the functions in C that are called.

Owns resolving dotted names, and the comparison of a call with what they mean. Who is responsible for a call belongs to
`guarding`.
"""

from __future__ import annotations

import builtins
import collections
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodDescriptorType,
    ModuleType,
)
from typing import Any

import numpy
import torch
from torch._ops import OpOverload, OpOverloadPacket

_HOLDERS: tuple[type, ...] = (
    *(list, tuple, dict, set, frozenset, str, bytes, bytearray, int, float, complex, collections.deque),
    *(numpy.ndarray, torch._C.TensorBase),
)
"""Types in C of which a bare name may be a method."""
_OPERATORS = (OpOverload.__call__.__code__, OpOverloadPacket.__call__.__code__)

InC = BuiltinFunctionType | MethodDescriptorType
Place = tuple[Any, str, Any]
"""A module or a type, a name in it, and the function in C that it means."""


@dataclass(frozen=True)
class Forbidden:
    """A name that an author wrote, and what it means here: None where it means nothing but itself."""

    name: str
    meant: Any

    @classmethod
    def named(cls, name: str) -> Forbidden:
        """What a dotted name means."""
        return cls(name, _meaning(name))

    @property
    def word(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]

    @property
    def is_class(self) -> bool:
        """Whether a class is forbidden, and so what is derived from it."""
        return isinstance(self.meant, type)

    @property
    def is_module(self) -> bool:
        """Whether everything of a module is forbidden."""
        return isinstance(self.meant, ModuleType)

    @property
    def is_bare(self) -> bool:
        """Whether it is one word that is no module: a builtin, or whatever libraries have under it."""
        return "." not in self.name and not self.is_module

    @cached_property
    def package(self) -> str:
        """The library that it belongs to; another part of the same library is another door to it."""
        return self.name.partition(".")[0]

    @cached_property
    def places(self) -> list[Place]:
        """Where functions in C that it means are kept."""
        if self.is_module:
            return [(self.meant, key, one) for key, one in _offered(self.meant) if isinstance(one, InC)]
        found: list[Place] = []
        if self.is_bare:
            found = [(holder, self.name, vars(holder)[self.name]) for holder in _HOLDERS if self.name in vars(holder)]
            found += [(builtins, self.name, self.meant)]
        elif isinstance(self.meant, MethodDescriptorType):
            found = [(self.meant.__objclass__, self.meant.__name__, self.meant)]
        elif isinstance(self.meant, InC):
            found = [(_meaning(self.name.rpartition(".")[0]), self.word, self.meant)]
        return [place for place in found if isinstance(place[2], InC) and not place[1].startswith("__")]

    @cached_property
    def _functions(self) -> dict[CodeType, list[FunctionType]]:
        """A function in Python, or those that a module offers itself, by their code, which several may share."""
        offered = [one for _, one in _offered(self.meant)] if self.is_module else [self.meant]
        found: dict[CodeType, list[FunctionType]] = {}
        for function in [] if self.is_class else chain.from_iterable(map(_functions_of, offered)):
            found.setdefault(function.__code__, []).append(function)
        return found

    @cached_property
    def _excepted(self) -> set[CodeType]:
        """Code of a module that its package offers under its own name as well: `torch.no_grad`."""
        parent = sys.modules.get(self.name.rpartition(".")[0])
        if not self.is_module or parent is None:
            return set()
        offered = [one for one in vars(parent).values() if _is_in(str(getattr(one, "__module__", "")), self.name)]
        return {function.__code__ for one in offered for function in _functions_of(one)}

    def may_be(self, frame: FrameType) -> bool:
        """Whether a Python function can be what is meant, or belong to it, as far as its code tells."""
        code = frame.f_code
        if code in self._excepted:
            return False
        if code in self._functions or code in _OPERATORS:
            return True
        if self.is_module:
            return code.co_name != "<module>" and _is_in(str(frame.f_globals.get("__name__")), self.name)
        if self.is_class:
            return code.co_varnames[:1] == ("self",)
        return self.is_bare and code.co_name == self.name

    def is_run_by(self, frame: FrameType) -> bool:
        """Whether a Python function that can be what is meant, and begins to run, is."""
        if frame.f_code in _OPERATORS:
            return self._is_operator(frame.f_locals.get("self"))
        if alike := self._functions.get(frame.f_code):
            return any(_is_of(frame, function) for function in alike)
        return not self.is_class or self.meant in type(frame.f_locals.get("self")).__mro__

    def _is_operator(self, operator: Any) -> bool:
        """Whether one of torch's operators is what a function of torch does: `torch.ops.aten.native_batch_norm`."""
        if self.package != "torch" or self.is_class or self.is_module:
            return False
        called = str(getattr(operator, "_qualified_op_name", getattr(operator, "_name", ""))).rpartition("::")[2]
        words = self.name.split(".")
        return called.partition(".")[0].strip("_") in (self.word.strip("_"), "_".join(words[-2:]))

    def is_called(self, called: Any) -> bool:
        """Whether a function in C is what is meant."""
        if self.is_bare and called.__name__ == self.name and not isinstance(called.__self__, ModuleType | type(None)):
            return True
        return any(_is_same(called, one) for _, _, one in self.places)

    def counts_within(self, called: FrameType) -> bool:
        """Whether it is used, too, where its own library calls it for a student: not, deep within a module."""
        return not self.is_bare and (not self.is_module or called.f_code in self._functions)


def package_of(frame: FrameType) -> str:
    """The library that a frame's code belongs to."""
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def _is_same(called: Any, one: Any) -> bool:
    if isinstance(one, MethodDescriptorType):
        return called.__name__ == one.__name__ and one.__objclass__ in type(called.__self__).__mro__
    return called is one or (type(called) is BuiltinFunctionType and bool(called == one))


def _meaning(name: str) -> Any:
    words = name.split(".")
    for end in range(len(words), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(words[:end])) if _is_module(words[:end]) else None
        except Exception:  # noqa: BLE001 — a module that cannot be imported here cannot be used
            return None
        if found is not None:
            return _member(found, words[end:])
    return _member(builtins, words)


def _is_module(words: list[str]) -> bool:
    """Whether there is such a module of a library; a student's own file of that name is not meant."""
    if ".".join(words) in sys.modules:
        return True
    try:
        found = importlib.util.find_spec(".".join(words))
    except (ImportError, ValueError):
        return False
    return found is not None and (found.origin is None or not found.origin.startswith(sys.path[0] or "\0"))


def _member(found: Any, words: list[str]) -> Any:
    for word in words:
        found = getattr(found, word, None)
    return found


def _offered(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module offers of its own under public names, submodules aside.

    What is written in C belongs to the library as a whole; a class or a function in Python to the module that it is
    written in, though others list it (`torch.fft` lists `Tensor`).
    """
    top = module.__name__.partition(".")[0]
    listed = getattr(module, "__all__", None)
    for key, one in vars(module).items():
        home = str(getattr(one, "__module__", ""))
        named = key in listed if listed else not key.startswith("_")
        is_own = _is_in(home, module.__name__) or home == f"_{module.__name__}"
        if isinstance(one, InC):
            is_own = home.partition(".")[0].lstrip("_") == top
        if named and callable(one) and is_own:
            yield key, one


def _functions_of(one: Any) -> Iterator[FunctionType]:
    """A function in Python, or those of a class that are written where it is.

    Others it may share with classes of anybody's, as all named tuples do theirs.
    """
    for member in vars(one).values() if isinstance(one, type) else [one]:
        found = _unwrapped(member)
        if isinstance(found, FunctionType) and (not isinstance(one, type) or found.__module__ == one.__module__):
            yield found


def _unwrapped(one: Any) -> Any:
    while hasattr(one, "__wrapped__"):
        one = one.__wrapped__
    return getattr(one, "__func__", one)


def _is_of(frame: FrameType, function: FunctionType) -> bool:
    """Whether a frame with the code of a function is a call of it: functions that others make share their code."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return all(frame.f_locals.get(name) is cell.cell_contents for name, cell in cells)


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
