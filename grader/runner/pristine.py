"""What a process looked like before student code, and whether it looks the same after it.

Owns what is compared between two batches that may share a process: the modules and classes that homework works with,
settings, folders, threads, descriptors, limits. The student's own modules are dropped, and what they held goes with
them; whatever else is found changed ends the process. Nothing is repaired. Other processes and memory are looked at
from outside, in `grader.sandbox.run_calls`. Code that hides its changes from this changes only its author's own later
parts.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import torch

from grader.runner import notebook_modules

_resource = importlib.import_module("resource") if os.name == "posix" else None
_MODULES = (
    *(
        "__main__",
        "builtins",
        "collections",
        "copy",
        "functools",
        "itertools",
        "math",
        "os",
        "random",
        "time",
        "warnings",
    ),
    *("numpy", "numpy.linalg", "numpy.random", "torch", "torch.autograd", "torch.linalg", "torch.nn"),
    *("torch.nn.functional", "torch.nn.init", "torch.optim"),
)
_OUR_OWN = "grader.runner."
_CLASSES: tuple[type, ...] = (
    *(torch.Tensor, torch.nn.Module, torch.nn.Parameter, torch.nn.Linear, torch.nn.Embedding, torch.Generator),
    *(torch.optim.Optimizer, torch.optim.SGD, torch.optim.Adam, torch.autograd.Function),
)
_LIMITS = [member for name, member in vars(_resource).items() if name.startswith("RLIMIT_")] if _resource else []
_SETTINGS: tuple[Callable[[], object], ...] = (
    torch.get_default_dtype,
    torch.get_default_device,
    torch.get_num_threads,
    torch.is_grad_enabled,
    torch.is_inference_mode_enabled,
    torch.is_anomaly_enabled,
    torch.are_deterministic_algorithms_enabled,
    torch.is_deterministic_algorithms_warn_only_enabled,
    torch.get_float32_matmul_precision,
    lambda: torch.is_autocast_enabled("cpu"),
    lambda: torch._C._len_torch_function_stack(),
    lambda: torch._C._len_torch_dispatch_stack(),
    lambda: sorted(numpy.geterr().items()),
    lambda: list(warnings.filters),
    lambda: [list(each) for each in (sys.path, sys.argv, sys.meta_path, sys.path_hooks)],
    lambda: [
        sys.gettrace(),
        sys.getprofile(),
        sys.getrecursionlimit(),
        sys.getswitchinterval(),
        sys.dont_write_bytecode,
    ],
    lambda: [sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.displayhook, sys.unraisablehook],
    lambda: [gc.isenabled(), gc.get_threshold(), list(gc.callbacks)],
    lambda: [signal.getsignal(number) for number in signal.valid_signals()],
    lambda: dict(os.environ),
    os.getcwd,
    threading.active_count,
)


class Baseline:
    """What the libraries and our own modules look like. Made before the fork, where it costs a batch nothing."""

    def __init__(self, observers: Sequence[ModuleType]) -> None:
        """Note what every name means, in the assignment's probe modules too."""
        ours = [module for name, module in sys.modules.items() if name.startswith(_OUR_OWN)]
        known = [importlib.import_module(name) for name in _MODULES]
        spaces = [vars(each) for each in (*known, *ours, *observers, *_CLASSES)]
        self._spaces = [(space, dict(space), list(space.values())) for space in spaces]
        self._known = {name: sys.modules[name] for name in (*_MODULES, *(each.__name__ for each in ours))}
        self._loaded = set(sys.modules)
        self._newest = next(reversed(sys.modules))

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
        if len(sys.modules) != len(self._loaded) + len(new) or not self._loaded.isdisjoint(new):
            return False
        replaced = any(sys.modules.get(name) is not module for name, module in self._known.items())
        return not replaced and all(map(_same, self._spaces))


class ProcessBaseline:
    """What one process looked like before its first batch."""

    def __init__(self, baseline: Baseline, submission: Path, folders: Sequence[Path]) -> None:
        self._baseline = baseline
        self._submission = submission
        self._folders = folders
        self._before = self._look()

    def is_pristine(self) -> bool:
        """Drop the student's modules, and say whether the next batch may begin here."""
        self._drop()
        gc.collect()
        return self._baseline.is_untouched() and self._look() == self._before

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
        return [*(setting() for setting in _SETTINGS), *map(_contents, self._folders), *_process()]


def _same(space: tuple[Mapping[str, Any], Mapping[str, Any], list[Any]]) -> bool:
    now, before, values = space
    if list(now.values()) == values:  # fast: identical objects are not compared further
        return True
    grown = now.keys() - before.keys()
    package = now.get("__name__")
    return all(now.get(name, now) is value for name, value in before.items()) and all(
        sys.modules.get(f"{package}.{name}") is now[name] for name in grown
    )


def _contents(folder: Path) -> list[tuple[str, int, int, int]]:
    """Every entry of a folder, with what changes when it is written to."""
    found = []
    for place, names, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in (*names, *files))):
            seen = os.lstat(path)
            found.append((path, seen.st_ino, seen.st_size, seen.st_mtime_ns))
    return found


def _process() -> list[object]:
    """What the system knows of this process, as far as it can be read."""
    seen = [_visible(partial(_count, Path("/proc/self", kind))) for kind in ("task", "fd")]
    seen += [_visible(Path("/proc/sysvipc", kind).read_text) for kind in ("shm", "sem", "msg")]
    if _resource is not None:
        seen += [_resource.getrlimit(kind) for kind in _LIMITS]
    if hasattr(signal, "getitimer"):
        seen += [signal.getitimer(which) for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)]
    return [*seen, _umask()]


def _count(folder: Path) -> int:
    return len(os.listdir(folder))


def _visible(look: Callable[[], object]) -> object:
    """What a look shows; None on another system, or where Landlock hides it."""
    try:
        return look()
    except OSError:
        return None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
