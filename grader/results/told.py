"""What a student was told of a result, and how another one differs from it.

Owns the form in which a released result is kept, and comparing two. Which results are released belongs to `release`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import dataclass

from grader.gradebook.releases import Release, Result
from grader.grading.score import rounded
from grader.records import EVERY_PART, GradeRecord, PartRecord

_READ = ("id", "verdict", "score", "max_score", "message", "reading", "mistake", "details")
"""What a student reads of a check."""


@dataclass(frozen=True)
class ResultChange:
    """A change of one student's total or report since the last release; `before` is None if there was none."""

    submission: str
    before: float | None
    after: float

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.submission}: {self.after:g}, released for the first time"
        if self.before == self.after:
            return f"{self.submission}: {self.after:g} as before, but the report says something else"
        return f"{self.submission}: {self.before:g} → {self.after:g} ({self.after - self.before:+g})"


def result(record: GradeRecord, parts: Container[str]) -> Result:
    """The result of a student as some parts tell it, in the form that is kept to compare releases."""
    told = [part for part in record.parts if part.id in parts]
    named: tuple[str, ...] = ()
    score, open_points = record.score, record.awaiting_review
    if len(told) < len(record.parts):
        score, open_points = rounded(sum(part.score for part in told)), rounded(sum(part.awaiting for part in told))
        named = tuple(part.id for part in told)
    return Result(record.submission, score, open_points, _digest(record, told), record.files_sha256, named)


def change(record: GradeRecord, now: Result, before: Release) -> ResultChange | None:
    """How a student's result differs from what was told before; None if it does not."""
    earlier = before.results.get(record.submission)
    if earlier is None:
        return ResultChange(record.submission, None, now.score)
    if earlier.digest == now.digest:
        return None
    again = result(record, earlier.parts or EVERY_PART)
    if again.digest == earlier.digest and now.parts != earlier.parts:
        return ResultChange(record.submission, None, now.score)
    return ResultChange(record.submission, earlier.score, again.score)


def _digest(record: GradeRecord, parts: Sequence[PartRecord]) -> str:
    """A hash over everything in some parts that the student reads: not times, versions or notes for staff."""
    said = [[getattr(check, fact) for fact in _READ] for part in parts for check in part.checks]
    whole = [record.score, record.max_score, record.awaiting_review, record.late_deduction, record.late_says]
    words = [*(whole if len(parts) == len(record.parts) else [part.id for part in parts]), said]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
