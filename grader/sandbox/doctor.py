"""What this machine can guarantee.

Owns the survey of how student code can run here: everything is found out by trying it. Grades nothing.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from grader.sandbox import Surveyed, survey

State = Literal["good", "lower", "missing"]


@dataclass(frozen=True)
class Finding:
    """One line of the survey. `advice` says what to do for more."""

    what: str
    state: State
    says: str
    advice: str = ""
    isolates: bool = False
    """Whether it is about the wall around student code."""


def examine(probes_dir: Path) -> Iterator[Finding]:
    """Everything that decides how safely this machine can grade."""
    yield Finding("python", "good", platform.python_version())
    for package in ("torch", "sympy", "numpy"):
        try:
            yield Finding(package, "good", version(package))
        except PackageNotFoundError:
            yield Finding(package, "missing", "not installed", f"`pip install {package}` installs it")
    yield Finding(
        "processors",
        "good",
        f"{len(os.sched_getaffinity(0))} usable" if hasattr(os, "sched_getaffinity") else str(os.cpu_count()),
    )
    for surveyed in survey(probes_dir):
        yield _executor(surveyed)


def _executor(surveyed: Surveyed) -> Finding:
    guarantees = surveyed.guarantees
    if guarantees is None:
        return Finding(surveyed.name, "missing", surveyed.reason, surveyed.advice, isolates=True)
    promises = ("hides_files", "blocks_network", "limits_memory", "kills_tree")
    kept = [promise.replace("_", " ") for promise in promises if getattr(guarantees, promise)]
    lacking = [promise.replace("_", " ") for promise in promises if not getattr(guarantees, promise)]
    says = f"{guarantees.level}: {', '.join(kept) or 'guarantees nothing'}"
    if lacking:
        says += f"; not: {', '.join(lacking)}"
    if guarantees.memory:
        says += f"; memory: {', '.join(guarantees.memory)}"
    return Finding(surveyed.name, "good" if guarantees.full else "lower", says, surveyed.advice, isolates=True)
