"""Tables in CSV: one row per submission, as in `grades.csv`, and one per check."""

from __future__ import annotations

from grader.exports.base import Export, GradedClass, Wishes, check_facts, register
from grader.files.csv_cells import table
from grader.results.grade_table import grade_table

_CHECK = (
    *("submission", "attempt", "part", "check", "kind", "visibility", "verdict", "score", "max_score", "bonus"),
    *("mistake", "answer", "message"),
)


@register("csv", says="tidy tables: submissions.csv and checks.csv")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    checks = [[facts[column] for column in _CHECK] for one in graded.records for facts in check_facts(one)]
    files = {"submissions.csv": grade_table(graded.records, graded.assignment), "checks.csv": table(_CHECK, checks)}
    return Export(files, (f"{len(graded.records)} submissions, {len(checks)} checks",))
