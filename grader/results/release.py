"""Releasing results to students.

Owns whom a release is for, what holds it back, which reports it writes, and whose result differs from what was told
before. Rendering belongs to `publish`, points to `effective`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass

from grader.assignment.model import Assignment
from grader.errors import UsageError, did_you_mean
from grader.files.untrusted_text import one_line
from grader.gradebook import Gradebook
from grader.gradebook.holds import Hold
from grader.gradebook.pending import CHANGED
from grader.gradebook.records import TOTAL, part_of
from grader.gradebook.regrade_requests import Request
from grader.gradebook.releases import Release, Result
from grader.grading.score import rounded
from grader.records import EVERY_PART, GradeRecord, PartRecord, Verdict
from grader.results.effective import effective_class
from grader.results.lookup import find_submission
from grader.results.publish import is_published, publish_class, publish_record
from grader.results.roster import Roster

OPEN = {
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
    """Whom a release is for, and what of theirs.

    Students as staff knows them, and sections of the roster: everybody if both are empty. Parts by their ids, or
    problems for all of theirs: everything if empty.
    """

    students: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def parts_in(self, assignment: Assignment) -> Container[str]:
        """The parts that are meant.

        Raises:
            UsageError: a part is not known.
        """
        of_problem = {problem.id: [part.id for part in problem.parts] for problem in assignment.problems}
        known = {part.id: [part.id] for part in assignment.parts} | of_problem
        for name in self.parts:
            if name not in known:
                hint = did_you_mean(name, known, f"there are: {', '.join(known)}")
                raise UsageError(f"there is no part or problem {name!r}{hint}")
        return {part for name in self.parts for part in known[name]} if self.parts else EVERY_PART

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

    `obstacles` hold all of it back; `held` holds back single students or parts of theirs, which go on waiting.
    `changed` are those whose result differs from what they were told before, `first` those who are told one, or more
    of it, for the first time. `written` are the reports that were written anew.
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

    Who asks about something that nobody has answered keeps what they have, and so does whose result somebody holds.
    What was released before stays released; of what was handed in since, nothing is until it is released, too.

    Args:
        gradebook: the class, in the folder that holds its reports.
        assignment: the assignment that was graded.
        roster: names the sections, if there is one.
        chosen: whom the release is for, and what of theirs.
        author: who releases.
        unfinished: release although something is open, to those who ask, too; what is held stays held.

    Raises:
        UsageError: a student, a section or a part is not known, or another program is at work on the class.
    """
    with gradebook.lock("hw11 release"):  # two at once would each keep what the other released from the list
        return _release(gradebook, assignment, roster, chosen, author, unfinished=unfinished)


def _release(
    gradebook: Gradebook,
    assignment: Assignment,
    roster: Roster | None,
    chosen: Chosen,
    author: str,
    *,
    unfinished: bool,
) -> Released:
    records, before = effective_class(gradebook, assignment, roster), gradebook.releases.latest()
    parts, meant = chosen.parts_in(assignment), chosen.among(records)
    holds = [one for one in gradebook.holds.in_force() if one.submission in meant]
    requests = [] if unfinished else [one for one in gradebook.requests.open() if part_of(one.check_id) in parts]
    asking = {request.submission for request in requests}
    kept_back: dict[str, set[str]] = defaultdict(set)
    for hold in holds:
        kept_back[hold.submission].add(hold.part)
    ready = [
        record.model_copy(update={"parts": shown})
        for record in records
        if record.submission in meant - asking
        and (shown := _told(record, parts, before.parts_of(record), kept_back[record.submission]))
    ]
    held = obstacles([], [request for request in requests if request.submission in meant], holds)
    if not unfinished and (open_checks := obstacles(ready, [])):
        return Released(obstacles=tuple(open_checks), held=tuple(held))
    told = {one.submission: [part.id for part in one.parts] for one in ready}
    now = {one.submission: result(one, told[one.submission]) for one in records if one.submission in told}
    moved = [one for record in records if (one := change(record, now.get(record.submission), before)) is not None]
    after = Release(results={**before.results, **now})
    if after.results != before.results or not before.id:
        gradebook.releases.add(after.results.values(), author)
    return Released(
        held=tuple(held),
        changed=tuple(change for change in moved if change.before is not None),
        first=tuple(change for change in moved if change.before is None),
        written=_write(gradebook, assignment, records, after),
        total=len(ready),
    )


def _told(
    record: GradeRecord, meant: Container[str], out: Container[str], kept_back: Container[str]
) -> tuple[PartRecord, ...]:
    """The parts that a release tells: those that are out already, and those that are meant and that nobody holds."""
    if TOTAL in kept_back:
        return ()
    return tuple(part for part in record.parts if part.id in out or (part.id in meant and part.id not in kept_back))


def undo_release(gradebook: Gradebook, assignment: Assignment, roster: Roster | None, author: str) -> Released:
    """Take the last release back: what was released before it is what is released. Done again, the one before it.

    What had been told before stays in the reports as it stands now, since decisions are taken back at their own place;
    `changed` has whose result that is.

    Raises:
        UsageError: nothing is released, or another program is at work on the class.
    """
    with gradebook.lock("hw11 release"):
        last = gradebook.releases.latest()
        if not last.stands:
            raise UsageError("nothing is released, so there is nothing to undo")
        earlier = gradebook.releases.before(last)
        records = effective_class(gradebook, assignment, roster)
        now = {
            record.submission: result(record, parts)
            for record in records
            if (parts := [part.id for part in record.parts if part.id in earlier.parts_of(record)])
        }
        back = Release(results={**earlier.results, **now})
        gradebook.releases.add(back.results.values(), author, goes_back_to=earlier.stands)
        moved = [one for record in records if (one := change(record, now.get(record.submission), earlier)) is not None]
        written = _write(gradebook, assignment, records, back)
    return Released(changed=tuple(moved), written=written, total=len(back.results))


def _write(
    gradebook: Gradebook, assignment: Assignment, records: Sequence[GradeRecord], now: Release
) -> tuple[str, ...]:
    """Write the reports that are not as they should be, and the pages of the class if there are any."""
    out = gradebook.folder
    stale = [record for record in records if not is_published(record, assignment, out, now.parts_of(record))]
    for record in stale:
        earlier = gradebook.earlier_work(record)
        publish_record(record, assignment, out, released=now.parts_of(record), before=earlier)
    if stale:
        publish_class(records, assignment, out)
    return tuple(record.submission for record in stale)


def obstacles(
    records: Sequence[GradeRecord], requests: Sequence[Request], holds: Sequence[Hold] = ()
) -> list[Obstacle]:
    """The obstacles to a release by check and reason, those of most submissions first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        for part in record.parts:
            for check in part.checks:
                if check.score is None:
                    why = _DECIDED_BEFORE if check.message == CHANGED else OPEN[check.verdict]
                    found[check.id, why].append(record.submission)
    for request in requests:
        found[request.check_id, "asked to be looked at again, and not answered"].append(request.submission)
    for hold in holds:
        found[hold.target, f"held by {one_line(hold.author, 60)}: {one_line(hold.reason, 200)}"].append(hold.submission)
    listed = [Obstacle(check, reason, tuple(who)) for (check, reason), who in found.items()]
    return sorted(listed, key=lambda obstacle: -len(obstacle.submissions))


def result(record: GradeRecord, parts: Sequence[str]) -> Result:
    """The result of a student as some parts tell it, in the form that is kept to compare releases."""
    told = [part for part in record.parts if part.id in parts]
    named: tuple[str, ...] = ()
    score, open_points = record.score, record.awaiting_review
    if len(told) < len(record.parts):
        score, open_points = rounded(sum(part.score for part in told)), rounded(sum(part.awaiting for part in told))
        named = tuple(part.id for part in told)
    return Result(record.submission, score, open_points, _digest(record, told), record.files_sha256, named)


def change(record: GradeRecord, now: Result | None, before: Release) -> ResultChange | None:
    """How a student's result differs from what was told before; None if it does not, or if nothing is told now."""
    earlier = before.results.get(record.submission)
    if now is None or (earlier is not None and earlier.digest == now.digest):
        return None
    if earlier is None:
        return ResultChange(record.submission, None, now.score)
    again = result(record, earlier.parts or [part.id for part in record.parts])
    if again.digest == earlier.digest and now.parts != earlier.parts:
        return ResultChange(record.submission, None, now.score)
    return ResultChange(record.submission, earlier.score, again.score)


def _digest(record: GradeRecord, parts: Sequence[PartRecord]) -> str:
    """A hash over everything in some parts that the student reads: not times, versions or notes for staff."""
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
        for part in parts
        for check in part.checks
    ]
    whole = [record.score, record.max_score, record.awaiting_review, record.late_deduction, record.late_says]
    words = [*(whole if len(parts) == len(record.parts) else [part.id for part in parts]), said]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
