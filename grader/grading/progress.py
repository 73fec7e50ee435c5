"""Progress of a grading run, and the estimated time that is left.

Owns the estimate of how long a submission takes: as long as before, else as long as the others. Printing belongs to
`grader.cli.progress_display`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from grader.gradebook.gradings import EntriesBySubmission
from grader.records import GradeRecord
from grader.submission.model import SubmissionSource


@dataclass(frozen=True)
class ProgressState:
    """The numbers of submissions done, failed (by a fault of ours) and waiting, those under way, and the time left.

    `under_way` pairs submissions with the seconds that they have taken so far, slowest first. `seconds_left` is None
    until the first submission is done, unless earlier times are known.
    """

    done: int
    failed: int
    waiting: int
    under_way: tuple[tuple[str, float], ...]
    seconds_left: float | None

    @property
    def total(self) -> int:
        """The number of submissions of this run."""
        return self.done + len(self.under_way) + self.waiting


@dataclass(frozen=True)
class Progress:
    """One submission that is done, for the caller to store, and where that leaves the class.

    Attributes:
        record: what it came to.
        source: where its files are.
        seconds: how long it took.
        computed: new results, for the cache.
        state: where the class stands.
    """

    record: GradeRecord
    source: SubmissionSource
    seconds: float
    computed: EntriesBySubmission
    state: ProgressState


class Eta:
    """The estimate of one run's remaining time."""

    def __init__(
        self, expected: Mapping[str, float], workers: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start the estimate.

        Args:
            expected: seconds that submissions took before, by id.
            workers: number of workers; the first submission of each is left out of the mean, since it includes
                starting the worker.
            clock: a monotonic clock, in seconds.
        """
        self._expected = dict(expected)
        self._warming = workers
        self._clock = clock
        self._started: dict[str, float] = {}
        self._took: list[float] = []
        self._done = 0
        self._failed = 0

    def expect(self, name: str) -> float:
        """The seconds that a submission should take: as before, else the mean of this run, else of earlier runs."""
        known = self._expected.get(name)
        if known is not None:
            return known
        return fmean(self._took[self._warming :] or self._took or self._expected.values() or [0.0])

    def start(self, name: str) -> None:
        """Note that a submission is under way, for the first time or again."""
        self._started[name] = self._clock()

    def stop(self, name: str) -> float:
        """Note that a submission is no longer under way; returns the seconds that it was."""
        return self._clock() - self._started.pop(name)

    def finish(self, seconds: float, failed: bool) -> None:
        """Note that a submission has its record."""
        self._took.append(seconds)
        self._done += 1
        self._failed += failed

    def state(self, waiting: Sequence[str], workers: int) -> ProgressState:
        """The state of the run now.

        The time left is that of all work spread over the workers, or of the longest submission under way.
        """
        now = self._clock()
        under_way = {name: now - started for name, started in self._started.items()}
        left = None
        if self._took or self._expected:
            rest = [max(self.expect(name) - seconds, 0.0) for name, seconds in under_way.items()]
            work = sum(rest) + sum(map(self.expect, waiting))
            left = max([work / workers, *rest])
        slowest_first = tuple(sorted(under_way.items(), key=lambda pair: -pair[1]))
        return ProgressState(self._done, self._failed, len(waiting), slowest_first, left)
