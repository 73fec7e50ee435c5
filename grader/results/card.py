"""One student's card: every attempt, decision and request, lateness and files, in one place.

Owns what belongs to a student, and finding them by whatever staff knows. It reads the student's records alone, so that
a class of any size is searched at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.gradebook import Override
from grader.gradebook.heads import Head
from grader.gradebook.holds import Hold, in_effect
from grader.gradebook.regrade_requests import Request
from grader.records import GradeRecord
from grader.results.attempts import by_student
from grader.results.course import Course
from grader.results.effective import effective_records, held_back, in_force, that_counts
from grader.results.lookup import find_submission
from grader.results.regrade_requests import answered
from grader.results.roster import Roster
from grader.results.roster_match import match, with_facts


@dataclass(frozen=True)
class Attempt:
    """One attempt: its effective record, whether it counts, and where its files were when it was graded."""

    record: GradeRecord
    counts: bool
    files: str


@dataclass(frozen=True)
class Card:
    """Everything about one student. `in_force` are the decisions that count for the attempt that counts, by check.

    `holds` are results that were held back and let go, oldest first; `released` says in words what is released.
    """

    attempts: tuple[Attempt, ...]
    decisions: tuple[Override, ...]
    in_force: dict[str, Override]
    requests: tuple[Request, ...]
    holds: tuple[Hold, ...]
    released: str

    @property
    def counting(self) -> GradeRecord:
        """The effective record that counts."""
        return next(attempt.record for attempt in self.attempts if attempt.counts)

    @property
    def held(self) -> dict[str, Hold]:
        """The holds in force, by what they are about."""
        return {one.target: one for one in in_effect(self.holds)}

    @property
    def submissions(self) -> tuple[str, ...]:
        """The ids of the student's submissions."""
        return tuple(dict.fromkeys(attempt.record.submission for attempt in self.attempts))


def find_person(heads: Sequence[Head], wanted: str, roster: Roster | None, place: str) -> str:
    """The id of the last submission of a student, by id, name, number or e-mail address, the roster's included.

    Raises:
        NotFound: nobody is called so, or several are.
    """
    named = with_facts(heads, roster)
    if wanted in {one.submission for one in named}:
        return wanted
    last = [max(attempts, key=lambda head: head.attempt) for attempts in by_student(named)]
    return find_submission(last, wanted, place)


def student_card(course: Course, heads: Sequence[Head], submission: str) -> Card:
    """The card of the student whose submission this is.

    Args:
        course: the class; the roster's names and terms count.
        heads: of the whole class, as `Heads.latest` lists them.
        submission: the id of any of the student's submissions.
    """
    gradebook, assignment = course.gradebook, course.assignment
    mine = next(found for found in by_student(heads) if submission in {one.submission for one in found})
    raw = gradebook.numbered([one.record for one in mine])
    ids = {head.submission for head in mine}
    overrides = gradebook.overrides(ids)
    requests = [one for one in gradebook.requests.all() if one.submission in ids]
    holds = gradebook.holds.all(ids)
    effective = effective_records(raw, overrides, assignment, match(course.roster, heads))
    records = [held_back(answered(one, requests), in_effect(holds)) for one in effective]
    counts = that_counts(records, assignment.attempts)
    sources = [gradebook.gradings.source(one.submission, one.attempt) for one in records]
    return Card(
        attempts=tuple(
            Attempt(record, record is counts, str(source.path) if source else "")
            for record, source in zip(records, sources, strict=True)
        ),
        decisions=tuple(overrides),
        in_force=in_force(raw[records.index(counts)], overrides),
        requests=tuple(requests),
        holds=tuple(holds),
        released=gradebook.releases.latest().says(counts),
    )
