"""JUnit XML: one suite per submission, one case per check.

Owns how verdicts map to JUnit's results; the format belongs to `files.junit_xml`.
"""

from __future__ import annotations

from dataclasses import replace

from grader.exports.base import Export, GradedClass, Wishes, checks_of, points, register
from grader.files.junit_xml import Case, Suite, junit_xml
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from reports.notices import class_notices

_TOTALS = ("score", "max_score", "late_deduction", "awaiting_review")


@register("junit", says="JUnit XML, one suite per submission")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    notices = class_notices(graded.records)
    suites = [_suite(record, "; ".join(notices[record.submission])) for record in graded.records]
    return Export({"junit.xml": junit_xml(graded.assignment.title, suites)})


def _suite(record: GradeRecord, notices: str) -> Suite:
    cases = [_case(record, part, check) for part, check in checks_of(record)]
    properties = {name: points(getattr(record, name)) for name in _TOTALS} | ({"notices": notices} if notices else {})
    return Suite(record.submission, cases, record.submitted_at or "", properties)


def _case(record: GradeRecord, part: PartRecord, check: CheckRecord) -> Case:
    """A check as a case. Partial credit is a failure, since the format has nothing in between."""
    case = Case(f"{record.submission}.{part.id}", check.id, check.seconds)
    if check.verdict is Verdict.CORRECT and check.score is not None:
        return case
    earned = "not decided" if check.score is None else f"{points(check.score)} of {points(check.max_score)}"
    return replace(
        case,
        result="error" if check.verdict is Verdict.HARNESS_ERROR else "skipped" if check.score is None else "failure",
        message=f"{check.verdict}, {earned}: {check.message}",
        details="\n".join(f"{label}: {fact}" for label, fact in check.details),
    )
