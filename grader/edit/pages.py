"""The pages of a student's own work.

Owns what stands on them: each part's question, a box for each answer with how it is read, and the outcome of public
checks. Shows no more than `hw11 check` before the deadline. The layout belongs to the templates, how a check is drawn
to `reports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from grader.assignment.model import Part, Problem
from grader.authoring.kit.template import files_in, names_in, rules_in
from grader.checks.control import BOX
from grader.checks.field import FieldCheck
from grader.edit.service import EditService, Findings
from grader.edit.work import Held
from grader.records import Outcome, Verdict
from reports.check_views import ROOMS, Typed, reading, typed
from reports.messages import sentence
from reports.news import since_last_time
from reports.pages import fragment, render
from reports.steps import next_steps
from reports.student import MARKS, part_state, part_view
from reports.summary import summarize_parts
from reports.visibility import SeenPart

ROOM = ROOMS[0]


@dataclass(frozen=True)
class Reading:
    """How an answer is read now.

    `state` is `empty`, `read` or `open` (it cannot be read); `means` is the reading as it can be typed.
    """

    state: str
    means: str = ""
    read: Markup | None = None
    message: str = ""
    typed: Typed | None = None


@dataclass(frozen=True)
class Box:
    """One field: what it asks, what stands in it, and how that is read."""

    check: FieldCheck
    asks: str
    held: Held
    reading: Reading


@dataclass(frozen=True)
class Sheet:
    """One part: its question and its boxes.

    `names` are those that its formulas may use; `beside` says which files are handed in, and what functions must keep
    to beyond their contracts.
    """

    part: Part
    names: str
    beside: Sequence[str]
    boxes: Sequence[Box]
    checked: bool


def home_page(service: EditService) -> str:
    """Where the work stands: every problem, how much of it is answered, and what is to be said of the files."""
    rows = [(problem, *_answered(service, problem)) for problem in service.assignment.problems]
    return render("edit/home.html.j2", **_frame(service), rows=rows, notices=service.notices()[: ROOM.notices])


def problem_page(service: EditService, problem: Problem) -> str:
    """The sheet of one problem."""
    sheets = [_sheet(service, part) for part in problem.parts]
    return render("edit/problem.html.j2", **_frame(service), problem=problem, sheets=sheets)


def reading_of(part: Part, check: FieldCheck, outcome: Outcome | None) -> Reading:
    """How an answer is read, for the page."""
    if outcome is None or outcome.verdict is Verdict.MISSING:
        return Reading("empty")
    if outcome.verdict is Verdict.UNREADABLE:
        message = sentence(outcome.message, part, ROOM.message)
        return Reading("open", message=message, typed=typed(outcome, ROOM.answer) if outcome.column else None)
    return Reading("read", outcome.reading or "", reading(outcome.reading, check.spec, part, ROOM.reading))


def drawn_reading(found: Reading) -> Markup:
    """How an answer is read, as it stands below its box."""
    return fragment("edit/parts.html.j2", "reading", found)


def drawn_findings(service: EditService, findings: Findings) -> Markup:
    """What came of a part's public checks."""
    (whole,) = findings.seen
    view = part_view(_beside_boxes(whole), service.assignment, ROOM, {})
    changes = findings.changes
    told = [(check.name, changes[check.id]) for check in whole.checks if check.id in changes]
    return fragment("edit/parts.html.j2", "findings", view, told, since_last_time(changes))


def drawn_steps(findings: Findings) -> Markup:
    """What came of everything: the headline, what to do next, and the map of the parts."""
    chips = [(seen.part, state, MARKS[state]) for seen in findings.seen for state in (part_state(seen),)]
    summary, changed = summarize_parts(findings.seen), since_last_time(findings.changes)
    return fragment("edit/parts.html.j2", "everything", summary, changed, next_steps(findings.seen), chips)


def _frame(service: EditService) -> dict[str, Any]:
    work, assignment = service.work, service.assignment
    return {"assignment": assignment, "problems": assignment.problems, "folder": work.folder.name, "folder_id": work.id}


def _sheet(service: EditService, part: Part) -> Sheet:
    boxes = [_box(service, part, check) for check in part.checks if isinstance(check, FieldCheck)]
    public = any(check.visibility == "public" for check in part.checks)
    return Sheet(part, names_in(part), [*files_in(part), *rules_in(part)], boxes, public)


def _box(service: EditService, part: Part, check: FieldCheck) -> Box:
    control = check.control
    asked = check.asked_with_notes if control is BOX else " ".join([check.spec.asks, control.note, *check.notes])
    held = service.work.held((part.id, check.name))
    return Box(check, asked, held, reading_of(part, check, service.read_held(check)))


def _answered(service: EditService, problem: Problem) -> tuple[int, int]:
    """How many of a problem's answers are typed, and how many there are."""
    held = [service.work.held((part.id, name)) for part in problem.parts for name in part.fields]
    return sum(bool(one.text or one.fault) for one in held), len(held)


def _beside_boxes(seen: SeenPart) -> SeenPart:
    """A part without what stands below its boxes already."""
    there = (None, Verdict.MISSING, Verdict.UNREADABLE)
    left = (check for check in seen.checks if check.name not in seen.part.fields or check.verdict not in there)
    return replace(seen, checks=tuple(left))
