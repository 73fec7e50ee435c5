"""Worker processes that each hold what it takes to grade: an assignment, a warm sandbox, a judge.

Owns starting and ending them, here on this machine. What they are asked to do belongs to `batch` and `validate`;
workers on other machines to `cluster`.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from grader.assignment.load import load_assignment
from grader.errors import SandboxError, UsageError
from grader.grading.grade import Grader
from grader.maths.judge_process import Judge
from grader.runner.process_usage import descendants
from grader.sandbox import Device, Isolation, start, start_strongest
from grader.sandbox.base import Executor
from grader.sandbox.lazy import LazyExecutor
from grader.sandbox.staging import ONE_THREAD

_SPAWN = multiprocessing.get_context("spawn")

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Settings:
    """What every worker needs to know. Isolation `strongest` takes what this machine has, for trusted code."""

    assignment: Path
    secret: bytes
    isolation: Isolation | Literal["strongest"] = "full"
    device: Device = "cpu"


@cache
def grader_for(settings: Settings) -> Grader:
    """This process's grader; its sandbox starts when it is first needed, in the thread that needs it."""
    os.environ.update(ONE_THREAD)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    assignment = load_assignment(settings.assignment)
    executor = LazyExecutor(lambda: _start(settings, assignment.author_code.probes_dir))
    judge = Judge()
    atexit.register(executor.close)
    atexit.register(judge.close)
    return Grader(assignment, executor, judge, settings.secret)


def _start(settings: Settings, probes_dir: Path) -> Executor:
    if settings.isolation == "strongest":
        return start_strongest(probes_dir)
    try:
        return start(settings.isolation, probes_dir, settings.device)
    except SandboxError as error:
        raise UsageError(
            f"{error}. Untrusted code is not run so: install what `hw11 doctor` names, or say --isolation process if "
            "you trust every submission"
        ) from error


_settings: Settings | None = None


def worker_grader() -> Grader:
    """The grader of the worker process in which this is called."""
    assert _settings is not None
    return grader_for(_settings)


@contextmanager
def process_pool(settings: Settings, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes whose tasks find their grader with `worker_grader`."""
    executor = ProcessPoolExecutor(workers, _SPAWN, initializer=_start_worker, initargs=(settings,))
    with _one_thread_each(), executor:
        yield executor


def _start_worker(settings: Settings) -> None:
    global _settings
    _settings = settings


_Call = tuple[Callable[..., Any], tuple[Any, ...]]


def _call_all(calls: Sequence[_Call]) -> Any:
    """In a worker: call several functions in turn; the last one's answer counts."""
    answer = None
    for function, args in calls:
        answer = function(*args)
    return answer


class LocalPool:
    """Workers on this machine, each a process of its own: one that dies takes nobody with it and is replaced.

    Use as a context manager; leaving it ends every worker and whatever it started, at once.
    """

    worker_died: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    """What a future raises whose worker died."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._workers: list[_Worker] = []
        self._told: list[_Call] = []

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Have a worker that is free call a function. No more than `size` calls may be under way."""
        self._workers = [worker for worker in self._workers if not worker.dead]
        idle = next((worker for worker in self._workers if worker.idle), None)
        if idle is None:
            idle = _Worker(self._folder.name)
            self._workers.append(idle)
        return idle.submit(self._told, (function, args))

    def tell(self, function: Callable[..., None], *args: Any) -> None:
        """Have every worker, later ones included, call a function some time before its next call."""
        self._told.append((function, args))

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True)
        os.chmod(self._folder.name, 0o711)  # noqa: S103 — the unused user inside must pass through to its own folder
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._folder.cleanup()


class _Worker:
    """One process. It is held on a leash: when the other end is let go, by intent or by death, it ends."""

    def __init__(self, folder: str) -> None:
        theirs, self._lifeline = _SPAWN.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(1, _SPAWN, initializer=_die_with_parent, initargs=(theirs, folder))
        self._theirs = theirs
        self._future: Future[Any] | None = None
        self._heard = 0

    @property
    def idle(self) -> bool:
        return self._future is None or self._future.done()

    @property
    def dead(self) -> bool:
        future = self._future
        return future is not None and future.done() and isinstance(future.exception(), BrokenProcessPool)

    def submit(self, told: Sequence[_Call], call: _Call) -> Future[Any]:
        with _interrupts_held(), _one_thread_each():
            future = self._executor.submit(_call_all, (*told[self._heard :], call))
        self._future, self._heard = future, len(told)
        return future

    def end(self) -> None:
        self._lifeline.close()
        self._theirs.close()
        self._executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that are born meanwhile compute in one thread.

    A worker imports numpy before it could say so itself, and numpy's idle threads spin: two workers on two processors
    would take a quarter more time.
    """
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C is for the parent: a process that is born meanwhile does not hear it until it has left the group."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _die_with_parent(lifeline: Connection, folder: str) -> None:
    """In a worker, first thing: out of reach of the terminal's Ctrl-C, but not of the parent's end."""
    tempfile.tempdir = folder
    if hasattr(os, "setpgrp"):
        os.setpgrp()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    for pid in descendants(os.getpid()):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    os._exit(1)
