"""The strongest executor for submissions that are all of one author's, who would trust each with the others.

Owns what they share in bubblewrap, where a start and an end cost more than what most functions do: the namespaces, and
a process for as long as every submission leaves it as it was, as the parts of one submission share one. Limits and
locks are those of a class. Never for a class.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.errors import SandboxError
from grader.runner import socket_messages
from grader.runner.values import CodecError
from grader.sandbox import start_strongest
from grader.sandbox.base import Executor, Limits, Observation, ProbeBatch
from grader.sandbox.bubblewrap import BubblewrapExecutor, hand_over
from grader.sandbox.registry import Device
from grader.sandbox.run_calls import KeptProcess, run_calls
from grader.sandbox.supervised_process import SupervisedProcess


def start_for_one_author(probes_dir: Path) -> Executor:
    """Start the strongest executor that works here.

    Raises:
        SandboxError: not even a plain subprocess can be started.
    """
    with contextlib.suppress(SandboxError):
        shared = SharedBubblewrap(probes_dir, "cpu")
        if shared.guarantees.full:
            return shared
        shared.close()
    return start_strongest(probes_dir)


class SharedBubblewrap(BubblewrapExecutor):
    """Bubblewrap with one init process, and where it can be one batch's process, for all submissions."""

    def __init__(self, probes_dir: Path, device: Device) -> None:
        self._shared: _Shared | None = None
        super().__init__(probes_dir, device)

    def close(self) -> None:
        """See `Executor.close`."""
        self._let_go()
        super().close()

    def _observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        if self._shared is None:
            self._shared = _Shared(self)
        try:
            return self._shared.observe(files, batches)
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._shared is not None:
            self._shared.close()
            self._shared = None


class _Shared:
    """An init process and the batch's process that was left in it."""

    def __init__(self, executor: BubblewrapExecutor) -> None:
        self._executor = executor
        self._undo = contextlib.ExitStack()
        self._supervisor = self._undo.enter_context(executor.namespaces())
        self._kept = KeptProcess()
        self._files: Mapping[str, bytes] | None = None
        """Those that the init process has."""

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`."""
        self._kept.change_files = partial(self._change, files)
        return run_calls(partial(self._start, files), files, batches, self._kept)

    def close(self) -> None:
        """End the process, where its supervisor still answers, and the namespaces."""
        with self._undo, contextlib.suppress(OSError, EOFError, CodecError):
            if self._kept.process is not None:
                self._kept.process.end()

    def _start(self, files: Mapping[str, bytes], limits: Limits) -> SupervisedProcess:
        if self._files != files:
            hand_over(self._supervisor, files)
            self._files = files
        return self._executor.start_process(self._supervisor, limits)

    def _change(self, files: Mapping[str, bytes]) -> None:
        """Put other files below the process that waits; they are there when this returns."""
        hand_over(self._supervisor, files, "other_files")
        self._files = files
        socket_messages.receive(self._supervisor)
