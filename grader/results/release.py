"""Releasing results to students.

Owns whom a release is for, what holds it back, which reports it writes, and whose result differs from what was told
before. Rendering belongs to `publish`, points to `effective`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.model import Assignment
from grader.errors import UsageError, did_you_mean
from grader.gradebook import Gradebook
from grader.gradebook.pending import CHANGED
from grader.gradebook.regrade_requests import Request
from grader.gradebook.releases import Release, Result
from grader.records import GradeRecord, Verdict
from grader.results.effective import effective_class
from grader.results.lookup import find_submission
from grader.results.publish import is_published, publish_class, publish_record
from grader.results.roster import Roster

_OPEN = {
    Verdict.HARNESS_ERROR: "left open by a fault of ours: grade again",
    Verdict.UNDECIDED: "not decided by the judge",
    Verdict.NEEDS_REVIEW: "not marked by a person yet",
}


_DECIDED_BEFORE = "decided by a person on what was handed in before, which has changed since"


@dataclass(frozen=True)
class Obstacle:
    """A reason why results should not be released yet: one check, and the submissions concerned."""

    check: str
    reason: str
    submissions: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.submissions[:5]) + (", …" if len(self.submissions) > 5 else "")
        return f"{self.check}: {len(self.submissions)} {self.reason} ({shown})"


@dataclass(frozen=True)
class ResultChange:
    """A change of one student's total or report since the last release; `before` is None if there was none."""

    submission: str
    before: float | None
    after: float

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.submission}: {self.after:g}, released for the first time"
        if self.before == self.after:
            return f"{self.submission}: {self.after:g} as before, but the report says something else"
        return f"{self.submission}: {self.before:g} → {self.after:g} ({self.after - self.before:+g})"


@dataclass(frozen=True)
class Chosen:
    """Whom a release is for: students as staff knows them, and sections of the roster; everybody if both are empty."""

    students: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def among(self, records: Sequence[GradeRecord]) -> set[str]:
        """The submissions that are meant.

        Raises:
            UsageError: a student or a section is not known.
        """
        if not (self.students or self.sections):
            return {record.submission for record in records}
        known = {record.student.get("section", "") for record in records} - {""}
        if unknown := [section for section in self.sections if section not in known]:
            there = f"there are: {', '.join(sorted(known))}" if known else "the roster names none"
            raise UsageError(f"there is no section {unknown[0]!r}{did_you_mean(unknown[0], known, there)}")
        of_sections = {one.submission for one in records if one.student.get("section") in self.sections}
        return of_sections | {find_submission(records, student, "this class") for student in self.students}


@dataclass(frozen=True)
class Released:
    """What a release did, or why it did nothing.

    `obstacles` hold all of it back; `held` holds back single students, who go on waiting. `changed` are those whose
    result differs from what they were told before, `first` those who are told one for the first time. `written` are
    the reports that were written anew.
    """

    obstacles: tuple[Obstacle, ...] = ()
    held: tuple[Obstacle, ...] = ()
    changed: tuple[ResultChange, ...] = ()
    first: tuple[ResultChange, ...] = ()
    written: tuple[str, ...] = ()
    total: int = 0


def release(
    gradebook: Gradebook,
    assignment: Assignment,
    roster: Roster | None,
    chosen: Chosen,
    author: str,
    *,
    unfinished: bool = False,
) -> Released:
    """Release results, and write the reports that change by it.

    Who asks about something that nobody has answered keeps what they have. What was released before stays released.

    Args:
        gradebook: the class, in the folder that holds its reports.
        assignment: the assignment that was graded.
        roster: names the sections, if there is one.
        chosen: whom the release is for.
        author: who releases.
        unfinished: release although something is open, to those who ask, too.

    Raises:
        UsageError: a student or a section is not known.
    """
    records = effective_class(gradebook, assignment, roster)
    requests = gradebook.requests.open()
    asking = set() if unfinished else {request.submission for request in requests}
    meant = chosen.among(records)
    ready = [record for record in records if record.submission in meant - asking]
    held = tuple(obstacles([], [request for request in requests if request.submission in meant & asking]))
    if not unfinished and (open_checks := obstacles(ready, [])):
        return Released(obstacles=tuple(open_checks), held=held)
    before = gradebook.releases.latest()
    told = results(ready)
    moved = changes(told, before)
    out = {**(before.results if before else {}), **{one.submission: one for one in told}}
    if moved or before is None:
        gradebook.releases.add(out.values(), author)
    return Released(
        held=held,
        changed=tuple(change for change in moved if change.before is not None),
        first=tuple(change for change in moved if change.before is None),
        written=_write(gradebook, assignment, records, before, out),
        total=len(ready),
    )


def undo_release(gradebook: Gradebook, assignment: Assignment, roster: Roster | None, author: str) -> Released:
    """Take the last release back: what was released before it is what is released.

    Raises:
        UsageError: there is no release.
    """
    last, earlier = gradebook.releases.latest(), gradebook.releases.before_latest()
    if last is None:
        raise UsageError("nothing was released yet, so there is nothing to undo")
    out = earlier.results if earlier else {}
    gradebook.releases.add(out.values(), author)
    records = effective_class(gradebook, assignment, roster)
    moved = changes([out[one.submission] for one in records if one.submission in out], last)
    return Released(changed=tuple(moved), written=_write(gradebook, assignment, records, last, out), total=len(out))


def _write(
    gradebook: Gradebook,
    assignment: Assignment,
    records: Sequence[GradeRecord],
    before: Release | None,
    now: Collection[str],
) -> tuple[str, ...]:
    """Write the reports that are not as they should be, and the pages of the class if there are any."""
    was = before.results if before else {}
    stale = [
        record
        for record in records
        if (record.submission in now) != (record.submission in was) or not is_published(record, gradebook.folder)
    ]
    for record in stale:
        earlier = gradebook.earlier_work(record)
        publish_record(record, assignment, gradebook.folder, released=record.submission in now, before=earlier)
    if stale:
        publish_class(records, assignment, gradebook.folder)
    return tuple(record.submission for record in stale)


def obstacles(records: Sequence[GradeRecord], requests: Sequence[Request]) -> list[Obstacle]:
    """The obstacles to a release by check and reason, those of most submissions first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        for part in record.parts:
            for check in part.checks:
                if check.score is None:
                    why = _DECIDED_BEFORE if check.message == CHANGED else _OPEN[check.verdict]
                    found[check.id, why].append(record.submission)
    for request in requests:
        found[request.check_id, "asked to be looked at again, and not answered"].append(request.submission)
    listed = [Obstacle(check, reason, tuple(who)) for (check, reason), who in found.items()]
    return sorted(listed, key=lambda obstacle: -len(obstacle.submissions))


def results(records: Sequence[GradeRecord]) -> list[Result]:
    """The result of every student, in the form that is kept to compare releases."""
    return [Result(one.submission, one.score, one.awaiting_review, _digest(one)) for one in records]


def changes(now: Sequence[Result], before: Release | None) -> list[ResultChange]:
    """The results that differ from the last release, in the order of `now`."""
    earlier: Mapping[str, Result] = before.results if before else {}
    return [
        ResultChange(
            result.submission, earlier[result.submission].score if result.submission in earlier else None, result.score
        )
        for result in now
        if result.submission not in earlier or earlier[result.submission].digest != result.digest
    ]


def _digest(record: GradeRecord) -> str:
    """A hash over everything in a record that the student reads: not times, versions or notes for staff."""
    said = [
        [
            check.id,
            check.verdict,
            check.score,
            check.max_score,
            check.message,
            check.reading,
            check.mistake,
            check.details,
        ]
        for part in record.parts
        for check in part.checks
    ]
    words = [record.score, record.max_score, record.awaiting_review, record.late_deduction, record.late_says, said]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
