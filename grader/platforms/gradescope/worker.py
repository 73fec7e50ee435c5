"""The grading process in Gradescope's container: grades the order on stdin and prints the results as JSON.

Owns joining results and the instructors' log. The content of `results.json` belongs to `reports.gradescope_results`;
the file is written by `grader.platforms.gradescope.run`, which starts this module with `python -m`.
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
    """The content of `results.json`, and the log for instructors."""
    return {"results": results(record, assignment, given["hidden"]), "log": list(staff_lines(record))}


if __name__ == "__main__":
    sys.exit(answer(shape))
