"""Releasing results to students.

Owns the obstacles to a release, and what changed since the last one. Rendering belongs to `publish`, points to
`effective`, whose records it is given.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.gradebook.pending import CHANGED
from grader.gradebook.regrade_requests import Request
from grader.gradebook.releases import Release, Result
from grader.records import GradeRecord, Verdict

_OPEN = {
    Verdict.HARNESS_ERROR: "left open by a fault of ours: grade again",
    Verdict.UNDECIDED: "not decided by the judge",
    Verdict.NEEDS_REVIEW: "not marked by a person yet",
}


_DECIDED_BEFORE = "decided by a person on what was handed in before, which has changed since"


@dataclass(frozen=True)
class Obstacle:
    """A reason why results should not be released yet: one check, and the submissions concerned."""

    check: str
    reason: str
    submissions: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.submissions[:5]) + (", …" if len(self.submissions) > 5 else "")
        return f"{self.check}: {len(self.submissions)} {self.reason} ({shown})"


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


def obstacles(records: Sequence[GradeRecord], requests: Sequence[Request]) -> list[Obstacle]:
    """The obstacles to a release by check and reason, those of most submissions first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        for part in record.parts:
            for check in part.checks:
                if check.score is None:
                    why = _DECIDED_BEFORE if check.message == CHANGED else _OPEN[check.verdict]
                    found[check.id, why].append(record.submission)
    for request in requests:
        found[request.check_id, "asked to be looked at again, and not answered"].append(request.submission)
    listed = [Obstacle(check, reason, tuple(who)) for (check, reason), who in found.items()]
    return sorted(listed, key=lambda obstacle: -len(obstacle.submissions))


def results(records: Sequence[GradeRecord]) -> list[Result]:
    """The result of every student, in the form that is kept to compare releases."""
    return [Result(one.submission, one.score, one.awaiting_review, _digest(one)) for one in records]


def changes(now: Sequence[Result], before: Release | None) -> list[ResultChange]:
    """The results that differ from the last release, in the order of `now`."""
    earlier: Mapping[str, Result] = before.results if before else {}
    return [
        ResultChange(
            result.submission, earlier[result.submission].score if result.submission in earlier else None, result.score
        )
        for result in now
        if result.submission not in earlier or earlier[result.submission].digest != result.digest
    ]


def _digest(record: GradeRecord) -> str:
    """A hash over everything in a record that the student reads: not times, versions or notes for staff."""
    said = [
        [
            check.id,
            check.verdict,
            check.score,
            check.max_score,
            check.message,
            check.reading,
            check.mistake,
            check.details,
        ]
        for part in record.parts
        for check in part.checks
    ]
    words = [record.score, record.max_score, record.awaiting_review, record.late_deduction, record.late_says, said]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
