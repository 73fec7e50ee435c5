"""The table of a class: one row per submission, whatever happened to it, and one per file that is none.

Owns its columns; `grades.csv` and the export `csv` are this table.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.model import Assignment
from grader.files.csv_cells import Verbatim, table
from grader.records import GradeRecord, Verdict
from reports.notices import class_notices

_WHO = {"submission": "", "name": "name", "student_id": "id"}
"""Columns that say who somebody is, and the fact of the student in each."""
_TOTALS = ("score", "max_score", "awaiting_review", "late_deduction")
_MORE = ("email", "attempt", "submitted_at", "slip_days_used", "notices")


def grade_table(
    records: Sequence[GradeRecord], assignment: Assignment, not_taken: Sequence[tuple[str, str]] = ()
) -> bytes:
    """The table as CSV. Undecided points are counted apart, never as 0.

    `score` is the total after the late deduction; the scores of parts are before it.

    Args:
        records: the effective record of every submission.
        assignment: whose parts are columns.
        not_taken: (name, reason) of what lay among the submissions and is none.
    """
    parts, notices = [part.id for part in assignment.parts], class_notices(records)
    header = [*_WHO, *_TOTALS, "status", "undecided", *parts, *_MORE]
    rows = [_row(record, parts, "; ".join(notices[record.submission])) for record in records]
    return table(header, [*rows, *(_not_taken_row(name, why, len(header)) for name, why in not_taken)])


def _not_taken_row(name: str, why: str, columns: int) -> list[object]:
    before = [name, *("" for _ in (*_WHO, *_TOTALS)[1:]), f"not taken: {why}"]
    return [*before, *("" for _ in range(columns - len(before)))]


def _row(record: GradeRecord, parts: Sequence[str], notices: str) -> list[object]:
    scores = {part.id: part.score for part in record.parts}
    undecided = sum(check.verdict is Verdict.UNDECIDED for check in record.checks)
    totals = [_number(getattr(record, total)) for total in _TOTALS]
    who = [record.student.get(fact, "") for fact in _WHO.values() if fact]
    of_parts = [_number(scores.get(part)) for part in parts]
    more = [record.student.get("email", ""), record.attempt, record.submitted_at, record.slip_days_used, notices]
    return [record.submission, *who, *totals, status(record), undecided, *of_parts, *more]


def _number(value: float | None) -> Verbatim | None:
    return None if value is None else Verbatim(f"{value:.10g}")


def status(record: GradeRecord) -> str:
    """The status of a submission in one word: `graded`, `awaiting_review` or `harness_error`."""
    if record.has_harness_error:
        return "harness_error"
    return "awaiting_review" if record.awaiting_review else "graded"
