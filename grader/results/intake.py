"""Which checks get an entry on the marking desk: what a release waits for, and what students ask about.

Owns which attempts are marked, and which checks a mark opens or shuts. Keeping the entries belongs to
`grader.gradebook.pending_index`.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.model import Assignment
from grader.gradebook import Gradebook, Override
from grader.gradebook.pending import CHANGED, OPENED
from grader.gradebook.pending_index import Place, Wanted
from grader.gradebook.records import made_on
from grader.records import GradeRecord
from grader.results.attempts import counting_attempts
from grader.results.course import Course
from grader.results.effective import by_submission, effective_record, in_force


def wanted(course: Course) -> Wanted:
    """What should wait for a person in a class, besides undecided checks.

    To save time, records are read only of students with several attempts, and where a decision of a person may open or
    shut something: where others depend on it, or where it was made before what stands there was graded.
    """
    gradebook, assignment = course.gradebook, course.assignment
    overrides = gradebook.overrides()
    counting, passed_over = _attempts(course)
    anew = {record.submission: record for record in counting}
    aside = {record.submission for record in passed_over}
    opened: dict[Place, str] = {}
    shut: set[Place] = set()
    decided = by_submission(overrides)
    graded = gradebook.graded_at()
    linked = _linked(assignment)
    for submission in sorted(decided.keys() & graded.keys() - aside):
        mine = decided[submission]
        if all(one.check_id not in linked and one.made_at > graded[submission] for one in mine):
            continue
        record = anew.setdefault(submission, gradebook.latest(submission))
        opened |= _opened(record, mine, assignment)
        shut |= _shut(record, mine, assignment)
    return Wanted(_asked(gradebook), opened, shut, list(anew.values()), passed_over)


def follow(gradebook: Gradebook, assignment: Assignment, decisions: Sequence[Override]) -> None:
    """Update the entries of checks that depend on checks that were just decided.

    Reads only the records of the submissions concerned.

    Args:
        gradebook: the gradebook, which holds the decisions already.
        assignment: says which checks depend on which.
        decisions: new overrides of attempts that count.
    """
    gates = _gates(assignment)
    moved = {(one.submission, one.attempt) for one in decisions if one.check_id in gates}
    asked, overrides = (_asked(gradebook), gradebook.overrides()) if moved else (set(), [])
    for submission, attempt in sorted(moved):
        record = gradebook.record(submission, attempt)
        if record is not None:
            mine = {place for place in asked if place[0] == submission}
            opened, shut = _opened(record, overrides, assignment), _shut(record, overrides, assignment)
            gradebook.index.read_one(record, Wanted(mine, opened, shut))


def _linked(assignment: Assignment) -> set[str]:
    """Checks that others depend on, and these others."""
    return _gates(assignment) | {name for name, check in assignment.checks.items() if check.after}


def _gates(assignment: Assignment) -> set[str]:
    """Checks that others depend on."""
    return {gate for check in assignment.checks.values() for gate in check.after}


def _asked(gradebook: Gradebook) -> set[Place]:
    """The checks that students asked about, answered ones included, so that these can be looked at again."""
    return {(request.submission, request.check_id) for request in gradebook.requests.all()}


def _attempts(course: Course) -> tuple[list[GradeRecord], list[GradeRecord]]:
    """For students with several attempts: the records that count, and those of their other submissions."""
    several = [one for one in counting_attempts(course) if one.others]
    aside = [other for one in several for other in one.others if other.submission != one.head.submission]
    counting, passed_over = (
        {head.submission: course.gradebook.record(head.submission, head.attempt) for head in heads}
        for heads in ([one.head for one in several], aside)
    )
    return [one for one in counting.values() if one], [one for one in passed_over.values() if one]


def _opened(record: GradeRecord, overrides: Sequence[Override], assignment: Assignment) -> dict[Place, str]:
    """Why checks that the grader decided wait, or waited until a person decided them, due to an override."""
    mine = [one for one in overrides if one.submission == record.submission]
    checks = assignment.checks
    decided = {name for name, check in checks.items() if check.after} - _undecided(record)
    waits = _undecided(effective_record(record, mine, None, checks))
    for name in decided & in_force(record, mine).keys():
        others = [one for one in mine if one.check_id != name]
        waits |= _undecided(effective_record(record, others, None, checks)) & {name}
    opened = dict.fromkeys(decided & waits, OPENED) | dict.fromkeys(_changed(record, mine), CHANGED)
    return {(record.submission, name): why for name, why in opened.items()}


def _changed(record: GradeRecord, overrides: Sequence[Override]) -> set[str]:
    """Checks that the grader decided, and a person on another answer or on other files than there are now."""
    now = {check.id: made_on(record, check) for check in record.checks if check.verdict.decided}
    return {
        one.check_id
        for one in overrides
        if one.attempt == record.attempt and one.score is not None and one.digest != now.get(one.check_id, one.digest)
    }


def _shut(record: GradeRecord, overrides: Sequence[Override], assignment: Assignment) -> set[Place]:
    """Undecided checks that do not wait any more, because a person gave no credit for a check they depend on."""
    mine = [one for one in overrides if one.submission == record.submission]
    waits = _undecided(effective_record(record, mine, None, assignment.checks))
    return {(record.submission, name) for name in _undecided(record) - waits - in_force(record, mine).keys()}


def _undecided(record: GradeRecord) -> set[str]:
    return {check.id for check in record.checks if not check.verdict.decided}
