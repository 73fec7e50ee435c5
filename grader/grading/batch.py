"""Grading a class: many submissions, several workers, one writer.

Owns the order of work, retrying after a worker died, and handing cached results to workers. Workers grade and return
records and new results; only the caller's process writes. Whatever happens to a submission, it gets a record and the
others go on. Where workers run belongs to the `WorkerPool`.
"""

from __future__ import annotations

import gc
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import cache
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.cache import Entries
from grader.checks.base import not_judged
from grader.errors import UsageError
from grader.gradebook.gradings import SHARED, EntriesBySubmission
from grader.grading.asked_names import read_submission
from grader.grading.grade import fault_of_ours, make_record
from grader.grading.incremental import grade_incrementally
from grader.grading.progress import Eta, Progress, ProgressState
from grader.grading.score import score_check, score_part
from grader.grading.worker_grader import Settings, grader_for
from grader.records import WAITS, GradeRecord, Notice, Outcome, Verdict
from grader.submission.load import handed_in_sha256
from grader.submission.model import Submission, SubmissionSource

Answer = TypeVar("Answer")
_Graded = tuple[GradeRecord, EntriesBySubmission]
"""A record, and the results that were computed for it."""

_TICK_SECONDS = 1.0  # how often the display is updated while nothing finishes
_ATTEMPTS = 2
"""A worker may die of a cause outside the submission (memory taken by others), so each submission is tried twice."""


_MOST_SECONDS = 900.0
"""For one submission, everything included. Its code may take 180 s; the rest, which is seconds, has room for a machine
that is ten times as busy."""
_MOST_BYTES = 4 << 30
"""What a worker may hold while it reads and judges one submission: ten times what it holds otherwise."""


def no_entries(submission: str) -> Entries:
    """No stored results: everything is computed."""
    return {}


class WorkerPool(Protocol):
    """Processes that call functions, here or on other machines, with the futures of `concurrent.futures`."""

    worker_died: tuple[type[BaseException], ...]
    """The exceptions that a future raises if its worker died."""

    @property
    def size(self) -> int:
        """The number of calls that may be under way at once."""

    def submit(self, function: Callable[..., Answer], *args: Any) -> Future[Answer]:
        """Call a function in a free worker; a worker that died is replaced."""

    def end_beyond(self, seconds: float, memory_bytes: int) -> Mapping[Future[Any], str]:
        """Kill the workers whose call takes longer or holds more memory; the reason, by the call's future."""

    def broadcast(self, function: Callable[..., None], *args: Any) -> None:
        """Call a function in every worker, some time before the worker's next call."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def grade_class(
    found: Sequence[SubmissionSource],
    settings: Settings,
    pool: WorkerPool,
    *,
    entries: Callable[[str], Entries] = no_entries,
    expected: Mapping[str, float] | None = None,
    watch: Callable[[ProgressState], None] | None = None,
) -> Generator[Progress, None, None]:
    """Grade submissions in parallel; each is handed to the caller, who stores it, as soon as it is done.

    First a worker lints the problem files. Stored results are used: a part that nothing changed in is taken over, and
    one whose probes are unchanged is judged again from its observations. If a worker dies, its submission is graded
    once more; if that worker dies, too, the record says so as a fault of ours.

    Args:
        found: the submissions to grade.
        settings: given to every worker.
        pool: the workers, each with a sandbox and a judge of its own, which this function starts and ends.
        entries: stored results about a submission, by its id, or those that are `SHARED`; none by default.
        expected: seconds that submissions took before, by id; the longest start first.
        watch: called about once a second with the state of the run.

    Raises:
        SpecError: the problem files cannot be used.
        UsageError: student code cannot be run at the isolation that is asked for.
    """
    if not found:
        return
    with pool as workers:
        workers.submit(try_out, settings).result()
        yield from _Run(found, settings, workers, entries, Eta(expected or {}, workers.size), watch).run()


class _Run:
    """The grading of one class."""

    def __init__(
        self,
        found: Sequence[SubmissionSource],
        settings: Settings,
        pool: WorkerPool,
        entries: Callable[[str], Entries],
        eta: Eta,
        watch: Callable[[ProgressState], None] | None,
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._entries = entries
        self._watch = watch
        self._eta = eta
        # the longest first, so that the last minutes are not spent on one submission with all other workers idle
        self._queue = deque(sorted(found, key=lambda one: eta.expect(one.id), reverse=True))
        self._running: dict[Future[_Graded], SubmissionSource] = {}
        self._published: set[tuple[str, str]] = set()
        self._deaths: Counter[str] = Counter()
        self._any_graded = False
        self._ended: dict[Future[Any], str] = {}
        """Why calls were ended that went beyond a limit. They are not tried again: that would take as long."""

    def run(self) -> Iterator[Progress]:
        self._publish(self._entries(SHARED))
        while self._queue or self._running:
            self._fill()
            finished, _ = wait(self._running, timeout=_TICK_SECONDS, return_when=FIRST_COMPLETED)
            self._ended |= self._pool.end_beyond(_MOST_SECONDS, _MOST_BYTES)
            done = [self._take(future) for future in finished]
            self._fill()  # before anything is stored, so that no worker waits for the disk
            for one, graded, seconds in done:
                if graded is not None:
                    record, computed = graded
                    self._eta.finish(seconds, record.has_harness_error)
                    yield Progress(record, one, seconds, computed, self._state())
            if self._watch is not None:
                self._watch(self._state())

    def _fill(self) -> None:
        while self._queue and len(self._running) < self._pool.size:
            one = self._queue.popleft()
            self._eta.start(one.id)
            future = self._pool.submit(grade_one, self._settings, one, self._entries(one.id))
            self._running[future] = one

    def _take(self, future: Future[_Graded]) -> tuple[SubmissionSource, _Graded | None, float]:
        """The result of a finished call and the seconds it took; the result is None if it is to be tried again."""
        one = self._running.pop(future)
        seconds = self._eta.stop(one.id)
        try:
            record, computed = future.result()
            self._any_graded = True
            return one, (record, {**computed, SHARED: self._publish(computed.get(SHARED, {}))}), seconds
        except self._pool.worker_died:
            self._deaths[one.id] += 1
        reason = self._ended.pop(future, "")
        if not reason and self._deaths[one.id] < _ATTEMPTS:
            self._queue.append(one)  # last, so that others show by then whether anything can be graded here
            return one, None, seconds
        assignment = load_assignment(self._settings.assignment)
        if reason or self._any_graded:
            record = _given_up(one, assignment, reason or "the process that graded it died, twice")
        else:
            record = _fault(one, assignment, "the worker died, twice, and none of the class could be graded")
        return one, (record, {}), seconds

    def _publish(self, shared: Entries) -> Entries:
        """Hand every worker those shared results that are new, and return these."""
        new = {place: body for place, body in shared.items() if place not in self._published}
        self._published.update(new)
        if new:
            self._pool.broadcast(publish, self._settings, new)
        return new

    def _state(self) -> ProgressState:
        return self._eta.state([one.id for one in self._queue], self._pool.size)


def try_out(settings: Settings) -> None:
    """Lint the problem files. Runs in a worker.

    Raises:
        SpecError: they hold mistakes.
    """
    grader = grader_for(settings)
    lint(grader.assignment, grader.judge)


def grade_one(settings: Settings, source: SubmissionSource, entries: Entries) -> _Graded:
    """Grade one submission, using its stored results. Runs in a worker.

    Raises:
        UsageError: student code cannot be run at the isolation that is asked for.
    """
    grader = grader_for(settings)
    try:
        submission = read_submission(source, grader.assignment)
        return grade_incrementally(grader, settings, submission, entries)
    except UsageError:
        raise
    except Exception:  # noqa: BLE001  # whatever breaks costs this submission alone, and no mark
        return _fault(source, grader.assignment, traceback.format_exc()), {}
    finally:
        freeze_imports()


@cache
def freeze_imports() -> None:
    """Spare the garbage collector, from now on, what a first submission made this process import and load.

    That is for as long as the process lives, and to walk through it takes as long as to judge ten parts.
    """
    gc.collect()
    gc.freeze()


def publish(settings: Settings, entries: Entries) -> None:
    """Hold results that other workers computed for the whole class. Runs in a worker."""
    grader_for(settings).judge.cache.publish(entries)


def _fault(source: SubmissionSource, assignment: Assignment, reason: str) -> GradeRecord:
    """The record of a submission whose grading failed: every check is a fault of ours."""
    notice = Notice(where="harness", message="a fault of ours stopped the grading of this submission")
    return _same_for_all(source, assignment, fault_of_ours(reason), notice)


def _given_up(source: SubmissionSource, assignment: Assignment, reason: str) -> GradeRecord:
    """The record of a submission that nothing could finish reading or judging, so that a person has to look.

    It is the submission's, not a fault of ours: others of its class were graded meanwhile.
    """
    outcome = not_judged(Verdict.UNDECIDED, f"not graded yet, a person has to look: {reason}")
    notice = Notice(where="submission", message=f"{WAITS}: {reason}")
    return _same_for_all(source, assignment, outcome, notice)


def _same_for_all(source: SubmissionSource, assignment: Assignment, outcome: Outcome, notice: Notice) -> GradeRecord:
    """The record of a submission whose checks all have the same outcome."""
    parts = tuple(
        score_part(part, [score_check(check, outcome, 0.0) for check in part.checks]) for part in assignment.parts
    )
    submission = Submission(
        id=source.id,
        files={},
        student=source.student,
        attempt=source.attempt,
        submitted_at=source.submitted_at,
        files_sha256=handed_in_sha256(source, assignment.modules, assignment.notebook),
    )
    record = make_record(submission, assignment, "none", parts)
    return record.model_copy(update={"notices": (notice,)})
