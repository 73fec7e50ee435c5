"""Workers on a Dask cluster, with the same interface as those on this machine.

Owns starting or joining a cluster, leaving it, and the thread in which a worker grades. Needs the extra `cluster`.
Every worker must be able to read the submissions under the same paths.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, TypeVar

from grader.errors import UsageError

try:
    import dask
    import distributed
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise UsageError("--executor dask needs the package distributed: pip install 'hw11[cluster]'") from error

Answer = TypeVar("Answer")
CONNECT_SECONDS = 30  # a scheduler that starts at the same time needs some seconds


class DaskPool:
    """The workers of a Dask cluster: a running one, or one that is started on this machine."""

    worker_died: tuple[type[BaseException], ...] = (KilledWorker,)
    """The exceptions that a future raises if its workers died more often than the scheduler allows."""

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

    @property
    def size(self) -> int:
        """The number of worker processes: each has one sandbox, which serves one submission at a time."""
        return max(1, len(self._client.nthreads()) if self._client else self._workers)

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Call a function in a free worker."""
        future: Future[Answer] = self._executor.submit(in_lasting_thread, self._code, function, *args)
        return future

    def end_beyond(self, seconds: float, memory_bytes: int) -> dict[Future[Any], str]:
        """No worker: those of a cluster are ended by the limits that the cluster was started with."""
        return {}

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
        self._executor = self._client.get_executor(pure=False)
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
        self._executor.shutdown(wait=False)
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
