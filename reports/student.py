"""The report page for a student.

Owns the order of parts, and which checks are folded. How a check is drawn belongs to `check_views`, what may be shown
before release to `visibility`, the layout to the templates.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.assignment.model import Assignment, Problem
from grader.records import GradeRecord, Verdict
from reports.check_views import ROOMS, Place, Room, drawn_check
from reports.figures import Figure
from reports.news import NOTHING, Changes, Stands, news, since_last_time
from reports.pages import render
from reports.steps import broken_step, costliest_steps, is_broken, next_steps, repeated_stops, still_to_do
from reports.summary import summarize
from reports.visibility import SeenCheck, SeenPart, seen_parts
from reports.words import counted

LARGEST = 480_000
"""Bytes of a page: below 500 kB, however long the answers are."""


@dataclass(frozen=True)
class PartView:
    """One part for the template. `state` is a key of `GROUPS`; `checks` are rendered already.

    `opened` says whether something of it should be seen without a click; what a file keeps from loading is told once.
    `folded` holds the checks of which one line is enough, each group below its line.
    """

    seen: SeenPart
    state: str
    opened: bool
    checks: tuple[Markup, ...]
    folded: tuple[tuple[str, str, tuple[Markup, ...]], ...]
    held_back: tuple[SeenCheck, ...]
    broken: SeenCheck | None
    figures: Sequence[Figure]

    @property
    def reproducible(self) -> bool:
        """Whether `hw11 check` shows the student a failure in this part."""
        return any(check.public and check.fails for check in self.seen.checks)

    @property
    def word(self) -> str:
        """The title of the part's group."""
        return GROUPS[self.state]

    @property
    def mark(self) -> str:
        """The name of the part's icon."""
        return MARKS[self.state]


GROUPS = {
    "open": "To work on",
    "empty": "Still empty",
    "waiting": "Not graded yet",
    "sealed": "Shown after release",
    "done": "Done",
}
"""Titles of the groups of parts by what is left to do, in the order of the page."""


MARKS = {"open": "wrong", "empty": "missing", "waiting": "needs_review", "sealed": "sealed", "done": "correct"}
"""The name of the icon of each group of parts."""


def render_student(
    record: GradeRecord,
    assignment: Assignment,
    *,
    released: Container[str] = (),
    figures: Mapping[str, Sequence[Figure]] | None = None,
    before: Stands = NOTHING,
) -> str:
    """The report as one self-contained page: no script, no network, below 500 kB.

    If the page is too large, it is rendered again with less room for a student's texts.

    Args:
        record: an effective record, or the record of a student's own check.
        assignment: the assignment that was graded.
        released: the parts whose hidden outcomes and model answers may be shown.
        figures: drawings by part id.
        before: how the checks stood last time.
    """
    page = ""
    for room in ROOMS:
        page = _render(record, assignment, room, figures or {}, before, released)
        if len(page.encode("utf-8", "replace")) <= LARGEST:
            break
    return page


def _render(
    record: GradeRecord,
    assignment: Assignment,
    room: Room,
    figures: Mapping[str, Sequence[Figure]],
    before: Stands,
    released: Container[str],
) -> str:
    seen = seen_parts(record, assignment, released)
    changes = news(before, seen)
    parts = [part_view(part, assignment, room, changes, figures.get(part.part.id, ())) for part in seen]
    out = [part for part in seen if part.released]
    to_do = costliest_steps(out) if out else next_steps(seen, record.notices)
    groups = [(state, title, [part for part in parts if part.state == state]) for state, title in GROUPS.items()]
    return render(
        "student.html.j2",
        record=record,
        assignment=assignment,
        released=[part.part.id for part in out],
        whole=len(out) == len(seen),
        summary=summarize(record, seen),
        changed=since_last_time(changes),
        to_do=to_do,
        problems=[(problem, members) for problem in assignment.problems if (members := _of(problem, parts))],
        problem_of={problem.id: problem for problem in assignment.problems},
        key=[(MARKS[state], title) for state, title in GROUPS.items()],
        groups=[(state, title, members) for state, title, members in groups if members],
        notices=record.notices[: room.notices],
        more_notices=max(0, len(record.notices) - room.notices),
    )


def _of(problem: Problem, parts: Sequence[PartView]) -> list[PartView]:
    return [part for part in parts if part.seen.part.problem == problem.id]


def part_view(
    seen: SeenPart, assignment: Assignment, room: Room, changes: Changes, figures: Sequence[Figure] = ()
) -> PartView:
    """One part for the template's macro `part`."""
    place = Place(
        assignment.sha256, assignment.root, seen.part.id, seen.released, room, part=seen.part, assignment=assignment
    )
    silent = tuple(check for check in seen.checks if check.verdict is None and not (check.outcome.answer or "").strip())
    drawn = [check for check in seen.checks if check not in silent]
    groups = _folds(drawn)
    if len(groups) == 1 and len(groups[0][2]) == len(drawn):
        groups = []  # a part of one kind is folded as a whole
    folded = {check.id for *_, group in groups for check in group}

    def draw(some: Sequence[SeenCheck]) -> tuple[Markup, ...]:
        return tuple(drawn_check(place, check, changes.get(check.id)) for check in some)

    return PartView(
        seen=seen,
        state=part_state(seen),
        opened=any(is_broken(check) and not check.not_loaded for check in seen.checks),
        checks=draw([check for check in drawn if check.id not in folded]),
        folded=tuple((icon, line, draw(group)) for icon, line, group in groups),
        held_back=silent,
        broken=broken_step(seen),
        figures=figures,
    )


def _folds(checks: Sequence[SeenCheck]) -> list[tuple[str, str, list[SeenCheck]]]:
    """Groups of checks of which one line is enough, each with its icon and line."""
    empty = [check for check in checks if check.verdict is Verdict.MISSING]
    right = [check for check in checks if check.words.tone == "good"]
    waits = [check for check in checks if check.not_loaded]
    files = ", ".join(dict.fromkeys(check.not_loaded.partition(":")[0] for check in waits))
    again = repeated_stops(checks)
    blocked = [check for check in checks if check.verdict is Verdict.BLOCKED and not check.not_loaded]
    later = [check for check in checks if check.words.tone in ("sealed", "waiting") and check not in waits]
    groups = [
        ("missing", still_to_do(empty) if empty else "", empty),
        ("unreadable", f"{counted(len(waits), 'check waits', 'checks wait')} until {files} loads", waits),
        ("crashed", f"{counted(len(again), 'more check stops', 'more checks stop')} at the same place", again),
        ("blocked", f"{counted(len(blocked), 'check needs', 'checks need')} a step before", blocked),
        ("correct", f"{len(right)} right", right),
        ("sealed", f"{len(later)} typed, and not judged yet: how we read them", later),
    ]
    return [group for group in groups if group[2]]


def part_state(seen: SeenPart) -> str:
    """The group of a part: what is left to do in it, a key of `GROUPS`."""
    if seen.failing:
        return "open" if any(map(is_broken, seen.failing)) else "empty"
    tones = {check.words.tone for check in seen.checks}
    if tones & {"waiting", "fault"}:
        return "waiting"
    return "sealed" if "sealed" in tones else "done"
