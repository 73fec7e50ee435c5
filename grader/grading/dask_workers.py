"""Workers on a Dask cluster, with the same interface as those on this machine.

Owns starting or joining a cluster, leaving it, and the thread in which a worker grades. Needs the extra `cluster`.
Every worker must be able to read the submissions under the same paths.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, TypeVar

from grader.errors import UsageError
from grader.grading.workers import beyond

try:
    import dask
    import distributed
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise UsageError("--executor dask needs the package distributed: pip install 'hw11[cluster]'") from error

Answer = TypeVar("Answer")
CONNECT_SECONDS = 30  # a scheduler that starts at the same time needs some seconds
RESTART_SECONDS = 10  # how long a worker may take to end by itself before its nanny kills it


class WorkerEnded(Exception):
    """A worker was ended because its call went beyond a limit."""


@dataclass(frozen=True)
class _Call:
    """A call under way: the scheduler's task, and when it was submitted."""

    task: Any
    began: float


def _settle(future: Future[Any], task: Any) -> None:
    """Give a future what its task came to; a task that was cancelled settles nothing."""
    if task.status == "finished":
        future.set_result(task.result())
    elif task.status == "error":
        future.set_exception(task.exception())


class DaskPool:
    """The workers of a Dask cluster: a running one, or one that is started on this machine."""

    worker_died: tuple[type[BaseException], ...] = (KilledWorker, WorkerEnded)
    """The exceptions that a future raises if its workers died more often than the scheduler allows, or was ended."""

    def __init__(self, scheduler: str | None, workers: int, assignment_sha256: str) -> None:
        """Prepare a pool; entering it starts or joins the cluster.

        Args:
            scheduler: the address of a running cluster; None starts `workers` processes on this machine.
            workers: number of processes to start; a running cluster has its own number, which may change.
            assignment_sha256: workers that have loaded another version of the assignment are restarted.
        """
        self._code = f"{version('hw11')} {assignment_sha256}"
        self._scheduler = scheduler
        self._workers = workers
        self._running = ExitStack()
        self._client: Any = None
        self._calls: dict[Future[Any], _Call] = {}
        """Those under way."""

    @property
    def size(self) -> int:
        """The number of worker processes: each has one sandbox, which serves one submission at a time."""
        return max(1, len(self._client.nthreads()) if self._client else self._workers)

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Call a function in a free worker."""
        task = self._client.submit(in_lasting_thread, self._code, function, *args, pure=False)
        future: Future[Answer] = Future()
        self._calls[future] = _Call(task, time.monotonic())
        task.add_done_callback(partial(_settle, future))
        return future

    def end_beyond(self, seconds: float, memory_bytes: int) -> dict[Future[Any], str]:
        """Restart the workers whose call takes too long or that hold too much memory; see `WorkerPool.end_beyond`.

        The nanny of a worker kills it, which may be deep in a function of C and not answer. What it holds is what it
        last told the scheduler.
        """
        self._calls = {future: call for future, call in self._calls.items() if not future.done()}
        places = {key: worker for worker, keys in self._client.processing().items() for key in keys}
        known = self._client.scheduler_info(n_workers=-1)["workers"]
        reasons, workers = {}, []
        for future, call in self._calls.items():
            worker = places.get(call.task.key)
            held = known.get(worker, {}).get("metrics", {}).get("memory", 0)
            if reason := beyond(time.monotonic() - call.began, held, seconds, memory_bytes):
                reasons[future] = reason
                workers += [worker] if worker else []
                call.task.cancel(force=True)
        if workers:
            self._client.restart_workers(workers, timeout=RESTART_SECONDS, raise_for_error=False)
        for future, reason in reasons.items():
            future.set_exception(WorkerEnded(reason))
        return reasons

    def broadcast(self, function: Callable[..., None], *args: Any) -> None:
        """Call a function in every present worker, some time before the worker's next call."""
        self._client.run(call_later, function, *args, wait=False, on_error="ignore")

    def __enter__(self) -> Self:
        """Start the cluster, or connect to it.

        Raises:
            UsageError: no scheduler answers at the address, or its workers cannot be restarted.
        """
        address = self._scheduler or self._running.enter_context(_own_cluster(self._workers))
        try:
            self._client = self._running.enter_context(distributed.Client(address, timeout=CONNECT_SECONDS))  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            self._running.close()
            raise UsageError(f"no Dask scheduler answers at {self._scheduler}: {error}") from error
        self._renew_workers()
        return self

    def _renew_workers(self) -> None:
        """Restart workers that have loaded another version: Python keeps imported modules until the process ends."""
        held: dict[str, set[str]] = self._client.run(_code_held)
        stale = [worker for worker, codes in held.items() if codes - {self._code}]
        if not stale:
            return
        try:
            self._client.restart_workers(stale)
        except ValueError as error:
            self._running.close()
            raise UsageError(
                f"{len(stale)} Dask workers have loaded another version of the assignment and have no nanny to restart "
                "them: restart them yourself, without --no-nanny"
            ) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster; calls under way are abandoned."""
        for call in self._calls.values():
            call.task.cancel(force=True)
        self._client = None
        self._running.close()


def _own_cluster(workers: int) -> Any:
    """A cluster on this machine whose nannies replace workers that die.

    The scheduler reports a death at once instead of retrying, because `batch` retries.
    """
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        return distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": ":0"},  # its web port is any that is free, so that two can run
            memory_limit=0,
            silence_logs=logging.ERROR,
        )


def in_lasting_thread(code: str, function: Callable[..., Answer], *args: Any) -> Answer:
    """Call a function in the one thread that lives as long as the process. Runs in a worker.

    A sandbox ends with the thread that started it, and Dask may end the threads that it calls tasks in. `code` names
    the versions that the process has loaded from then on.
    """
    _code_held().add(code)
    return _lasting_thread().submit(function, *args).result()


def call_later(function: Callable[..., None], *args: Any) -> None:
    """Queue a function for the lasting thread, behind the call under way. Runs in a worker."""
    _lasting_thread().submit(function, *args)


@cache
def _code_held() -> set[str]:
    return set()


@cache
def _lasting_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="hw11")
