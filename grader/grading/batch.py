"""A class: many submissions, several workers, one writer.

Owns the order of work, what becomes of a worker that dies, and what is handed to a worker so that nothing is done
twice. Workers grade and return what they learnt; only the caller's process writes. One submission can never stop the
others: whatever happens to it, it gets a record. Where workers run belongs to the crew.
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

_TICK_SECONDS = 1.0
_ATTEMPTS = 2
"""A worker may die of something that is not the submission's doing; one that dies again is left at that."""


class Memory(Protocol):
    """What is known of submissions from earlier. Used by the calling process alone."""

    def recall(self, found: SubmissionSource) -> Known:
        """Whatever is known of a submission."""

    def decisions(self) -> dict[str, bytes]:
        """What was decided about typed answers, whoever typed them."""

    def keep(self, found: SubmissionSource, learnt: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Add what grading it taught, what was decided meanwhile, and the seconds that it took."""

    def seconds(self) -> dict[str, float]:
        """How long submissions took, by id."""


@dataclass(frozen=True)
class NoMemory:
    """Remembers nothing and keeps nothing."""

    def recall(self, found: SubmissionSource) -> Known:
        """Nothing."""
        return Known()

    def decisions(self) -> dict[str, bytes]:
        """None."""
        return {}

    def keep(self, found: SubmissionSource, learnt: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Nowhere."""

    def seconds(self) -> dict[str, float]:
        """None."""
        return {}


@dataclass(frozen=True)
class Unread:
    """A memory that is added to but not believed: everything is done again."""

    memory: Memory

    def recall(self, found: SubmissionSource) -> Known:
        """Nothing."""
        return Known()

    def decisions(self) -> dict[str, bytes]:
        """None."""
        return {}

    def keep(self, found: SubmissionSource, learnt: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """As the memory does."""
        self.memory.keep(found, learnt, decided, seconds)

    def seconds(self) -> dict[str, float]:
        """As the memory says."""
        return self.memory.seconds()


class WorkerPool(Protocol):
    """Workers that call functions somewhere else, over `concurrent.futures`."""

    worker_died: tuple[type[BaseException], ...]
    """What a future raises whose worker died."""

    @property
    def size(self) -> int:
        """How many calls may be under way."""

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Have a free worker call a function; a worker that died is replaced."""

    def tell(self, function: Callable[..., None], *args: Any) -> None:
        """Have every worker call a function some time before its next call."""

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

    Before anything else a worker tries what the problem files name.
    What is remembered is not done again: a part of which nothing changed is taken over, and one whose questions to
    student code are unchanged is judged again from what was observed. When a worker dies, its submission is graded
    once more; if its worker dies again, that is recorded as a fault of ours.

    Args:
        found: what to grade.
        settings: handed to every worker.
        jobs: number of workers, each with a sandbox and a judge of its own.
        save: called once per record, in the calling process.
        memory: where to recall from and keep what is learnt; nowhere by default.
        pool: other workers than processes on this machine; it is entered and left here.
        watch: called about once a second with how things stand.

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
    """One class under way."""

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
        # the longest first, so that nobody waits for a single one at the end
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
        """What came of a call, and the seconds that it took; None where it is to be tried again."""
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
        """Tell every worker what was decided, as far as that is new; returns what is."""
        news = {key: body for key, body in decided.items() if key not in self._decided}
        self._decided.update(news)
        if news:
            self._pool.tell(hear, self._settings, news)
        return news

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
    """In a worker: try what the problem files name.

    Raises:
        SpecError: some of it cannot be used.
    """
    grader = _rejudge(settings).grader
    lint(grader.assignment, grader.judge)


def grade_one(settings: Settings, found: SubmissionSource, known: Known) -> GradeResult:
    """In a worker: grade one submission, as far as it is not known.

    Raises:
        UsageError: student code cannot be run at the isolation that is asked for.
    """
    rejudge = _rejudge(settings)
    assignment = rejudge.grader.assignment
    try:
        return rejudge.grade(load_submission(found, assignment.modules), known)
    except UsageError:
        raise
    except Exception:  # noqa: BLE001  # one of the two broad ones: a fault of ours costs one submission, no mark
        return GradeResult(_fault(found, assignment, traceback.format_exc()), Known())


def hear(settings: Settings, decided: Mapping[str, bytes]) -> None:
    """In a worker: know what others have decided."""
    _rejudge(settings).grader.judge.learn(decided)


@cache
def _rejudge(settings: Settings) -> IncrementalGrader:
    return IncrementalGrader(grader_for(settings), settings)


def _fault(found: SubmissionSource, assignment: Assignment, reason: str) -> GradeRecord:
    """The record of a submission that could not be graded at all."""
    outcome = not_judged(Verdict.HARNESS_ERROR, "not graded yet: a fault of ours, no points lost", staff=reason)
    parts = tuple(
        score_part(part, [score_check(check, outcome, 0.0) for check in part.checks]) for part in assignment.parts
    )
    submission = Submission(
        id=found.id, files={}, student=found.student, attempt=found.attempt, submitted_at=found.submitted_at
    )
    record = make_record(submission, assignment, "none", parts)
    told = Notice(where="harness", message="a fault of ours stopped the grading of this submission")
    return record.model_copy(update={"notices": (told,)})
