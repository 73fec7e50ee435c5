"""Grading one submission for a platform.

Owns the order that describes it, the isolation that is accepted, and the log for staff. Runs in the process that
`watch_process` starts; the form of the result belongs to the platform.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.errors import Hw11Error, SandboxError
from grader.grading.asked_names import read_submission
from grader.grading.grade import Grader
from grader.maths.judge_process import Judge
from grader.records import GradeRecord
from grader.results.effective import effective_record
from grader.results.lateness import Terms, lateness
from grader.sandbox import start, start_strongest
from grader.sandbox.base import Executor
from grader.seeding import class_secret
from grader.submission.model import SubmissionSource
from reports.terminal import outcome_line
from reports.words import points, worth

Accepted = Literal["full", "user", "trusted"]
"""`full`: full isolation only. `user`: also another user, where the container isolates too. `trusted`: anything."""


class Order(BaseModel):
    """The description of what to grade. `deadline` is the student's own, if the platform gives one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: Path
    submission: Path
    secret_file: Path
    accept: Accepted = "full"
    id: str = "submission"
    student: dict[str, str] = {}
    submitted_at: str | None = None
    attempt: int = 1
    deadline: datetime | None = None


def answer(shape: Callable[[GradeRecord, Assignment, Mapping[str, Any]], dict[str, Any]]) -> int:
    """Read an order from stdin, grade, and write what `shape` makes of the record to stdout, as JSON.

    Stdin holds an object; `order` in it is the order, its other keys are passed to `shape`. Returns the exit status:
    0, or 3 after an error, which is printed to stderr.
    """
    given = json.load(sys.stdin)
    try:
        assignment, record = grade_one(Order.model_validate(given.pop("order")))
    except Hw11Error as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 3
    json.dump(shape(record, assignment, given), sys.stdout)
    return 0


def grade_one(order: Order) -> tuple[Assignment, GradeRecord]:
    """The assignment, and the effective record with lateness subtracted.

    Raises:
        Hw11Error: the assignment, its secret or the sandbox cannot be used.
    """
    import torch

    torch.set_num_threads(1)
    assignment = load_assignment(order.assignment)
    secret = class_secret(order.secret_file.parent, order.secret_file)
    source = SubmissionSource(order.id, order.submission, order.student, order.submitted_at, order.attempt)
    submission = read_submission(source, assignment)
    executor = start_accepted(order.accept, assignment.author_code.probes_dir)
    try:
        with Judge() as judge:
            judge.start()
            record = Grader(assignment, executor, judge, secret).grade(submission)
    finally:
        executor.close()
    late = None
    if assignment.late is not None:
        late = lateness(order.submitted_at, assignment.late, Terms(deadline=order.deadline))
    return assignment, effective_record(record, (), late)


def start_accepted(accept: Accepted, probes_dir: Path) -> Executor:
    """The strongest executor that works on this machine and is accepted.

    Raises:
        SandboxError: there is none; the message says why each failed.
    """
    if accept == "trusted":
        return start_strongest(probes_dir)
    try:
        return start("full", probes_dir)
    except SandboxError as error:
        if accept == "full":
            raise
        try:
            return start("user", probes_dir)
        except SandboxError as other:
            raise SandboxError(f"{error}\n{other}") from other


def staff_lines(record: GradeRecord) -> Iterator[str]:
    """The log for staff: every check with its notes, which students may not read."""
    yield f"{record.submission}: {points(record.score)} of {worth(record.max_score)}, isolation {record.isolation}"
    for check in record.checks:
        yield outcome_line(check)
        yield from (f"      {line}" for line in check.staff.splitlines())
