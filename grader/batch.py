"""A class: many submissions, several workers, one writer.

Owns resuming, workers that die, and progress. Workers grade and return records; only the parent writes. One
submission can never stop the others: whatever happens to it, it gets a record.
"""

from __future__ import annotations

import hashlib
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from grader.checks.base import not_judged
from grader.grade import make_record, versions
from grader.pool import Settings, pool, worker_grader
from grader.problem.load import load_assignment
from grader.problem.model import Assignment
from grader.record import GradeRecord, Notice, Verdict
from grader.score import score_check, score_part
from grader.submission.find import Found
from grader.submission.load import load_submission
from grader.submission.model import Submission


@dataclass(frozen=True)
class Progress:
    """Where a class stands: what the record just finished is, and how many are done, failed and left."""

    record: GradeRecord
    done: int
    total: int
    failed: int


def grade_class(
    found: Sequence[Found], settings: Settings, jobs: int, save: Callable[[GradeRecord], None]
) -> Iterator[Progress]:
    """Grade submissions in parallel; each is saved by the caller's process as soon as it is done.

    When a worker dies, what was under way is graded once more, each submission alone, so that nobody pays for a
    neighbour; what kills its worker again is recorded as a fault of ours.

    Args:
        found: what to grade.
        settings: handed to every worker.
        jobs: number of workers, each with a sandbox and a judge of its own.
        save: called once per record, in the calling process.
    """
    queue, done, failed = deque(found), 0, 0

    def finish(record: GradeRecord) -> Progress:
        nonlocal done, failed
        save(record)
        done, failed = done + 1, failed + record.has_harness_error
        return Progress(record, done, len(found), failed)

    while queue:
        suspects = []
        for one, record in _run_pool(queue, settings, jobs):
            if record is None:
                suspects.append(one)
            else:
                yield finish(record)
        for suspect in suspects:
            for one, record in _run_pool(deque([suspect]), settings, 1):
                yield finish(record or _fault(one, load_assignment(settings.assignment), "the worker died, twice"))


def _run_pool(queue: deque[Found], settings: Settings, jobs: int) -> Iterator[tuple[Found, GradeRecord | None]]:
    """Take submissions from the queue until it is empty or a worker dies; None for those then under way."""
    running: dict[Future[GradeRecord], Found] = {}
    workers = max(1, min(jobs, len(queue)))
    with pool(settings, workers) as started:
        try:
            while queue or running:
                while queue and len(running) < workers:
                    future = started.submit(_grade_one, queue[0])
                    running[future] = queue.popleft()
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    record = future.result()
                    yield running.pop(future), record
        except BrokenProcessPool:
            for one in running.values():
                yield one, None


def _grade_one(found: Found) -> GradeRecord:
    grader = worker_grader()
    try:
        return grader.grade(load_submission(found, grader.assignment.modules))
    except Exception:  # noqa: BLE001  # one of the two broad ones: a fault of ours costs one submission, no mark
        return _fault(found, grader.assignment, traceback.format_exc())


def _fault(found: Found, assignment: Assignment, reason: str) -> GradeRecord:
    """The record of a submission that could not be graded at all."""
    outcome = not_judged(Verdict.HARNESS_ERROR, "not graded yet: a fault of ours, no points lost", staff=reason)
    parts = tuple(
        score_part(part, [score_check(check, outcome, 0.0) for check in part.checks]) for part in assignment.parts
    )
    record = make_record(Submission(id=found.id, files={}), assignment, "none", parts)
    told = Notice(where="harness", message="a fault of ours stopped the grading of this submission")
    return record.model_copy(update={"notices": (told,)})


def fingerprint(files_sha256: str, assignment_sha256: str, settings: Settings) -> str:
    """What a record depends on: equal fingerprints mean that grading again would change nothing."""
    words = [files_sha256, assignment_sha256, settings.secret.hex(), settings.isolation, str(versions())]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()
