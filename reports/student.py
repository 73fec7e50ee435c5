"""The page a student reads.

Owns which parts come first and what stands beside each check. What may be shown at all is decided in
`visibility.py`; how it looks, in the templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from grader.checks.base import CheckSpec
from grader.problem.model import Assignment, Problem
from grader.record import GradeRecord, Verdict
from reports.figures import Figure
from reports.mathml import to_mathml
from reports.model_answers import ModelAnswer, model_answer
from reports.pages import render
from reports.prose import to_inline_html
from reports.steps import broken_step, next_steps
from reports.summary import summarize
from reports.untrusted import cut, visible
from reports.visibility import SeenCheck, SeenPart, seen_parts

LARGEST = 480_000
"""Characters: a page stays below 500 kB even if a student handed in a novel."""


@dataclass(frozen=True)
class Room:
    """How many characters of what a student wrote or caused are shown, per place."""

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
)


@dataclass(frozen=True)
class Typed:
    """What was typed, split where it could not be read: `at` is empty without such a place."""

    before: str
    at: str = ""
    after: str = ""


@dataclass(frozen=True)
class CheckView:
    """One check, ready to be shown. `Markup` is ours; every other text is escaped by the template."""

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
class PartView:
    """One part, ready to be shown. `state` is one of the groups' names."""

    seen: SeenPart
    problem: Problem
    state: str
    checks: tuple[CheckView, ...]
    held_back: tuple[CheckView, ...]
    broken: SeenCheck | None
    figures: Sequence[Figure]

    @property
    def reproducible(self) -> bool:
        """Whether `hw11 check` shows a student what fails here."""
        return any(check.seen.public and check.seen.fails for check in self.checks)


GROUPS = {
    "open": "To work on",
    "waiting": "Not graded yet",
    "sealed": "Shown after release",
    "done": "In order",
}
"""Parts by what is left to do, in the order in which a student wants them."""


def render_student(
    record: GradeRecord,
    assignment: Assignment,
    *,
    released: bool = False,
    figures: Mapping[str, Sequence[Figure]] | None = None,
) -> str:
    """One self-contained page: no script, no network, below 500 kB.

    Args:
        record: one graded submission, or what a student's own check found.
        assignment: what was asked.
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
        _part(part, problem_of[part.part.id], assignment, room, figures.get(part.part.id, ()), released=released)
        for part in seen
    ]
    groups = [(title, [part for part in parts if part.state == state]) for state, title in GROUPS.items()]
    return render(
        "student.html.j2",
        record=record,
        assignment=assignment,
        released=released,
        summary=summarize(record, seen),
        steps=next_steps(seen),
        parts=parts,
        groups=[(title, members) for title, members in groups if members],
        notices=[(visible(cut(n.where, 80)), visible(cut(n.message, 400))) for n in record.notices[: room.notices]],
        more_notices=max(0, len(record.notices) - room.notices),
    )


def _part(
    seen: SeenPart, problem: Problem, assignment: Assignment, room: Room, figures: Sequence[Figure], *, released: bool
) -> PartView:
    checks = tuple(_check(check, seen, assignment, room, released=released) for check in seen.checks)
    silent = tuple(check for check in checks if check.seen.verdict is None and check.typed is None)
    return PartView(
        seen=seen,
        problem=problem,
        state=_state(seen),
        checks=tuple(check for check in checks if check not in silent),
        held_back=silent,
        broken=broken_step(seen),
        figures=figures,
    )


def _state(seen: SeenPart) -> str:
    if seen.failing:
        return "open"
    tones = {check.words.tone for check in seen.checks}
    if tones & {"waiting", "fault"}:
        return "waiting"
    return "sealed" if "sealed" in tones else "done"


def _check(check: SeenCheck, seen: SeenPart, assignment: Assignment, room: Room, *, released: bool) -> CheckView:
    part = seen.part
    spec = part.fields.get(check.name)
    said = _author_says(spec)
    mistake = check.mistake or ""
    return CheckView(
        seen=check,
        title=to_inline_html(check.title) if check.title else Markup(""),
        typed=_typed(check, room.answer),
        reading=_reading(check, spec, seen, room.reading),
        options=_options(spec) if check.verdict in (Verdict.MISSING, Verdict.UNREADABLE) else (),
        message=_say(check.message, said, room.message),
        mistake=_say(mistake, said, room.message) if mistake not in check.message else "",
        details=tuple(
            (visible(cut(label, 60)), visible(cut(value, room.detail))) for label, value in check.details[: room.details]
        ),
        output=visible(cut(check.output, room.output)),
        model=model_answer(part, spec, assignment) if released and spec is not None else None,
    )


def _typed(check: SeenCheck, room: int) -> Typed | None:
    if check.answer is None or not check.answer.strip():
        return None
    if check.column is None or not 1 <= check.column <= min(len(check.answer), room):
        return Typed(visible(cut(check.answer, room)))
    place = check.column - 1
    rest = cut(check.answer[place + 1 :], room - place)
    return Typed(visible(check.answer[:place]), visible(check.answer[place]), visible(rest))


def _reading(check: SeenCheck, spec: CheckSpec | None, seen: SeenPart, room: int) -> Markup | None:
    if not check.reading:
        return None
    options: Mapping[str, Any] = getattr(spec, "options", {})
    if check.reading in options:
        return to_inline_html(options[check.reading].text)
    if len(check.reading) > room:
        return Markup("<code>{}</code>").format(visible(cut(check.reading, room)))
    return to_mathml(check.reading, seen.part.symbols)


def _options(spec: CheckSpec | None) -> tuple[tuple[str, Markup], ...]:
    options: Mapping[str, Any] = getattr(spec, "options", {})
    return tuple((key, to_inline_html(option.text)) for key, option in options.items())


def _author_says(spec: CheckSpec | None) -> frozenset[str]:
    """The sentences of a field that an author wrote: only these, word for word, may hold formulas."""
    mistakes = [mistake.says for mistake in getattr(spec, "mistakes", ())]
    options = [option.says for option in getattr(spec, "options", {}).values()]
    return frozenset(mistakes + options)


def _say(text: str, said: frozenset[str], room: int) -> str:
    return to_inline_html(text) if text in said else visible(cut(text, room))
