"""Detects whether student code changed its process, so that an unchanged one can be used again.

Owns what is compared between two batches that may share a process: the modules and classes that homework works with,
settings, folders, threads, descriptors, limits. That a library's function was given other code is noticed by `audit`.
The student's own modules are dropped, and what they held goes with them; whatever else is found changed ends the
process. Nothing is repaired. Other processes and memory are looked at from outside, in `grader.sandbox.run_calls`. Code
that hides its changes from this changes only its author's own later parts.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import linecache
import operator
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy
import torch

from grader.runner import audit, notebook_modules
from grader.runner.settings import settings

_MODULES = (
    *("__main__", "builtins", "collections", "copy", "copyreg", "decimal", "fractions", "functools", "itertools"),
    *("json", "math", "operator", "os", "random", "statistics", "time", "warnings"),
    *("numpy", "numpy.linalg", "numpy.random", "torch", "torch.autograd", "torch.autograd.function", "torch.linalg"),
    *("torch.functional", "torch.library", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.parameter"),
    *("torch.overrides", "torch.random", "torch.special", "torch._tensor", "torch.nn.utils.clip_grad"),
)
_PACKAGES = ("torch.nn.modules.", "torch.optim.")
"""All of their modules: a layer uses the functions that its own module names."""
_OUR_OWN = "grader.runner."
_CLASSES: tuple[type, ...] = (
    *(torch.Tensor, torch.Generator, torch.nn.Parameter, torch.autograd.Function),
    *(torch.utils.data.Dataset, torch.utils.data.DataLoader),
)
"""Beside those that the modules of `_PACKAGES` define."""
_BUILTIN_CLASSES: tuple[type, ...] = (
    *(kind for kind in vars(builtins).values() if isinstance(kind, type) and not issubclass(kind, BaseException)),
    *(torch._C.TensorBase, numpy.ndarray, numpy.generic, numpy.random.RandomState, FunctionType, CodeType),
)
"""Types written in C. Nothing may be set on them, but the collector shows the dictionaries that hold their methods."""
_CONTAINERS = (dict, list, set)
_SHORT = 64
"""Of containers with more entries, only the number is compared."""


_Space = tuple[Mapping[str, Any], Mapping[str, Any], list[Any]]
"""What names mean now, what they meant, and the latter in order."""


class Baseline:
    """What the libraries and our own modules look like. Made before the fork, where it costs a batch nothing."""

    def __init__(self, observers: Sequence[ModuleType]) -> None:
        """Note what every name means, in the assignment's probe modules too."""
        names = [*_MODULES, *(name for name in sys.modules if name.startswith((*_PACKAGES, _OUR_OWN)))]
        modules = [importlib.import_module(name) for name in names]
        classes = {
            member: None
            for module in modules
            for member in vars(module).values()
            if isinstance(member, type) and member.__module__.startswith(_PACKAGES)
        }
        spaces = [vars(each) for each in (*modules, *observers, *_CLASSES, *_BUILTIN_CLASSES, *classes)]
        self._spaces = [_noted(space) for space in spaces]
        members = [getattr(member, "__func__", member) for space in spaces for member in [*space.values()]]
        functions = list({id(member): member for member in members if isinstance(member, FunctionType)}.values())
        self._spaces += [_noted(each.__kwdefaults__) for each in functions if each.__kwdefaults__]
        self._cells = list({id(cell): cell for each in functions for cell in each.__closure__ or ()}.values())
        self._remembered = [_held(cell) for cell in self._cells]
        self._containers = [
            (member, _entries(member))
            for module in modules
            for name, member in vars(module).items()
            if isinstance(member, _CONTAINERS) and not name.startswith("__") and member is not sys.modules
        ]
        self._known = dict(zip(names, modules, strict=True))
        self.loaded = frozenset(sys.modules)
        """The names of all modules that there are before student code."""
        self._newest = next(reversed(sys.modules))
        namespaces = [*(each.__globals__ for each in functions), *map(vars, [*sys.modules.values()])]
        self.namespaces = {id(each): each for each in namespaces}
        """Where libraries' functions look up names, by id."""

    def begin(self, submission: Path, folders: Sequence[Path]) -> ProcessBaseline:
        """In a batch's own process, before student code.

        Args:
            submission: what is imported from there is the student's.
            folders: where student code may write, as far as a later batch could see it.
        """
        return ProcessBaseline(self, submission, folders)

    def new_modules(self) -> list[str]:
        """The names of modules that were not there before, and of any that were taken out and put back."""
        return list(takewhile(lambda name: name != self._newest, reversed(sys.modules)))

    def is_untouched(self) -> bool:
        """Whether no name means anything else. A module that was imported meanwhile may stay, and stand in others.

        Of modules that were there, those that homework works with are looked at: a look at every one of two thousand
        would copy the memory that it lies in.
        """
        new = self.new_modules()
        if len(sys.modules) != len(self.loaded) + len(new) or not self.loaded.isdisjoint(new):
            return False
        replaced = any(sys.modules.get(name) is not module for name, module in self._known.items())
        filled = any(_differs(_entries(container), before) for container, before in self._containers)
        learnt = not all(map(operator.is_, map(_held, self._cells), self._remembered))
        return not (replaced or filled or learnt) and all(map(_same, self._spaces))


class ProcessBaseline:
    """What one process looked like before its first batch."""

    def __init__(self, baseline: Baseline, submission: Path, folders: Sequence[Path]) -> None:
        self._baseline = baseline
        self._submission = submission
        self._folders = folders
        self._before = self._look()
        self._was_tampered_with = audit.notice_from_now_on(baseline.namespaces)

    def is_pristine(self) -> bool:
        """Drop the student's modules, and say whether the next batch may begin here."""
        if self._was_tampered_with():
            return False
        self._drop()
        gc.collect()
        return self._baseline.is_untouched() and self._look() == self._before

    def look_at_files(self) -> None:
        """Take the folders as they are now for what was there before: they hold another submission's files."""
        importlib.invalidate_caches()
        linecache.clearcache()
        self._before = self._look()

    def _drop(self) -> None:
        notebook_modules.forget()
        for name in self._baseline.new_modules():
            if self._is_students(sys.modules[name]):
                del sys.modules[name]

    def _is_students(self, module: ModuleType) -> bool:
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
        owned = (self._submission, *self._folders)
        return any(Path(place).is_relative_to(folder) for place in places if place for folder in owned)

    def _look(self) -> list[object]:
        return [*settings(), *map(_contents, self._folders)]


def _noted(space: Mapping[str, Any]) -> _Space:
    return space, dict(space), list(space.values())


def _same(space: _Space) -> bool:
    now, before, values = space
    if len(now) == len(values) and all(map(operator.is_, now.values(), values)):  # never by a student's `__eq__`
        return True
    grown = now.keys() - before.keys()
    package = now.get("__name__")
    return all(now.get(name, now) is value for name, value in before.items()) and all(
        sys.modules.get(f"{package}.{name}") is now[name] for name in grown
    )


def _held(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty; to compare cells would call a student's `__eq__`
        return None


def _entries(container: Any) -> list[Any] | int:
    """What a container holds, keys and values; only how much, where that is a lot."""
    if len(container) > _SHORT:
        return len(container)
    return [*container, *container.values()] if isinstance(container, dict) else list(container)


def _differs(now: list[Any] | int, before: list[Any] | int) -> bool:
    if isinstance(now, int) or isinstance(before, int):
        return now != before
    return len(now) != len(before) or not all(map(operator.is_, now, before))


def _contents(folder: Path) -> list[tuple[str, int, int, int]]:
    """Every entry of a folder, with what changes when it is written to."""
    found = []
    for place, names, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in (*names, *files))):
            seen = os.lstat(path)
            found.append((path, seen.st_ino, seen.st_size, seen.st_mtime_ns))
    return found
