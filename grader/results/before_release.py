"""What staff should look at before results go out.

Owns what that is, in one list: whatever was not taken or cannot be read, lateness, identical files, the roster,
requests, what is undecided, and marks that disagree. What holds a release back belongs to `release`; the rest is
settled when a person says that they have seen it, and comes back if it changes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from grader.assignment.model import Assignment
from grader.errors import UsageError
from grader.files.untrusted_text import one_line
from grader.gradebook import Gradebook
from grader.gradebook.marking.events import Event
from grader.gradebook.pending import entry_key
from grader.records import GradeRecord
from grader.results.effective import effective_class, untimed
from grader.results.publish import not_taken
from grader.results.release import obstacles
from grader.results.roster import ROSTER, Roster
from grader.results.roster_match import match
from reports.notices import same_files

_NAMED = 5


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

    def command(self, folder: Path) -> str:
        """What settles it, to be typed."""
        place = quote(str(folder))
        if self.check:
            return f"hw11 review {place}    (at {self.check})"
        if self.kind == "roster":
            return f"mend {place}/{ROSTER}, or: hw11 release {place} --seen {self.key}"
        return f"hw11 release {place} --seen {self.key}"


def findings(gradebook: Gradebook, assignment: Assignment, roster: Roster | None) -> list[Finding]:
    """Everything that nobody has settled yet, what holds results back first."""
    records = effective_class(gradebook, assignment, roster)
    found = [
        *_open(gradebook, records),
        *_disagreements(gradebook),
        *_not_taken(gradebook.folder),
        *_unreadable(records),
        *_identical(records),
        *_roster(roster, records),
        *_late(records, assignment),
    ]
    settled = gradebook.marking.events.settled()
    return sorted((one for one in found if one.key not in settled), key=lambda one: not one.holds)


def settle(gradebook: Gradebook, found: Sequence[Finding], keys: Sequence[str], author: str) -> None:
    """Keep that somebody has seen some of the findings.

    Raises:
        UsageError: there is no such finding, or it is settled on the marking desk.
    """
    known = {one.key: one for one in found}
    for key in keys:
        if key not in known:
            raise UsageError(f"there is nothing to look at under {key!r}: `hw11 release DIR --before` lists what is")
        if known[key].holds:
            raise UsageError(f"{known[key].says}: results wait for that, so it is settled on the marking desk")
    for key in keys:
        gradebook.marking.events.log(Event("settle", key, "", author, one_line(known[key].says)))


def _open(gradebook: Gradebook, records: Sequence[GradeRecord]) -> Iterator[Finding]:
    for one in obstacles(records, []):
        yield Finding(
            "undecided", f"{one.check}: {len(one.submissions)} {one.reason}", one.submissions, True, one.check
        )
    for request in gradebook.requests.open():
        who, key = (request.submission,), entry_key(request.check_id, request.submission)
        yield Finding("request", f"{who[0]} asks about {request.check_id}", who, True, request.check_id, key)


def _disagreements(gradebook: Gradebook) -> Iterator[Finding]:
    """Answers whose second marking came to other points, and that nobody has marked again since."""
    latest: dict[str, dict[str, tuple[int, str, float | None, str]]] = defaultdict(dict)
    for mark in gradebook.marking.marks.marked_twice():
        latest[mark.key][mark.round] = (mark.id, mark.marker, mark.score, mark.check_id)
    entries = gradebook.queue.some(latest.keys())
    for key, rounds in sorted(latest.items()):
        first, second = rounds.get("first"), rounds.get("second")
        if first is None or second is None or first[2] is None or key not in entries:
            continue
        if first[0] < second[0] and first[2] != second[2]:
            says = f"{first[1]} gave {first[2]:g} and {second[1]} {second[2] or 0:g} for one answer to {first[3]}"
            yield Finding("marks disagree", says, (entries[key].submission,), False, first[3], key)


def _not_taken(folder: Path) -> Iterator[Finding]:
    for name, why in not_taken(folder):
        yield Finding("not taken", f"{one_line(name, 120)}: {one_line(why, 200)}")


def _unreadable(records: Sequence[GradeRecord]) -> Iterator[Finding]:
    for record in records:
        said = [f"{one.where}: {one.message}" for one in record.notices if "cannot be read" in one.message]
        if said:
            yield Finding(
                "cannot be read", f"{record.submission}: {one_line('; '.join(said), 300)}", (record.submission,)
            )


def _identical(records: Sequence[GradeRecord]) -> Iterator[Finding]:
    for alike in same_files(records):
        yield Finding("identical files", f"{_listed(alike)} handed in the same files", alike)


def _roster(roster: Roster | None, records: Sequence[GradeRecord]) -> Iterator[Finding]:
    if roster is None:
        return
    matched = match(roster, records)
    for student in matched.absent:
        yield Finding("roster", f"{one_line(student.label, 80)} is in the roster and handed in nothing")
    for name in matched.unknown:
        yield Finding("roster", f"{name} is not in the roster", (name,))
    for name, students in matched.ambiguous:
        yield Finding("roster", f"{name} could be {' or '.join(one.label for one in students)}", (name,))
    for name, student in matched.claims:
        yield Finding("roster", f"{name} says that it is {student.label}'s", (name,))


def _late(records: Sequence[GradeRecord], assignment: Assignment) -> Iterator[Finding]:
    for record in records:
        if record.late_says:
            yield Finding("late", f"{record.submission}: {record.late_says}", (record.submission,))
    for name in untimed(records, assignment):
        yield Finding("late", f"{name}: it is not known when it was handed in", (name,))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
