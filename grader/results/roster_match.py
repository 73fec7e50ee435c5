"""Matching the submissions of a class with the students of its roster.

Owns whose each submission is, and who is left. Only exact matches count; ambiguous ones are listed for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.gradebook.heads import Head
from grader.grouping import by_key
from grader.results.lookup import HandedIn
from grader.results.roster import IDENTIFYING, Roster, Student, normal
from grader.submission.downloads import is_loose
from grader.submission.model import CLAIMED


@dataclass(frozen=True)
class Matched:
    """Submissions matched with students.

    `by_submission` maps submission ids to students. `absent` are students without a submission, but for excused ones;
    `unknown` are submissions that match no student. `duplicates` lists students with several submissions, all of
    which are also in `by_submission`. `ambiguous` lists submissions that match several students; they are in none of
    these. `claims` lists submissions whose files say that they are a student's who, as far as platform and roster
    tell, handed in something else; they count as that student's in none of the others.
    """

    by_submission: Mapping[str, Student] = field(default_factory=dict)
    absent: tuple[Student, ...] = ()
    unknown: tuple[str, ...] = ()
    duplicates: tuple[tuple[Student, tuple[str, ...]], ...] = ()
    ambiguous: tuple[tuple[str, tuple[Student, ...]], ...] = ()
    claims: tuple[tuple[str, Student], ...] = ()


def match(roster: Roster | None, records: Sequence[HandedIn]) -> Matched:
    """Match the submissions of a whole class with students; nobody is matched without a roster.

    By id, else by email, else by name; case and encoding of accents do not matter. Whose one submission is may depend
    on all others. The submission's own id (the name of its folder or file) counts as the student's id if no platform
    gave one. What the files claim counts only where neither says whose they are, or leaves it open between several of
    one name, and for nobody who is known to have handed in.
    """
    if roster is None:
        return Matched()
    owners: dict[str, Student] = {}
    ambiguous: dict[str, tuple[Student, ...]] = {}
    claims: dict[str, Student] = {}
    ordered = sorted(records, key=lambda record: record.submission)
    for record in ordered:
        candidates = _candidates(_known(record), roster.index)
        if len(candidates) == 1:
            owners[record.submission] = candidates[0]
        elif candidates:
            ambiguous[record.submission] = candidates
    claimed = [(record, _candidates(_claimed(record), roster.index)) for record in ordered]
    named = Counter(candidates[0] for _, candidates in claimed if len(candidates) == 1)
    once = {student for student, times in named.items() if times == 1} - set(owners.values())
    for record, candidates in claimed:  # of those who could be meant, the one whom these files name and no others do
        if len(candidates) == 1 and once.intersection(candidates, ambiguous.get(record.submission, ())):
            owners[record.submission] = candidates[0]
            del ambiguous[record.submission]
    sure = set(owners.values())
    for record, candidates in claimed:
        mine = owners.get(record.submission)
        open_ = mine is None and record.submission not in ambiguous and is_loose(record.student)
        if len(candidates) == 1 and (candidates[0] in sure or not open_):
            if candidates[0] != mine:
                claims[record.submission] = candidates[0]
        elif open_ and len(candidates) == 1:
            owners[record.submission] = candidates[0]
        elif open_ and candidates:
            ambiguous[record.submission] = candidates
    handed_in = by_key((student, submission) for submission, student in sorted(owners.items()))
    maybe = {student for students in ambiguous.values() for student in students}
    known = handed_in.keys() | maybe
    return Matched(
        by_submission=owners,
        absent=tuple(one for one in roster.students if one not in known and not one.terms.excused),
        unknown=tuple(sorted({record.submission for record in records} - owners.keys() - ambiguous.keys())),
        duplicates=tuple((student, tuple(which)) for student, which in handed_in.items() if len(which) > 1),
        ambiguous=tuple(sorted(ambiguous.items())),
        claims=tuple(claims.items()),
    )


def one_by_one(roster: Roster | None, found: Sequence[HandedIn]) -> Callable[[HandedIn], Matched]:
    """Matches single submissions while others of their class are not read yet.

    What their files claim counts for nobody whom platform, or name of a file or folder, knows to have handed in.

    Args:
        roster: that of the class.
        found: every submission of the class, without what its files claim where these are not read.
    """
    owners = match(roster, found).by_submission
    places = {owners[one.submission]: one for one in found if one.submission in owners}

    def matched(record: HandedIn) -> Matched:
        owner = match(roster, [record]).by_submission.get(record.submission)
        known = places.get(owner) if owner else None
        return match(roster, [record, known] if known and known.submission != record.submission else [record])

    return matched


def with_facts(heads: Sequence[Head], roster: Roster | None) -> list[Head]:
    """The heads of a class, each with what the roster says of its student."""
    owners = match(roster, heads).by_submission
    return [
        replace(one, student={**one.student, **owners[one.submission].facts}) if one.submission in owners else one
        for one in heads
    ]


def _known(record: HandedIn) -> dict[str, str]:
    """What platform or staff say of whose a submission is: the platform's facts, or the name of the file or folder."""
    facts = {} if is_loose(record.student) else {key: record.student.get(key, "") for key in IDENTIFYING}
    own = facts.get("id") or record.submission
    return {**facts, "id": own, "login": own}


def _claimed(record: HandedIn) -> dict[str, str]:
    """What the files themselves say of whose they are."""
    if not is_loose(record.student):
        return dict.fromkeys(("id", "login", "name"), record.student.get(CLAIMED, ""))
    facts = {key: record.student.get(key, "") for key in IDENTIFYING}
    return {**facts, "login": facts["id"]}


def _candidates(
    facts: Mapping[str, str], index: Mapping[str, Mapping[str, tuple[Student, ...]]]
) -> tuple[Student, ...]:
    if facts.get("canvas") and index["canvas"]:  # recognised by Canvas's own number, or not at all
        return index["canvas"].get(normal(facts["canvas"], "canvas"), ())
    for key in IDENTIFYING:
        if facts.get(key) and (found := index[key].get(normal(facts[key], key))):
            return found
    return ()
