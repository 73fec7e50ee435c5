"""The register of executors: one file each, found by scanning this folder.

Owns how an executor registers itself. Adding an executor is adding a file whose class is decorated with
`executor`; nothing else names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from grader.files.registry import Registry
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


_EXECUTORS: Registry[ExecutorEntry] = Registry("grader.sandbox", "executor")


def executor(name: str, isolation: Isolation, advice: str = "") -> Callable[[Start], Start]:
    """Register the decorated class or function as an executor.

    Raises:
        RuntimeError: the name is taken.
    """

    def register(start: Start) -> Start:
        _EXECUTORS.add(name, ExecutorEntry(name, isolation, advice, start))
        return start

    return register


def executors() -> list[ExecutorEntry]:
    """Every executor in this folder, by name."""
    return list(_EXECUTORS.all().values())
