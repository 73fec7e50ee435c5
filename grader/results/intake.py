"""Which checks get an entry on the marking desk: what a release waits for, and what students ask about.

Owns which attempts are marked, and which checks a person's decision opens or shuts. Keeping the entries belongs to
`grader.gradebook.pending_index`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from grader.assignment.model import Assignment
from grader.gradebook import Gradebook, Override
from grader.gradebook.pending import CHANGED, OPENED, Entry, entries_of, undecided
from grader.records import GradeRecord
from grader.results.attempts import counting_attempts
from grader.results.course import Course
from grader.results.effective import by_submission, effective_record, in_force


def read_queue(course: Course, progress: Callable[[int], None] = lambda done: None) -> tuple[int, Collection[str]]:
    """Bring the queue of the marking desk up to date, as a desk does that is started or told to read again.

    To save time, records are read as a whole only of students with several attempts or a request, and where a decision
    of a person may open or shut something: where others depend on it, or where it was made before what stands there was
    graded.

    Returns:
        How many records were new, and the submissions of which only what was asked about waits: another one counts.
    """
    gradebook, assignment = course.gradebook, course.assignment
    asked, decided, graded = _asked(gradebook), by_submission(gradebook.overrides()), gradebook.graded_at()
    counting, linked = counting_attempts(course), _linked(assignment)
    counts = {one.head.submission for one in counting}
    aside = {other.submission: other for one in counting for other in one.others if other.submission not in counts}
    apart: dict[str, list[Entry]] = {}
    for one in counting:
        name, decisions = one.head.submission, decided[one.head.submission]
        moved = any(one.check_id in linked or one.made_at <= graded[name] for one in decisions)
        if one.others or moved or asked[name]:
            (record,) = gradebook.numbered([one.head.record])
            apart[name] = list(entries_of(record, asked[name] | waiting(record, decisions, assignment)))
    for name, head in aside.items():
        read = gradebook.numbered([head.record] if asked[name] else [])
        apart[name] = [entry for record in read for entry in entries_of(record, asked[name])]
    return gradebook.index.read(apart, progress), aside.keys()


def follow(gradebook: Gradebook, assignment: Assignment, decisions: Sequence[Override]) -> None:
    """Update the entries of checks that depend on checks that were just decided.

    Reads only the records of the submissions concerned.

    Args:
        gradebook: the gradebook, which holds the decisions already.
        assignment: says which checks depend on which.
        decisions: new overrides of attempts that count.
    """
    gates = _gates(assignment)
    for submission, attempt in sorted({(one.submission, one.attempt) for one in decisions if one.check_id in gates}):
        record = gradebook.record(submission, attempt)
        if record is not None:
            waits = waiting(record, gradebook.overrides({submission}), assignment)
            gradebook.index.replace(submission, entries_of(record, _asked(gradebook)[submission] | waits))


def waiting(record: GradeRecord, overrides: Sequence[Override], assignment: Assignment) -> dict[str, str]:
    """The checks of a record that wait for a person, or waited until a person decided them, as `entries_of` takes them.

    These are what is undecided with every decision of a person applied but the one about the check itself.
    """
    by_grader = undecided(record)

    def left_open(decisions: Sequence[Override]) -> dict[str, str]:
        effective = effective_record(record, decisions, None, assignment.checks)
        return {check.id: check.message for check in effective.checks if not check.verdict.decided}

    waits = left_open(overrides)
    for name, decision in in_force(record, overrides).items():
        others = [one for one in overrides if (one.check_id, one.digest) != (name, decision.digest)]
        before = by_grader if name in by_grader else left_open(others)
        waits |= {name: before[name]} if name in before else {}
    reasons = {name: CHANGED if says == CHANGED else OPENED for name, says in waits.items()}
    return reasons | {name: "" for name in waits.keys() & by_grader.keys()}


def _linked(assignment: Assignment) -> set[str]:
    """Checks that others depend on, and these others."""
    return _gates(assignment) | {name for name, check in assignment.checks.items() if check.after}


def _gates(assignment: Assignment) -> set[str]:
    """Checks that others depend on."""
    return {gate for check in assignment.checks.values() for gate in check.after}


def _asked(gradebook: Gradebook) -> Mapping[str, dict[str, str]]:
    """The checks that students asked about, by submission: answered ones too, so that these can be looked at again."""
    asked: dict[str, dict[str, str]] = defaultdict(dict)
    for request in gradebook.requests.all():
        asked[request.submission][request.check_id] = ""
    return asked
