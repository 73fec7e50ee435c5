"""Which attempt of each student counts, told from the heads of records, and the effective records of a class.

Owns grouping a class's attempts by student, by the learning platform's own ids and never by similar names. To tell
which counts, records are read only where a student has several attempts and the best one counts. What makes an attempt
the best belongs to `effective`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.gradebook.heads import Head
from grader.grouping import by_key
from grader.records import GradeRecord
from grader.results.course import Course
from grader.results.effective import effective_records, held_back, that_counts
from grader.results.regrade_requests import answered
from grader.results.roster_match import Matched, match
from grader.submission.downloads import whose

_AT_ONCE = 50
"""Records that are read together."""


@dataclass(frozen=True)
class Counting:
    """The attempt of a student that counts, and the others of theirs."""

    head: Head
    others: tuple[Head, ...] = ()


def counting_attempts(course: Course) -> list[Counting]:
    """The attempt of every student that counts, by submission: the last one, or the best one after lateness."""
    heads = course.gradebook.heads.latest()
    matched = match(course.roster, heads)
    found = [_of(attempts, course, matched) for attempts in by_student(heads)]
    return sorted(found, key=lambda one: one.head.submission)


def by_student(heads: Iterable[Head]) -> Iterable[Sequence[Head]]:
    """The attempts of each student, as the platform tells students apart; without one, those of each submission."""
    return by_key((whose(head.student) or f"submission {head.submission}", head) for head in heads).values()


def _of(attempts: Sequence[Head], course: Course, matched: Matched) -> Counting:
    gradebook, assignment = course.gradebook, course.assignment
    counts = max(attempts, key=lambda head: head.attempt)
    if len(attempts) > 1 and assignment.attempts == "best":
        read = gradebook.numbered([one.record for one in attempts])
        overrides = gradebook.overrides({one.submission for one in attempts})
        best = that_counts(effective_records(read, overrides, assignment, matched), "best")
        counts = next(one for one in attempts if (one.submission, one.attempt) == (best.submission, best.attempt))
    return Counting(counts, tuple(one for one in attempts if one is not counts))


def effective_class(course: Course) -> list[GradeRecord]:
    """The effective record of every student, sorted by submission; of several attempts the one that counts."""
    return list(each_effective(course))


def each_effective(course: Course) -> Iterator[GradeRecord]:
    """The records of `effective_class`, a few of which are held at once: a thousand take a gigabyte of memory."""
    gradebook = course.gradebook
    matched, overrides = match(course.roster, gradebook.heads.latest()), gradebook.overrides()
    requests, holds = gradebook.requests.all(), gradebook.holds.in_force()
    counting = [one.head.record for one in counting_attempts(course)]
    for start in range(0, len(counting), _AT_ONCE):
        records = gradebook.numbered(counting[start : start + _AT_ONCE])
        for record in effective_records(records, overrides, course.assignment, matched):
            yield held_back(answered(record, requests), holds)
