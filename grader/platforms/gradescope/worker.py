"""Grades the order on stdin and prints `results.json` with the log for instructors: `python -m` this module.

Owns nothing but the two; what the file says belongs to `reports.gradescope_results`, and it is written by
`grader.platforms.gradescope.run`, which outlives this process.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from grader.assignment.model import Assignment
from grader.platforms.grade_one import answer, staff_lines
from grader.records import GradeRecord
from reports.gradescope_results import Result, results


def shape(record: GradeRecord, assignment: Assignment, given: Mapping[str, Any]) -> Result:
    """The file, and the log for instructors."""
    return {"results": results(record, assignment, given["hidden"]), "log": list(staff_lines(record))}


if __name__ == "__main__":
    sys.exit(answer(shape))
