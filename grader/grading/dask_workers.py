"""Workers on a Dask cluster, through the same interface as those on this machine.

Owns the cluster's start, its end, and the thread in which a worker grades. Needs the extra `cluster`. Whatever a
submission is found at must be reachable from every worker under the same path.
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
CONNECT_SECONDS = 30


class DaskPool:
    """The workers of a cluster: one that is running elsewhere, or one of this machine's own."""

    worker_died: tuple[type[BaseException], ...] = (KilledWorker,)
    """What a future raises whose worker died, as often as the scheduler allows."""

    def __init__(self, scheduler: str | None, workers: int, assignment_sha256: str) -> None:
        """Nothing starts yet.

        Args:
            scheduler: the address of a cluster; None starts `workers` processes here.
            workers: counts only here; elsewhere the cluster has what it has, and may grow or shrink meanwhile.
            assignment_sha256: workers that hold another state of an assignment are started again.
        """
        self._code = f"{version('hw11')} {assignment_sha256}"
        self._scheduler = scheduler
        self._workers = workers
        self._running = ExitStack()
        self._client: Any = None

    @property
    def size(self) -> int:
        """One call for each worker process: a sandbox serves one submission at a time."""
        return max(1, len(self._client.nthreads()) if self._client else self._workers)

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Have a free worker call a function."""
        future: Future[Answer] = self._executor.submit(in_lasting_thread, self._code, function, *args)
        return future

    def tell(self, function: Callable[..., None], *args: Any) -> None:
        """Have every worker that is there now call a function some time before its next call."""
        self._client.run(call_later, function, *args, wait=False, on_error="ignore")

    def __enter__(self) -> Self:
        """Start, or connect.

        Raises:
            UsageError: no scheduler answers at the address, or its workers cannot be started again.
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
        """Python never forgets a module: a worker that holds what is no longer so has to start again."""
        held: dict[str, set[str]] = self._client.run(_code_held)
        stale = [worker for worker, codes in held.items() if codes - {self._code}]
        if not stale:
            return
        try:
            self._client.restart_workers(stale)
        except ValueError as error:
            self._running.close()
            raise UsageError(
                f"{len(stale)} Dask workers hold an older state of the assignment and have no nanny to start them "
                "again: start them again yourself, without --no-nanny"
            ) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go: calls that are under way are given up."""
        self._executor.shutdown(wait=False)
        self._client = None
        self._running.close()


def _own_cluster(workers: int) -> Any:
    """Processes here, each with a nanny that replaces it; a death is told at once, since the engine tries again."""
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
    """In a worker: call a function in the one thread that lives as long as the process.

    A sandbox ends with the thread that started it, and Dask may end the threads that it calls tasks in. `code` is what
    the process then holds.
    """
    _code_held().add(code)
    return _lasting_thread().submit(function, *args).result()


def call_later(function: Callable[..., None], *args: Any) -> None:
    """In a worker: call a function in the lasting thread, when what is under way there is done."""
    _lasting_thread().submit(function, *args)


@cache
def _code_held() -> set[str]:
    return set()


@cache
def _lasting_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="hw11")
