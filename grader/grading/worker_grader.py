"""What a process grades with: a loaded assignment, a warm sandbox and a judge, made once from a run's settings.

Owns the settings and the making. Which processes there are belongs to `grader.grading.workers`.
"""

from __future__ import annotations

import atexit
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.errors import SandboxError, UsageError
from grader.grading.grade import Grader
from grader.maths.judge_process import Judge
from grader.sandbox import Device, Isolation, start
from grader.sandbox.base import Executor
from grader.sandbox.lazy import LazyExecutor
from grader.sandbox.one_author import start_for_one_author
from grader.sandbox.staging import ONE_THREAD


@dataclass(frozen=True)
class Settings:
    """The settings of every worker.

    Isolation `strongest` accepts whatever this machine has, and submissions share what a start costs: only for trusted
    code, all of one author's. `parts` are the only ones that are graded; all if there are none.
    """

    assignment: Path
    secret: bytes
    isolation: Isolation | Literal["strongest"] = "full"
    device: Device = "cpu"
    parts: tuple[str, ...] = ()


def worker_imports(assignment: Assignment) -> tuple[str, ...]:
    """The modules that workers are to find imported: none where no function is asked for, and no torch is needed."""
    return ("grader.grading.worker_imports",) if assignment.modules else ()


@cache
def grader_for(settings: Settings) -> Grader:
    """This process's grader.

    Its sandbox starts at its first use, in the thread that uses it, because it dies with the thread that started it.
    """
    os.environ.update(ONE_THREAD)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    assignment = load_assignment(settings.assignment).only(settings.parts)
    executor = LazyExecutor(lambda: _start(settings, assignment.author_code.probes_dir))
    judge = Judge()
    atexit.register(executor.close)
    atexit.register(judge.close)
    return Grader(assignment, executor, judge, settings.secret)


def _start(settings: Settings, probes_dir: Path) -> Executor:
    if settings.isolation == "strongest":
        return start_for_one_author(probes_dir)
    try:
        return start(settings.isolation, probes_dir, settings.device)
    except SandboxError as error:
        raise UsageError(
            f"{error}. Untrusted code needs full isolation: install what `hw11 doctor` names, or give "
            "--isolation process if you trust every submission"
        ) from error
