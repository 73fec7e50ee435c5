"""Worker processes on this machine.

Owns starting and ending them, and handing them calls. What they are asked to do belongs to `grader.grading.batch` and
`grader.authoring.validate`; what they grade with to `grader.grading.worker_grader`; workers on other machines to
`grader.grading.dask_workers`. The judge is no such worker: students' notebooks start it too, where multiprocessing
cannot start processes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Any, Self, TypeVar

from grader.runner.process_usage import descendants
from grader.runner.process_usage import memory_bytes as memory
from grader.sandbox.staging import ONE_THREAD

_SPAWN = multiprocessing.get_context("spawn")
_LONGEST_FOLDER = 64
"""Bytes of the folder for temporary files; the path of a socket in a folder of it may have 107."""

Answer = TypeVar("Answer")


_Call = tuple[Callable[..., Any], tuple[Any, ...]]


def _call_all(calls: Sequence[_Call]) -> Any:
    """Call functions one after the other and return the last one's result. Runs in a worker."""
    answer = None
    for function, args in calls:
        answer = function(*args)
    return answer


def beyond(took: float, held: int, seconds: float, memory_bytes: int) -> str:
    """The limit, of seconds or bytes, that a call is above which took and holds so much; empty for none."""
    if took > seconds:
        return f"reading and judging it took longer than {seconds:.0f} s"
    if held > memory_bytes:
        return f"reading or judging it took more than {memory_bytes >> 20} MiB of memory"
    return ""


class LocalPool:
    """Workers on this machine, each a process of its own: one that dies ends no other, and is replaced.

    Use as a context manager; leaving it kills every worker and the processes that it started.
    """

    worker_died: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    """The exceptions that a future raises if its worker died."""

    def __init__(self, size: int, imports: Sequence[str] = ()) -> None:
        """So many workers, which find modules imported where that takes long; see `grader.grading.worker_grader`."""
        self.size = size
        self._context = _context(imports)
        self._workers: list[_Worker] = []
        self._broadcasts: list[_Call] = []

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Call a function in a free worker. At most `size` calls may be under way."""
        self._workers = [worker for worker in self._workers if not worker.dead]
        idle = next((worker for worker in self._workers if worker.idle), None)
        if idle is None:
            idle = _Worker(self._folder.name, self._context)
            self._workers.append(idle)
        return idle.submit(self._broadcasts, (function, args))

    def end_beyond(self, seconds: float, memory_bytes: int) -> dict[Future[Any], str]:
        """Kill the workers whose call takes too long or holds too much memory.

        Args:
            seconds: since the call began, on the wall.
            memory_bytes: of the worker itself; its sandbox and its judge have limits of their own.

        Returns:
            The reason, by the call's future, which raises one of `worker_died`.
        """
        reasons = {}
        for worker in self._workers:
            reason = "" if worker.idle else worker.beyond(seconds, memory_bytes)
            if reason:
                reasons[worker.kill()] = reason
        return reasons

    def broadcast(self, function: Callable[..., None], *args: Any) -> None:
        """Have every worker, later ones included, call a function some time before its next call."""
        self._broadcasts.append((function, args))

    def run_all(self, calls: Iterable[tuple[Callable[[Any], Answer], Any]]) -> Iterator[Answer]:
        """The answers to many calls, as they come; the calls start in order, the first ones at once."""
        waiting = deque(calls)
        return self._answers(waiting, {self.submit(*waiting.popleft()) for _ in range(min(self.size, len(waiting)))})

    def _answers(
        self, waiting: deque[tuple[Callable[[Any], Answer], Any]], running: set[Future[Answer]]
    ) -> Iterator[Answer]:
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            while waiting and len(running) < self.size:
                running.add(self.submit(*waiting.popleft()))
            yield from (future.result() for future in done)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True)
        os.chmod(self._folder.name, 0o711)  # noqa: S103 — the sandbox's other user must pass through to its folder
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._folder.cleanup()


def _context(imports: Sequence[str]) -> BaseContext:
    """How processes start: as forks of one that has imported these modules, if there are any.

    Not where the system's own libraries do not survive a fork, as on a Mac; nor where that process would listen to
    everybody on this machine, as in Python 3.11.0, or on a socket whose path is too long. Whoever starts first decides
    on modules.
    """
    socket_fits = len(os.fsencode(tempfile.gettempdir())) < _LONGEST_FOLDER
    if not imports or sys.platform != "linux" or sys.version_info < (3, 11, 1) or not socket_fits:
        return _SPAWN
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*imports])
    return context


@contextmanager
def background_process() -> Iterator[Executor]:
    """One process that takes calls in order, started by the first, and ends with this one however this one ends.

    The library's own stays for ever where its parent is killed, because it waits at a pipe whose other end it holds.
    """
    with tempfile.TemporaryDirectory(prefix="hw11-", ignore_cleanup_errors=True) as folder:
        worker = _Worker(folder, _SPAWN)
        try:
            yield worker.executor
        finally:
            worker.end()


class _Worker:
    """One worker process. It ends when the other end of its pipe is closed, by `end` or because the parent died."""

    def __init__(self, folder: str, context: BaseContext) -> None:
        theirs, self._lifeline = context.Pipe(duplex=False)
        self.executor = ProcessPoolExecutor(
            1, context, initializer=_begin, initargs=(theirs, folder, os.environ | ONE_THREAD, _processors())
        )
        self._theirs = theirs
        self._future: Future[Any] | None = None
        self._began = 0.0
        self._killed = False  # its call may have returned just before
        self._received = 0  # how many broadcasts this worker was sent

    @property
    def idle(self) -> bool:
        return self._future is None or self._future.done()

    @property
    def dead(self) -> bool:
        future = self._future
        if future is None or not future.done():
            return False
        return self._killed or isinstance(future.exception(), BrokenProcessPool)

    def submit(self, broadcasts: Sequence[_Call], call: _Call) -> Future[Any]:
        with _interrupts_held(), _one_thread_each():
            future = self.executor.submit(_call_all, (*broadcasts[self._received :], call))
        self._future, self._received, self._began = future, len(broadcasts), time.monotonic()
        return future

    def beyond(self, seconds: float, memory_bytes: int) -> str:
        """The limit that the call under way is above; empty for none."""
        held = max(map(memory, self.executor._processes), default=0)
        return beyond(time.monotonic() - self._began, held, seconds, memory_bytes)

    def kill(self) -> Future[Any]:
        """End the process, which may be deep in a function of C and not answer; the call that it was in."""
        assert self._future is not None
        self._killed = True
        for pid in list(self.executor._processes):
            for one in (*descendants(pid), pid):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
        return self._future

    def end(self) -> None:
        self._lifeline.close()
        self._theirs.close()
        self.executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Set the environment so that processes started meanwhile compute in one thread.

    A worker imports numpy before it could set this itself, and numpy's idle threads spin: two workers on two
    processors would take a quarter more time.
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
    """Block SIGINT in processes started meanwhile until they have left the group: Ctrl-C is for the parent alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _processors() -> set[int] | None:
    """Those that this process may use; None where that is not known."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None


def _begin(lifeline: Connection, folder: str, environment: Mapping[str, str], processors: set[int] | None) -> None:
    """Leave the terminal's process group, so that Ctrl-C does not come here, and end when the parent does.

    Runs first in every worker. SIGINT is ignored for a moment before it is unblocked, which discards a pending one. The
    process that this one is a fork of may have started in another environment, and on other processors.
    """
    if processors is not None and processors != _processors():  # some containers refuse the call
        os.sched_setaffinity(0, processors)
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)
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
