"""The register of executors: one file each, found by scanning this folder.

Owns how an executor registers itself. Adding an executor is adding a file whose class is decorated with
`executor`; nothing else names it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from grader.sandbox.base import Executor

Isolation = Literal["full", "user", "process"]
"""For code that nobody trusts; the same in a container thrown away afterwards; one's own."""
Device = Literal["auto", "cpu", "cuda"]


class Start(Protocol):
    """Starts an executor, or raises `SandboxError` with the reason why it cannot run here."""

    def __call__(self, probes_dir: Path, device: Device) -> Executor:
        """Start it over one assignment's probe modules."""


@dataclass(frozen=True)
class ExecutorEntry:
    """One way to run student code."""

    name: str
    isolation: Isolation
    advice: str
    """What to install or allow where it cannot run."""
    start: Start


_EXECUTORS: dict[str, ExecutorEntry] = {}


def executor(name: str, isolation: Isolation, advice: str = "") -> Callable[[Start], Start]:
    """Register the decorated class or function as an executor.

    Raises:
        ValueError: the name is taken.
    """

    def register(start: Start) -> Start:
        if name in _EXECUTORS:
            raise ValueError(f"two executors are called {name!r}")
        _EXECUTORS[name] = ExecutorEntry(name, isolation, advice, start)
        return start

    return register


def executors() -> list[ExecutorEntry]:
    """Every executor in this folder, by name."""
    for module in pkgutil.iter_modules(importlib.import_module("grader.sandbox").__path__):
        importlib.import_module(f"grader.sandbox.{module.name}")
    return [_EXECUTORS[name] for name in sorted(_EXECUTORS)]
