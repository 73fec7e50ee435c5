"""A record as otter's questions and cases.

Owns the name, points and message of each case, and which are hidden. Run with `python -m`, it grades the order on
stdin and prints the questions; `grader.platforms.otter.plugin` puts them into otter's results.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from grader.assignment.model import Assignment, Part
from grader.platforms.grade_one import answer, staff_lines
from grader.records import CheckRecord, GradeRecord, PartRecord
from reports.steps import next_steps
from reports.summary import summarize
from reports.terminal import notice_line, outcome_line, step_lines, summary_lines
from reports.visibility import sealed_ids, seen_parts, unscored_ids


def questions(record: GradeRecord, assignment: Assignment) -> list[dict[str, Any]]:
    """One question per part, with its name, its score, and its checks as cases."""
    parts = {part.id: part for part in assignment.parts}
    return [
        {
            "name": part.id,
            "score": part.score,
            "cases": [_case(check, _hidden(parts[part.id], part)) for check in part.checks],
        }
        for part in record.parts
        if part.id in parts
    ]


def _hidden(part: Part, record: PartRecord) -> frozenset[str]:
    """What Otter must hide: what is sealed, and what earns its points beside something sealed."""
    sealed = sealed_ids(part.checks, record.checks)
    return sealed | unscored_ids(part.checks, sealed)


def _case(check: CheckRecord, sealed: frozenset[str]) -> dict[str, Any]:
    return {
        "name": check.id,
        "points": 0.0 if check.bonus else check.max_score,
        "hidden": check.id in sealed,
        "passed": check.score is not None and check.score >= check.max_score,
        "message": outcome_line(check),
    }


def shape(record: GradeRecord, assignment: Assignment, _given: Mapping[str, Any]) -> dict[str, Any]:
    """The questions, the text for the student at the top, and the log for staff."""
    seen = seen_parts(record, assignment)
    notices = [notice_line(notice.where, notice.message) for notice in record.notices]
    return {
        "questions": questions(record, assignment),
        "score": record.score,
        "says": [*summary_lines(summarize(record, seen)), *notices, *step_lines(next_steps(seen, record.notices))],
        "log": list(staff_lines(record)),
    }


if __name__ == "__main__":
    sys.exit(answer(shape))
