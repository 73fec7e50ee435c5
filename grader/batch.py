"""A class: many submissions, several workers, one writer.

Owns resuming, workers that die, and progress. Workers grade and return records; only the parent writes. One
submission can never stop the others: whatever happens to it, it gets a record.
"""

from __future__ import annotations

import atexit
import hashlib
import multiprocessing
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from grader.checks.base import not_judged
from grader.grade import Grader, make_record, versions
from grader.problem.load import load_assignment
from grader.problem.model import Assignment
from grader.record import GradeRecord, Notice, Verdict
from grader.sandbox import Isolation, start
from grader.score import score_check, score_part
from grader.submission.load import Found, load_submission
from grader.submission.model import Submission


@dataclass(frozen=True)
class Settings:
    """What every worker needs to know."""

    assignment: Path
    secret: bytes
    isolation: Isolation = "full"
    device: str = "cpu"


@dataclass(frozen=True)
class Progress:
    """Where a class stands: what the record just finished is, and how many are done, failed and left."""

    record: GradeRecord
    done: int
    total: int
    failed: int


_grader: Grader | None = None


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
                yield finish(record or fault_record(one, settings.assignment, "the worker died, twice"))


def _run_pool(queue: deque[Found], settings: Settings, jobs: int) -> Iterator[tuple[Found, GradeRecord | None]]:
    """Take submissions from the queue until it is empty or a worker dies; None for those then under way."""
    running: dict[Future[GradeRecord], Found] = {}
    workers = max(1, min(jobs, len(queue)))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(settings,)) as pool:
        try:
            while queue or running:
                while queue and len(running) < workers:
                    future = pool.submit(_grade_one, queue[0])
                    running[future] = queue.popleft()
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    record = future.result()
                    yield running.pop(future), record
        except BrokenProcessPool:
            for one in running.values():
                yield one, None


def _start_worker(settings: Settings) -> None:
    """What a worker does once, in its main thread: load, start the sandbox, start the judge."""
    global _grader
    import torch

    from grader.judge import Judge

    torch.set_num_threads(1)
    assignment = load_assignment(settings.assignment)
    executor = start(settings.isolation, assignment.library.probes_dir, settings.device)
    judge = Judge()
    atexit.register(executor.close)
    atexit.register(judge.close)
    _grader = Grader(assignment, executor, judge, settings.secret)


def _grade_one(found: Found) -> GradeRecord:
    assert _grader is not None
    try:
        return _grader.grade(load_submission(found, _grader.assignment.modules))
    except Exception:  # noqa: BLE001  # one of the two broad ones: a fault of ours costs one submission, no mark
        return _fault(Submission(id=found.id, files={}), _grader.assignment, traceback.format_exc())


def fault_record(found: Found, assignment: Path, reason: str) -> GradeRecord:
    """The record of a submission that could not be graded at all."""
    return _fault(Submission(id=found.id, files={}), load_assignment(assignment), reason)


def _fault(submission: Submission, assignment: Assignment, reason: str) -> GradeRecord:
    outcome = not_judged(Verdict.HARNESS_ERROR, "not graded yet: a fault of ours, no points lost", staff=reason)
    parts = tuple(
        score_part(part, [score_check(check, outcome, 0.0) for check in part.checks]) for part in assignment.parts
    )
    record = make_record(submission, assignment, "none", parts)
    told = Notice(where="harness", message="a fault of ours stopped the grading of this submission")
    return record.model_copy(update={"notices": (told,)})


def fingerprint(files_sha256: str, assignment_sha256: str, settings: Settings) -> str:
    """What a record depends on: equal fingerprints mean that grading again would change nothing."""
    words = [files_sha256, assignment_sha256, settings.secret.hex(), settings.isolation, str(versions())]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()
