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
from grader.results.effective import by_student, checks_of, effective_record, effective_records, in_force, that_counts
from grader.results.roster import Roster


def wanted(gradebook: Gradebook, assignment: Assignment, roster: Roster | None) -> Wanted:
    """What should wait for a person in a class, besides undecided checks.

    To save time, records are read only of students with several attempts, and where a person decided something.

    Args:
        gradebook: the gradebook.
        assignment: says which attempt counts, and which checks depend on which.
        roster: says who has more time, since the best attempt is the best one after lateness.
    """
    overrides = gradebook.overrides()
    counting, passed_over = _attempts(gradebook, overrides, assignment, roster)
    anew = {record.submission: record for record in counting}
    aside = {record.submission for record in passed_over}
    opened: dict[Place, str] = {}
    shut: set[Place] = set()
    latest = gradebook.records() if overrides else {}
    for submission in sorted(({one.submission for one in overrides} & latest.keys()) - aside):
        record = anew.setdefault(submission, latest[submission][0])
        opened |= _opened(record, overrides, assignment)
        shut |= _shut(record, overrides, assignment)
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


def _gates(assignment: Assignment) -> set[str]:
    """Checks that others depend on."""
    return {gate for check in checks_of(assignment).values() for gate in check.after}


def _asked(gradebook: Gradebook) -> set[Place]:
    """The checks that students asked about, answered ones included, so that these can be looked at again."""
    return {(request.submission, request.check_id) for request in gradebook.requests.all()}


def _attempts(
    gradebook: Gradebook, overrides: Sequence[Override], assignment: Assignment, roster: Roster | None
) -> tuple[list[GradeRecord], list[GradeRecord]]:
    """For students with several attempts: the records that count, and those of their other submissions."""
    if not gradebook.several_attempts():
        return [], []
    raw = {(record.submission, record.attempt): record for record in gradebook.attempts()}
    counting: list[GradeRecord] = []
    passed_over: dict[str, GradeRecord] = {}
    for attempts in by_student(effective_records(list(raw.values()), overrides, assignment, roster)):
        if len(attempts) > 1:
            counts = that_counts(attempts, assignment.attempts)
            counting.append(raw[counts.submission, counts.attempt])
            passed_over |= {
                one.submission: raw[one.submission, one.attempt]
                for one in attempts
                if one.submission != counts.submission
            }
    return counting, list(passed_over.values())


def _opened(record: GradeRecord, overrides: Sequence[Override], assignment: Assignment) -> dict[Place, str]:
    """Why checks that the grader decided wait, or waited until a person decided them, due to an override."""
    mine = [one for one in overrides if one.submission == record.submission]
    checks = checks_of(assignment)
    decided = {name for name, check in checks.items() if check.after} - _undecided(record)
    waits = _undecided(effective_record(record, mine, None, checks))
    for name in decided & in_force(record, mine).keys():
        waits |= _undecided(effective_record(record, [one for one in mine if one.check_id != name], None, checks)) & {
            name
        }
    opened = dict.fromkeys(decided & waits, OPENED) | dict.fromkeys(_changed(record, mine), CHANGED)
    return {(record.submission, name): why for name, why in opened.items()}


def _changed(record: GradeRecord, overrides: Sequence[Override]) -> set[str]:
    """Checks that the grader decided, and a person on another answer or on other files than there are now."""
    now = {check.id: made_on(record, check) for part in record.parts for check in part.checks if check.verdict.decided}
    return {
        one.check_id
        for one in overrides
        if one.attempt == record.attempt and one.score is not None and one.digest != now.get(one.check_id, one.digest)
    }


def _shut(record: GradeRecord, overrides: Sequence[Override], assignment: Assignment) -> set[Place]:
    """Undecided checks that do not wait any more, because a person gave no credit for a check they depend on."""
    mine = [one for one in overrides if one.submission == record.submission]
    waits = _undecided(effective_record(record, mine, None, checks_of(assignment)))
    return {(record.submission, name) for name in _undecided(record) - waits - in_force(record, mine).keys()}


def _undecided(record: GradeRecord) -> set[str]:
    return {check.id for part in record.parts for check in part.checks if not check.verdict.decided}
