"""Where a class stands while it is graded, and when it will be done.

Owns the expectation of how long a submission takes: as long as it took before, else as long as the others take.
Reads the clock; prints nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from grader.records import GradeRecord


@dataclass(frozen=True)
class ProgressState:
    """How many submissions are done, failed (by a fault of ours) and waiting; what is under way, and what is left.

    `under_way` pairs submissions with the seconds that they have taken so far, slowest first. `seconds_left` is None
    while nothing is known.
    """

    done: int
    failed: int
    waiting: int
    under_way: tuple[tuple[str, float], ...]
    seconds_left: float | None

    @property
    def total(self) -> int:
        """Every submission of this run."""
        return self.done + len(self.under_way) + self.waiting


@dataclass(frozen=True)
class Progress:
    """One submission that is done, the seconds that it took, and where that leaves the class."""

    record: GradeRecord
    seconds: float
    state: ProgressState


class Eta:
    """Follows one run."""

    def __init__(
        self, expected: Mapping[str, float], workers: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start.

        Args:
            expected: seconds that submissions took before, by id.
            workers: how many start; the first submission of each takes longer, as its worker has to warm up.
            clock: seconds, growing.
        """
        self._expected = dict(expected)
        self._warming = workers
        self._clock = clock
        self._started: dict[str, float] = {}
        self._took: list[float] = []
        self._done = 0
        self._failed = 0

    def expect(self, name: str) -> float:
        """Seconds that a submission should take: as before; else the mean of this run, or of earlier ones at first."""
        known = self._expected.get(name)
        if known is not None:
            return known
        return fmean(self._took[self._warming :] or self._took or self._expected.values() or [0.0])

    def start(self, name: str) -> None:
        """A submission is under way, for the first time or again."""
        self._started[name] = self._clock()

    def stop(self, name: str) -> float:
        """A submission is no longer under way; the seconds that it was."""
        return self._clock() - self._started.pop(name)

    def finish(self, seconds: float, failed: bool) -> None:
        """A submission has its record."""
        self._took.append(seconds)
        self._done += 1
        self._failed += failed

    def state(self, waiting: Sequence[str], workers: int) -> ProgressState:
        """Where the class stands now."""
        now = self._clock()
        under_way = {name: now - started for name, started in self._started.items()}
        left = None
        if self._took or self._expected:
            rest = [max(self.expect(name) - seconds, 0.0) for name, seconds in under_way.items()]
            work = sum(rest) + sum(map(self.expect, waiting))
            left = max([work / workers, *rest])
        slowest_first = tuple(sorted(under_way.items(), key=lambda pair: -pair[1]))
        return ProgressState(self._done, self._failed, len(waiting), slowest_first, left)
