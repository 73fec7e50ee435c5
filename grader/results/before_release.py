"""What staff should look at before results go out.

Owns what that is, in one list: whatever was not taken or cannot be read, lateness, identical files, the roster,
requests, what is undecided, and marks that disagree. What holds a release back belongs to `release`; the rest is
settled when a person says that they have seen it, and comes back if it changes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from grader.assignment.model import Assignment
from grader.errors import UsageError
from grader.files.untrusted_text import one_line
from grader.gradebook import Gradebook
from grader.gradebook.heads import Head
from grader.gradebook.marking.events import Event
from grader.gradebook.pending import entry_key
from grader.grouping import by_key
from grader.records import WAITS, Verdict
from grader.results.attempts import counting_attempts
from grader.results.course import Course
from grader.results.lateness import COMMON, lateness
from grader.results.obstacles import OPEN
from grader.results.publish import not_taken
from grader.results.roster import ROSTER, Roster
from grader.results.roster_match import Matched, match
from reports.notices import listed, same_files
from reports.words import counted

Waiting = tuple[str, Verdict, tuple[str, ...]]
"""A check, and a verdict with which answers of some submissions wait there."""
HELD, REPLACED = "held", "not what was released"
_UNREAD = ("cannot be read", WAITS)
"""What notices say of a file that is damaged, and of one in which nothing can be found, such as a photograph."""


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    `holds` says whether results wait for it. `check` and `entry` say where the marking desk settles it, if there.
    """

    kind: str
    says: str
    submissions: tuple[str, ...] = ()
    holds: bool = False
    check: str = ""
    entry: str = ""

    @property
    def key(self) -> str:
        """Its name: another one as soon as it says something else."""
        words = "\0".join((self.kind, self.says, *self.submissions))
        return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def facts(self) -> dict[str, object]:
        """What a program is told."""
        return {**vars(self), "key": self.key}

    def command(self, folder: Path, roster: Roster | None) -> str:
        """What settles it, to be typed."""
        place = quote(str(folder))
        if self.check:
            return f"hw11 review {place}    (at {self.check})"
        if self.holds:
            return f"hw11 review {place}    (find the student, and {'let go' if self.kind == HELD else 'decide'} there)"
        if self.kind == REPLACED:
            return f"hw11 release {place} --student {quote(self.submissions[0])}"
        if roster and self.kind == "roster":
            return f"mend {quote(str(roster.file))}, or: hw11 release {place} --seen {self.key}"
        return f"hw11 release {place} --seen {self.key}"


def findings(course: Course) -> list[Finding]:
    """Everything that nobody has settled yet, what holds results back first.

    No record is read, however large the class: who handed in what is told by the heads of records, what waits by the
    queue of the marking desk, which is as new as its last reading (`read_queue`).
    """
    gradebook = course.gradebook
    heads = [one.head for one in counting_attempts(course)]
    matched = match(course.roster, heads)
    waiting, unread = gradebook.queue.waiting(), _unread(heads)
    found = [
        *_waiting(waiting, unread),
        *_asked_or_held(gradebook),
        *_replaced(gradebook, heads),
        *_disagreements(gradebook),
        *_not_taken(gradebook.folder),
        *_unreadable(waiting, unread),
        *_identical(heads),
        *_roster(matched, _without_numbers(heads, matched, course.roster)),
        *_late(heads, matched, course.assignment),
    ]
    settled = gradebook.marking.events.keys("settle")
    return sorted((one for one in found if one.key not in settled), key=lambda one: not one.holds)


def settle(gradebook: Gradebook, found: Sequence[Finding], keys: Sequence[str], author: str) -> None:
    """Keep that somebody has seen some of the findings: by their keys, or by a kind for all of it.

    Raises:
        UsageError: there is no such finding, or it is settled on the marking desk.
    """
    known = {one.key: one for one in found}
    of_kind = by_key((one.kind, one.key) for one in found)
    keys = [key for named in keys for key in of_kind.get(named, [named])]
    for key in keys:
        if key not in known:
            raise UsageError(f"there is nothing to look at under {key!r}: `hw11 release DIR --before` lists what is")
        if known[key].holds:
            raise UsageError(f"{known[key].says}: results wait for that, so it is settled on the marking desk")
    gradebook.marking.events.log(*(Event("settle", key, "", author, one_line(known[key].says)) for key in keys))


def _waiting(waiting: Sequence[Waiting], unread: Mapping[str, str]) -> Iterator[Finding]:
    """What waits at each check, but for what may stand in a file that cannot be read: that is one thing a student."""
    for check, verdict, submissions in waiting:
        who = tuple(one for one in submissions if verdict is not Verdict.UNDECIDED or one not in unread)
        if who:
            yield Finding("undecided", f"{check}: {len(who)} {OPEN[verdict]}", who, True, check)


def _asked_or_held(gradebook: Gradebook) -> Iterator[Finding]:
    for request in gradebook.requests.open():
        who, key = (request.submission,), entry_key(request.check_id, request.submission)
        yield Finding("request", f"{who[0]} asks about {request.check_id}", who, True, request.check_id, key)
    for hold in gradebook.holds.in_force():
        says = f"{hold.submission}: {hold.target} is held by {one_line(hold.author, 60)}: {one_line(hold.reason, 200)}"
        yield Finding(HELD, says, (hold.submission,), True)


def _replaced(gradebook: Gradebook, heads: Sequence[Head]) -> Iterator[Finding]:
    released = gradebook.releases.latest().results
    for head in heads:
        told = released.get(head.submission)
        if told is not None and told.files_sha256 != head.files_sha256:
            says = f"{head.submission}: what was released is not what is graded; other files were handed in since"
            yield Finding(REPLACED, says, (head.submission,))


def _disagreements(gradebook: Gradebook) -> Iterator[Finding]:
    """Answers whose second marking came to other points, and that nobody has marked again since."""
    latest = {(mark.key, mark.round): mark for mark in gradebook.marking.marks.marked_twice()}
    entries = gradebook.queue.some({key for key, _ in latest})
    for key, entry in sorted(entries.items()):
        first, second = latest.get((key, "first")), latest.get((key, "second"))
        if first is None or second is None or first.score is None:
            continue
        if first.id < second.id and first.score != second.score:
            gave = f"{first.marker} gave {first.score:g} and {second.marker} {second.score or 0:g}"
            says = f"{gave} for one answer to {first.check_id}"
            yield Finding("marks disagree", says, (entry.submission,), False, first.check_id, key)


def _not_taken(folder: Path) -> Iterator[Finding]:
    for name, why in not_taken(folder):
        yield Finding("not taken", f"{one_line(name, 120)}: {one_line(why, 200)}")


def _unread(heads: Sequence[Head]) -> Mapping[str, str]:
    """What is said of files that no program could read, by submission."""
    said = {
        head.submission: [
            f"{one.where}: {one.message}" for one in head.notices if any(w in one.message for w in _UNREAD)
        ]
        for head in heads
    }
    return {submission: one_line("; ".join(of), 300) for submission, of in said.items() if of}


def _unreadable(waiting: Sequence[Waiting], unread: Mapping[str, str]) -> Iterator[Finding]:
    undecided = Counter(one for _, verdict, who in waiting if verdict is Verdict.UNDECIDED for one in who)
    for submission, said in unread.items():
        number = undecided[submission]
        says = f"{submission}: {said}" + (f"; {counted(number, 'check waits', 'checks wait')}" if number else "")
        yield Finding("cannot be read", says, (submission,), number > 0)


def _identical(heads: Sequence[Head]) -> Iterator[Finding]:
    for alike in same_files(heads):
        yield Finding("identical files", f"{listed(alike)} handed in the same files", alike)


def _without_numbers(heads: Sequence[Head], matched: Matched, roster: Roster | None) -> tuple[str, ...]:
    """The submissions from Canvas that match nobody, where the roster has no number of Canvas to match them by."""
    if roster is None or roster.index["canvas"]:
        return ()
    return tuple(one.submission for one in heads if one.student.get("canvas") and one.submission in matched.unknown)


def _roster(matched: Matched, from_canvas: Sequence[str]) -> Iterator[Finding]:
    if from_canvas:
        says = (
            f"Canvas gave {listed(from_canvas)} numbers that the roster lacks: take the gradebook that Canvas exports"
        )
        yield Finding("roster", f"{says} for {ROSTER}", tuple(from_canvas))
    for student in matched.absent:
        yield Finding("roster", f"{one_line(student.label, 80)} is in the roster and handed in nothing")
    for name in (one for one in matched.unknown if one not in from_canvas):
        yield Finding("roster", f"{name} is not in the roster", (name,))
    for name, students in matched.ambiguous:
        yield Finding("roster", f"{name} could be {' or '.join(one.label for one in students)}", (name,))
    for name, student in matched.claims:
        yield Finding("roster", f"{name} says that it is {student.label}'s", (name,))


def _late(heads: Sequence[Head], matched: Matched, assignment: Assignment) -> Iterator[Finding]:
    if assignment.late is None:
        return
    untimed = []
    for head in heads:
        owner = matched.by_submission.get(head.submission)
        late = lateness(head.submitted_at, assignment.late, owner.terms if owner else COMMON)
        if not late.known:
            untimed.append(head.submission)
        elif late.says:
            yield Finding("late", f"{head.submission}: {late.says}", (head.submission,))
    if untimed:
        says = f"{len(untimed)} handed in at a time that is not known, so nothing is deducted: {listed(untimed)}"
        yield Finding("late", says, tuple(untimed))
