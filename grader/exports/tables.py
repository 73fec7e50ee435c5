"""Tidy tables in CSV: one row per submission, and one per check."""

from __future__ import annotations

from grader.exports.base import Export, GradedClass, Wishes, checks_of, register
from grader.files.csv_cells import table
from grader.results.publish import status
from reports.notices import class_notices

_SUBMISSION = (
    *("submission", "attempt", "name", "id", "email", "submitted_at"),
    *("score", "max_score", "late_deduction", "awaiting_review", "status", "notices"),
)
_CHECK = (
    *("submission", "attempt", "part", "check", "kind", "visibility", "verdict", "score", "max_score", "bonus"),
    *("mistake", "answer", "message"),
)


@register("csv", says="tidy tables: submissions.csv and checks.csv")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    notices = class_notices(graded.records)
    submissions = [
        [
            *(one.submission, one.attempt, *(one.student.get(key, "") for key in ("name", "id", "email"))),
            *(one.submitted_at, one.score, one.max_score, one.late_deduction, one.awaiting_review, status(one)),
            "; ".join(notices[one.submission]),
        ]
        for one in graded.records
    ]
    checks = [
        [
            *(one.submission, one.attempt, part.id, check.id, check.kind, check.visibility, check.verdict.value),
            *(check.score, check.max_score, check.bonus, check.mistake, check.answer, check.message),
        ]
        for one in graded.records
        for part, check in checks_of(one)
    ]
    files = {"submissions.csv": table(_SUBMISSION, submissions), "checks.csv": table(_CHECK, checks)}
    return Export(files, (f"{len(submissions)} submissions, {len(checks)} checks",))
