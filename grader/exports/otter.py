"""otter-grader: `final_grades.csv`, as its own batch mode writes it."""

from __future__ import annotations

from grader.exports.base import Export, GradedClass, Wishes, is_open, register, told_open
from grader.files.csv_cells import Verbatim, table
from grader.records import GradeRecord

_WHOLE = "points-per-question"


@register("otter", says="final_grades.csv as otter-grader writes it", takes=("provisional",))
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    questions = sorted(part.id for part in graded.assignment.parts)
    worth = {part.id: part.points for part in graded.assignment.parts}
    rows: list[list[object]] = [[_WHOLE, *(worth[name] for name in questions), sum(worth.values()), 1, Verbatim("--")]]
    rows += [_row(record, questions, wishes.provisional) for record in graded.records]
    header = ["file", *questions, "total_points_earned", "percent_correct", "grading_status"]
    waiting = [record.submission for record in graded.records if is_open(record)]
    left = "without a total (--provisional counts what is decided)"
    messages = told_open(waiting, left, provisional=wishes.provisional)
    return Export({"final_grades.csv": table(header, rows)}, tuple(messages), {"open": waiting})


def _row(record: GradeRecord, questions: list[str], provisional: bool) -> list[object]:
    """The row of a submission; undecided parts and totals are empty, and the status says why."""
    parts = {part.id: part for part in record.parts}
    undecided = {part.id for part in record.parts if any(check.score is None for check in part.checks)}
    scores = [
        parts[name].score if name in parts and (provisional or name not in undecided) else None for name in questions
    ]
    if undecided and not provisional:
        reason = "Fault of the grader: grade again" if record.has_harness_error else "Waits for a person"
        return [record.submission, *scores, None, None, f"{reason}: {', '.join(sorted(undecided))}"]
    share = record.score / record.max_score if record.max_score else 0.0
    return [record.submission, *scores, record.score, round(share, 6), "Completed"]
