"""One check as a student's pages draw it.

Owns how much of a student's texts is shown, and what stands at a check: what was typed, how it was read, what is wrong.
What may be shown before release belongs to `visibility`, the layout to the templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from grader.assignment.model import Assignment, Part
from grader.checks.spec import CheckSpec
from grader.files.untrusted_text import cut, shown, visible
from grader.records import Outcome, Verdict
from reports.mathml import to_mathml
from reports.model_answers import ModelAnswer, model_answer
from reports.news import TOLD, Change
from reports.pages import fragment
from reports.prose import to_inline_html
from reports.visibility import SeenCheck


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
class CheckView:
    """One check for the template, which cuts, words and escapes the texts of `seen`."""

    seen: SeenCheck
    place: Place
    typed: Typed | None
    reading: Markup | None
    options: tuple[tuple[str, Markup], ...]
    model: ModelAnswer | None


@lru_cache(maxsize=16_384)
def drawn_check(place: Place, check: SeenCheck, change: Change | None) -> Markup:
    """One check as HTML. Cached, because many students of a class give the same answer."""
    derivation = place.part.spec.derivation
    step = derivation.index(check.name) + 1 if check.name in derivation else 0
    return fragment("parts.html.j2", "check", _check(place, check), step, change and (change, TOLD[change]))


def _check(place: Place, check: SeenCheck) -> CheckView:
    part, room = place.part, place.room
    spec = part.fields.get(check.name)
    return CheckView(
        seen=check,
        place=place,
        typed=typed(check.outcome, room.answer),
        reading=reading(check.outcome.reading, spec, part, room.reading),
        options=_options(spec) if check.verdict in (Verdict.MISSING, Verdict.UNREADABLE) else (),
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
