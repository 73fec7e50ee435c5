"""Worker processes that each hold what it takes to grade: an assignment, a warm sandbox, a judge.

Owns starting and ending them. What they are asked to do belongs to `batch` and `validate`.
"""

from __future__ import annotations

import atexit
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.grade import Grader
from grader.judge import Judge
from grader.problem.load import load_assignment
from grader.sandbox import Device, Isolation, start, start_strongest


@dataclass(frozen=True)
class Settings:
    """What every worker needs to know. Isolation `strongest` takes what this machine has, for trusted code."""

    assignment: Path
    secret: bytes
    isolation: Isolation | Literal["strongest"] = "full"
    device: Device = "cpu"


_grader: Grader | None = None


def pool(settings: Settings, workers: int) -> ProcessPoolExecutor:
    """Worker processes whose tasks find their grader with `worker_grader`."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(settings,))


def worker_grader() -> Grader:
    """The grader of the worker process in which this is called."""
    assert _grader is not None
    return _grader


def _start_worker(settings: Settings) -> None:
    """What a worker does once, in its main thread: a sandbox ends with the thread that started it."""
    global _grader
    import torch

    torch.set_num_threads(1)
    assignment = load_assignment(settings.assignment)
    probes_dir = assignment.library.probes_dir
    if settings.isolation == "strongest":
        executor = start_strongest(probes_dir)
    else:
        executor = start(settings.isolation, probes_dir, settings.device)
    judge = Judge()
    atexit.register(executor.close)
    atexit.register(judge.close)
    _grader = Grader(assignment, executor, judge, settings.secret)
