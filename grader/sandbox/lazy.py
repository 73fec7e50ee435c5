"""An executor that starts when student code first has to run: a class of which all is cached needs no sandbox.

Owns the moment of the start, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from grader.sandbox.base import Executor, Guarantees, Observation, ProbeBatch


class LazyExecutor:
    """Starts another executor, once, from the thread that first asks something of it."""

    def __init__(self, start: Callable[[], Executor]) -> None:
        self._start = start

    @cached_property
    def _executor(self) -> Executor:
        return self._start()

    @property
    def guarantees(self) -> Guarantees:
        """See `Executor.guarantees`; starts it."""
        return self._executor.guarantees

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        """See `Executor.observe`."""
        return self._executor.observe(files, batches)

    def close(self) -> None:
        """See `Executor.close`."""
        if self.started:
            self._executor.close()

    @property
    def started(self) -> bool:
        """Whether anything was asked of it yet."""
        return "_executor" in self.__dict__
