"""Grading a class: many submissions, several workers, one writer.

Owns the order of work, retrying after a worker died, and handing cached results to workers. Workers grade and return
records and new results; only the caller's process writes. Whatever happens to a submission, it gets a record and the
others go on. Where workers run belongs to the `WorkerPool`.
"""

from __future__ import annotations

import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.checks.base import not_judged
from grader.errors import UsageError
from grader.gradebook.observations import Known
from grader.grading.grade import make_record
from grader.grading.incremental import GradeResult, IncrementalGrader
from grader.grading.progress import Eta, Progress, ProgressState
from grader.grading.score import score_check, score_part
from grader.grading.workers import LocalPool, Settings, grader_for
from grader.records import GradeRecord, Notice, Verdict
from grader.submission.load import load_submission
from grader.submission.model import Submission, SubmissionSource

Answer = TypeVar("Answer")

_TICK_SECONDS = 1.0  # how often the display is updated while nothing finishes
_ATTEMPTS = 2
"""A worker may die of a cause outside the submission (memory taken by others), so each submission is tried twice."""


class Memory(Protocol):
    """Cached results of earlier gradings. Used in the calling process alone."""

    def recall(self, source: SubmissionSource) -> Known:
        """The cached results of a submission."""

    def decisions(self) -> dict[str, bytes]:
        """Decisions about typed answers, by key; the same answer of several students is decided once."""

    def keep(self, source: SubmissionSource, new: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Save the new results and decisions of grading a submission, and the seconds that it took."""

    def seconds(self) -> dict[str, float]:
        """How long grading each submission took, by id."""


@dataclass(frozen=True)
class NoMemory:
    """A cache that is always empty."""

    def recall(self, source: SubmissionSource) -> Known:
        """No results: everything is computed."""
        return Known()

    def decisions(self) -> dict[str, bytes]:
        """No decisions."""
        return {}

    def keep(self, source: SubmissionSource, new: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Discard the results."""

    def seconds(self) -> dict[str, float]:
        """No earlier times."""
        return {}


@dataclass(frozen=True)
class Unread:
    """A cache that is written but not read, so that everything is computed again (`--fresh`)."""

    memory: Memory

    def recall(self, source: SubmissionSource) -> Known:
        """No results: everything is computed again."""
        return Known()

    def decisions(self) -> dict[str, bytes]:
        """No decisions: answers are judged again."""
        return {}

    def keep(self, source: SubmissionSource, new: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Save the results in the cache behind this one."""
        self.memory.keep(source, new, decided, seconds)

    def seconds(self) -> dict[str, float]:
        """The times in the cache behind this one."""
        return self.memory.seconds()


class WorkerPool(Protocol):
    """Processes that call functions, here or on other machines, with the futures of `concurrent.futures`."""

    worker_died: tuple[type[BaseException], ...]
    """The exceptions that a future raises if its worker died."""

    @property
    def size(self) -> int:
        """The number of calls that may be under way at once."""

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Call a function in a free worker; a worker that died is replaced."""

    def broadcast(self, function: Callable[..., None], *args: Any) -> None:
        """Call a function in every worker, some time before the worker's next call."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def grade_class(
    found: Sequence[SubmissionSource],
    settings: Settings,
    jobs: int,
    save: Callable[[GradeRecord], None],
    *,
    memory: Memory | None = None,
    pool: WorkerPool | None = None,
    watch: Callable[[ProgressState], None] | None = None,
) -> Generator[Progress, None, None]:
    """Grade submissions in parallel; each is saved by the caller's process as soon as it is done.

    First a worker lints the problem files. Cached results are used: a part that nothing changed in is taken over, and
    one whose probes are unchanged is judged again from its observations. If a worker dies, its submission is graded
    once more; if that worker dies, too, the record says so as a fault of ours.

    Args:
        found: the submissions to grade.
        settings: given to every worker.
        jobs: number of workers, each with a sandbox and a judge of its own.
        save: called once per record, in the calling process.
        memory: the cache; none by default.
        pool: the workers, which this function starts and ends; by default processes on this machine.
        watch: called about once a second with the state of the run.

    Raises:
        SpecError: the problem files cannot be used.
        UsageError: student code cannot be run at the isolation that is asked for.
    """
    if not found:
        return
    with pool or LocalPool(max(1, min(jobs, len(found)))) as workers:
        workers.submit(try_out, settings).result()
        yield from _Run(found, settings, workers, memory or NoMemory(), save, watch).run()


class _Run:
    """The grading of one class."""

    def __init__(
        self,
        found: Sequence[SubmissionSource],
        settings: Settings,
        pool: WorkerPool,
        memory: Memory,
        save: Callable[[GradeRecord], None],
        watch: Callable[[ProgressState], None] | None,
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._memory = memory
        self._save = save
        self._watch = watch
        self._eta = Eta(memory.seconds(), pool.size)
        # the longest first, so that the last minutes are not spent on one submission with all other workers idle
        self._queue = deque(sorted(found, key=lambda one: self._eta.expect(_name(one)), reverse=True))
        self._running: dict[Future[GradeResult], SubmissionSource] = {}
        self._decided: set[str] = set()
        self._died: Counter[str] = Counter()

    def run(self) -> Iterator[Progress]:
        self._share(self._memory.decisions())
        while self._queue or self._running:
            self._fill()
            finished, _ = wait(self._running, timeout=_TICK_SECONDS, return_when=FIRST_COMPLETED)
            done = [self._take(future) for future in finished]
            self._fill()  # before anything is written, so that no worker waits for the writer
            for one, graded, seconds in done:
                if graded is not None:
                    yield self._finish(one, graded, seconds)
            if self._watch is not None:
                self._watch(self._state())

    def _fill(self) -> None:
        while self._queue and len(self._running) < self._pool.size:
            one = self._queue.popleft()
            self._eta.start(_name(one))
            future = self._pool.submit(grade_one, self._settings, one, self._memory.recall(one))
            self._running[future] = one

    def _take(self, future: Future[GradeResult]) -> tuple[SubmissionSource, GradeResult | None, float]:
        """The result of a finished call and the seconds it took; the result is None if it is to be tried again."""
        one = self._running.pop(future)
        seconds = self._eta.stop(_name(one))
        try:
            graded = future.result()
            return one, replace(graded, decided=self._share(graded.decided)), seconds
        except self._pool.worker_died:
            self._died[_name(one)] += 1
        if self._died[_name(one)] < _ATTEMPTS:
            self._queue.appendleft(one)
            return one, None, seconds
        assignment = load_assignment(self._settings.assignment)
        return one, GradeResult(_fault(one, assignment, "the worker died, twice"), Known()), seconds

    def _share(self, decided: Mapping[str, bytes]) -> dict[str, bytes]:
        """Send every worker the decisions that it does not know yet; returns these."""
        new = {key: body for key, body in decided.items() if key not in self._decided}
        self._decided.update(new)
        if new:
            self._pool.broadcast(add_decisions, self._settings, new)
        return new

    def _finish(self, one: SubmissionSource, graded: GradeResult, seconds: float) -> Progress:
        self._memory.keep(one, graded.learnt, graded.decided, seconds)
        self._save(graded.record)
        self._eta.finish(seconds, graded.record.has_harness_error)
        return Progress(graded.record, seconds, self._state())

    def _state(self) -> ProgressState:
        return self._eta.state([_name(one) for one in self._queue], self._pool.size)


def _name(one: SubmissionSource) -> str:
    return one.id if one.attempt == 1 else f"{one.id} (attempt {one.attempt})"


def try_out(settings: Settings) -> None:
    """Lint the problem files. Runs in a worker.

    Raises:
        SpecError: they hold mistakes.
    """
    grader = _rejudge(settings).grader
    lint(grader.assignment, grader.judge)


def grade_one(settings: Settings, source: SubmissionSource, known: Known) -> GradeResult:
    """Grade one submission, using its cached results. Runs in a worker.

    Raises:
        UsageError: student code cannot be run at the isolation that is asked for.
    """
    rejudge = _rejudge(settings)
    assignment = rejudge.grader.assignment
    try:
        return rejudge.grade(load_submission(source, assignment.modules), known)
    except UsageError:
        raise
    except Exception:  # noqa: BLE001  # one of the two broad ones: a fault of ours costs one submission, no mark
        return GradeResult(_fault(source, assignment, traceback.format_exc()), Known())


def add_decisions(settings: Settings, decided: Mapping[str, bytes]) -> None:
    """Add other workers' decisions to this worker's judge. Runs in a worker."""
    _rejudge(settings).grader.judge.learn(decided)


@cache
def _rejudge(settings: Settings) -> IncrementalGrader:
    return IncrementalGrader(grader_for(settings), settings)


def _fault(source: SubmissionSource, assignment: Assignment, reason: str) -> GradeRecord:
    """The record of a submission whose grading failed: every check is a fault of ours."""
    outcome = not_judged(Verdict.HARNESS_ERROR, "not graded yet: a fault of ours, no points lost", staff=reason)
    parts = tuple(
        score_part(part, [score_check(check, outcome, 0.0) for check in part.checks]) for part in assignment.parts
    )
    submission = Submission(
        id=source.id, files={}, student=source.student, attempt=source.attempt, submitted_at=source.submitted_at
    )
    record = make_record(submission, assignment, "none", parts)
    notice = Notice(where="harness", message="a fault of ours stopped the grading of this submission")
    return record.model_copy(update={"notices": (notice,)})
