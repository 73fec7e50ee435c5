"""The report page for a student.

Owns the order of parts and what is shown about each check. What may be shown before release belongs to `visibility`,
the layout to the templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from grader.assignment.model import Assignment, Part, Problem
from grader.checks.spec import CheckSpec
from grader.files.untrusted_text import cut, shown, visible
from grader.records import GradeRecord, Outcome, Verdict
from reports.figures import Figure
from reports.mathml import to_mathml
from reports.messages import sentence
from reports.model_answers import ModelAnswer, model_answer
from reports.pages import fragment, render
from reports.prose import to_inline_html
from reports.steps import broken_step, costliest_steps, is_broken, next_steps, still_to_do
from reports.summary import summarize
from reports.visibility import SeenCheck, SeenPart, seen_parts

LARGEST = 480_000
"""Bytes of a page: below 500 kB, however long the answers are."""


STEP_ROOM = 400


@dataclass(frozen=True)
class Room:
    """The numbers of characters (for `details` and `notices`: of entries) that are shown of a student's texts."""

    answer: int
    reading: int
    message: int
    detail: int
    details: int
    output: int
    notices: int


ROOMS = (
    Room(answer=1500, reading=700, message=1200, detail=400, details=12, output=4000, notices=30),
    Room(answer=400, reading=160, message=400, detail=120, details=6, output=600, notices=12),
    Room(answer=120, reading=40, message=160, detail=60, details=3, output=120, notices=6),
    Room(answer=30, reading=0, message=60, detail=20, details=1, output=0, notices=3),
)


@dataclass(frozen=True)
class Typed:
    """A typed answer, split at the character where reading failed: `at` is empty if there is none."""

    before: str
    at: str = ""
    after: str = ""


@dataclass(frozen=True)
class CheckView:
    """One check for the template, which escapes every text that is not `Markup`."""

    seen: SeenCheck
    title: Markup
    typed: Typed | None
    reading: Markup | None
    options: tuple[tuple[str, Markup], ...]
    message: str
    mistake: str
    details: tuple[tuple[str, str], ...]
    output: str
    model: ModelAnswer | None


@dataclass(frozen=True)
class Place:
    """The context of a check's rendering; equal for equal assignments, so that equal checks are rendered once."""

    assignment_sha256: str
    root: Path
    id: str
    released: bool
    room: Room
    part: Part = field(compare=False)
    assignment: Assignment = field(compare=False)


@dataclass(frozen=True)
class PartView:
    """One part for the template. `state` is a key of `GROUPS`; `checks` are rendered already.

    `folded` holds the checks of which one line is enough, each group below its line.
    """

    seen: SeenPart
    problem: Problem
    state: str
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
    released: bool = False,
    figures: Mapping[str, Sequence[Figure]] | None = None,
) -> str:
    """The report as one self-contained page: no script, no network, below 500 kB.

    If the page is too large, it is rendered again with less room for a student's texts.

    Args:
        record: an effective record, or the record of a student's own check.
        assignment: the assignment that was graded.
        released: whether hidden outcomes and model answers may be shown.
        figures: drawings by part id.
    """
    page = ""
    for room in ROOMS:
        page = _render(record, assignment, room, figures or {}, released=released)
        if len(page.encode("utf-8", "replace")) <= LARGEST:
            break
    return page


def _render(
    record: GradeRecord, assignment: Assignment, room: Room, figures: Mapping[str, Sequence[Figure]], *, released: bool
) -> str:
    seen = seen_parts(record, assignment, released=released)
    problem_of = {part.id: problem for problem in assignment.problems for part in problem.parts}
    parts = [
        part_view(part, problem_of[part.part.id], assignment, room, figures.get(part.part.id, ()), released=released)
        for part in seen
    ]
    to_do = costliest_steps(seen) if released else next_steps(seen)
    groups = [(state, title, [part for part in parts if part.state == state]) for state, title in GROUPS.items()]
    return render(
        "student.html.j2",
        record=record,
        assignment=assignment,
        released=released,
        summary=summarize(record, seen),
        steps=[(step, sentence(step.lead, step.part.part, STEP_ROOM)) for step in to_do.steps],
        rest=to_do.rest,
        problems=[(problem, members) for problem in assignment.problems if (members := _of(problem, parts))],
        key=[(MARKS[state], title) for state, title in GROUPS.items()],
        groups=[(state, title, members) for state, title, members in groups if members],
        notices=[(shown(n.where, 80), shown(n.message, 400)) for n in record.notices[: room.notices]],
        more_notices=max(0, len(record.notices) - room.notices),
    )


def _of(problem: Problem, parts: Sequence[PartView]) -> list[PartView]:
    return [part for part in parts if part.problem is problem]


def part_view(
    seen: SeenPart, problem: Problem, assignment: Assignment, room: Room, figures: Sequence[Figure], *, released: bool
) -> PartView:
    """One part for the template's macro `part`."""
    place = Place(
        assignment.sha256, assignment.root, seen.part.id, released, room, part=seen.part, assignment=assignment
    )
    silent = tuple(check for check in seen.checks if check.verdict is None and not (check.outcome.answer or "").strip())
    drawn = [check for check in seen.checks if check not in silent]
    empty = [check for check in drawn if check.verdict is Verdict.MISSING]
    right = [check for check in drawn if check.words.tone == "good"]
    groups = [("missing", still_to_do(empty), empty)] if empty else []
    groups += [("correct", f"{len(right)} right", right)] if right else []
    later = [check for check in drawn if check.words.tone in ("sealed", "waiting")]
    groups += [("sealed", f"{len(later)} typed, and not judged yet: how we read them", later)] if later else []
    if len(groups) == 1 and len(groups[0][2]) == len(drawn):
        groups = []  # a part of one kind is folded as a whole
    folded = {check.id for *_, group in groups for check in group}
    return PartView(
        seen=seen,
        problem=problem,
        state=part_state(seen),
        checks=tuple(_drawn(place, check) for check in drawn if check.id not in folded),
        folded=tuple((icon, line, tuple(_drawn(place, check) for check in group)) for icon, line, group in groups),
        held_back=silent,
        broken=broken_step(seen),
        figures=figures,
    )


def part_state(seen: SeenPart) -> str:
    """The group of a part: what is left to do in it, a key of `GROUPS`."""
    if seen.failing:
        return "open" if any(map(is_broken, seen.failing)) else "empty"
    tones = {check.words.tone for check in seen.checks}
    if tones & {"waiting", "fault"}:
        return "waiting"
    return "sealed" if "sealed" in tones else "done"


@lru_cache(maxsize=16_384)
def _drawn(place: Place, check: SeenCheck) -> Markup:
    """One check as HTML. Cached, because many students of a class give the same answer."""
    derivation = place.part.spec.derivation
    step = derivation.index(check.name) + 1 if check.name in derivation else 0
    return fragment("parts.html.j2", "check", _check(place, check), step)


def _check(place: Place, check: SeenCheck) -> CheckView:
    part, room = place.part, place.room
    spec = part.fields.get(check.name)
    mistake = check.outcome.mistake or ""
    return CheckView(
        seen=check,
        title=to_inline_html(check.title) if check.title else Markup(""),
        typed=typed(check.outcome, room.answer),
        reading=reading(check.outcome.reading, spec, part, room.reading),
        options=_options(spec) if check.verdict in (Verdict.MISSING, Verdict.UNREADABLE) else (),
        message=sentence(check.outcome.message, part, room.message),
        mistake=sentence(mistake, part, room.message) if mistake not in check.outcome.message else "",
        details=tuple((shown(label, 60), shown(value, room.detail)) for label, value in check.facts[: room.details]),
        output=shown(check.outcome.output, room.output) if room.output else "",
        model=model_answer(part, spec, place.assignment) if spec is not None and _wants_model(place, check) else None,
    )


def _wants_model(place: Place, check: SeenCheck) -> bool:
    """Whether the model answer may be shown and the student's own answer is not right."""
    return place.released and (check.verdict is not Verdict.CORRECT or check.outcome.follows)


def typed(outcome: Outcome, room: int) -> Typed | None:
    """What was typed; None if nothing was."""
    if outcome.answer is None or not outcome.answer.strip():
        return None
    if outcome.column is None or not 1 <= outcome.column <= min(len(outcome.answer), room):
        return Typed(shown(outcome.answer, room))
    place = outcome.column - 1
    rest = cut(outcome.answer[place + 1 :], room - place)
    return Typed(visible(outcome.answer[:place]), visible(outcome.answer[place]), visible(rest))


def reading(text: str | None, spec: CheckSpec | None, part: Part, room: int) -> Markup | None:
    """How an answer was read, as mathematics or as the option's text; None if it was not."""
    if not text:
        return None
    options: Mapping[str, Any] = getattr(spec, "options", {})
    if text in options:
        return to_inline_html(options[text].text)
    if not room:
        return None
    if len(text) > room:
        return Markup("<code>{}</code>").format(shown(text, room))
    return to_mathml(text, part.symbols)


def _options(spec: CheckSpec | None) -> tuple[tuple[str, Markup], ...]:
    options: Mapping[str, Any] = getattr(spec, "options", {})
    return tuple((key, to_inline_html(option.text)) for key, option in options.items())
