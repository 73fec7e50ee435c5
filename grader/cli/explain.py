"""`hw11 explain`: tell the whole story of one decision, for staff.

Owns collecting what the gradebook holds about one check of one submission, and printing it. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from grader.assignment.model import Assignment
from grader.cli.output import class_folder, json_option, on_class, print_json, say
from grader.errors import UsageError, did_you_mean
from grader.files.untrusted_text import visible
from grader.gradebook import Gradebook, Kept, Override
from grader.gradebook.holds import Hold
from grader.gradebook.pending import CHANGED
from grader.records import CheckRecord, GradeRecord
from grader.results.card import Card, find_person, student_card
from grader.results.course import Course
from grader.results.effective import untimed

_FACTS = ("answer", "reading", "message", "mistake", "proof", "output", "staff")
"""The facts of a check that are printed, in the order in which grading finds them."""


@click.command()
@class_folder
@click.argument("submission")
@click.argument("check_id", metavar="[CHECK]", required=False)
@json_option
@on_class
def command(course: Course, submission: str, check_id: str | None, *, as_json: bool) -> int:
    """Tell the whole story of one decision, for staff.

    Where no CHECK is named: a student's attempts, people's decisions and requests, and what each check comes to now.
    """
    heads = course.gradebook.heads.latest()
    submission = find_person(heads, submission, course.roster, str(course.gradebook.folder))
    card = student_card(course, heads, submission)
    told: list[dict[str, Any]]
    if check_id is None:
        told = list(_card_events(card, course.assignment))
    else:
        told = _story(course.gradebook, submission, check_id)
        if card.counting.submission == submission:
            told.append(_counts(card.counting, check_id, course.assignment))
        else:
            say(f"another attempt than {submission} counts")
    for event in told:
        (print_json if as_json else _print)(event)
    return 0


def _card_events(card: Card, assignment: Assignment) -> Iterator[dict[str, Any]]:
    """A student's attempts, decisions and requests, and what counts now, as events."""
    for attempt in card.attempts:
        record = attempt.record
        late = "when it was handed in is not known" if any(untimed([record], assignment)) else record.late_says
        yield {
            "at": record.submitted_at or "at some time",
            "event": "handed in",
            "submission": record.submission,
            "attempt": record.attempt,
            "total": record.score,
            "late": late,
            "files": attempt.files,
            "notices": "; ".join(f"{one.where}: {one.message}" for one in record.notices),
        }
    decided = [{**event, "check": one.check_id} for one in card.decisions for event in _decided([one])]
    asked = [{**event, "check": one.check_id} for one in card.requests for event in _asked([one])]
    held = [{"at": one.made_at, "event": "held back" if one.holds else "let go", **_said_of(one)} for one in card.holds]
    yield from sorted([*asked, *decided, *held], key=lambda event: event["at"])
    for part in card.counting.parts:
        checks = "\n".join(map(_in_a_line, part.checks))
        points = {"score": part.score, "max_score": part.max_score}
        yield {"at": "now", "event": f"part {part.id}", **points, "checks": checks}
    yield {
        "at": "now",
        "event": "counts",
        "submission": card.counting.submission,
        "total": card.counting.score,
        "not_decided": card.counting.awaiting_review,
        "released": card.released,
    }


def _story(gradebook: Gradebook, submission: str, check_id: str) -> list[dict[str, Any]]:
    """Every record, override and request about a check, oldest first.

    Raises:
        UsageError: there is no such check in it.
    """
    history = gradebook.history(submission)
    this = (submission, check_id)
    overrides = [one for one in gradebook.overrides() if (one.submission, one.check_id) == this]
    asked = [one for one in gradebook.requests.all() if (one.submission, one.check_id) == this]
    if not overrides and not any(entry.record.check(check_id) for entry in history):
        known = [check.id for check in history[-1].record.checks]
        hint = did_you_mean(check_id, known, f"{len(known)} are there")
        raise UsageError(f"there is no check in {submission} called {check_id!r}{hint}")
    events = (*_graded(history, check_id), *_decided(overrides), *_asked(asked))
    return sorted(events, key=lambda event: event["at"])


def _counts(record: GradeRecord, check_id: str, assignment: Assignment) -> dict[str, Any]:
    """The decision that counts now, as an event."""
    check = record.check(check_id)
    unknown = any(untimed([record], assignment))
    return {
        "at": "now",
        "event": "counts",
        "attempt": record.attempt,
        **(_decision(check) if check else {"verdict": None, "score": None}),
        **({"says": check.message} if check and check.message == CHANGED else {}),
        "total": record.score,
        "late": "when it was handed in is not known" if unknown else record.late_says,
        "late_deduction": record.late_deduction,
    }


def _graded(history: Sequence[Kept], check_id: str) -> Iterator[dict[str, Any]]:
    """The decision of every record; one that repeats the decision before it says only that."""
    before = None
    for entry in history:
        record = entry.record
        check = record.check(check_id)
        event = {"at": entry.made_at, "event": "graded", "attempt": record.attempt}
        event |= {"problems": record.problems_sha256[:12], "files": record.files_sha256[:12]}
        event |= {"hw11": record.versions.get("hw11", "")}
        if check is None:
            yield {**event, "says": "there was no such check"}
            continue
        said = {**_decision(check), **{name: value for name in _FACTS if (value := getattr(check, name))}}
        for label, value in check.details:  # several may have one label
            said[label] = f"{said[label]}\n{value}" if label in said else value
        yield {**event, **({"says": "the same as before"} if said == before else said)}
        before = said


def _decision(check: CheckRecord) -> dict[str, Any]:
    return {"verdict": check.verdict.value, "score": check.score, "max_score": check.max_score}


def _in_a_line(check: CheckRecord) -> str:
    """A check with its verdict and points, as the list of a part's holds it; its id tells its whole story."""
    earned = "not decided" if check.score is None else f"{check.score:g}"
    return f"{check.id}: {check.verdict}" + (f", {earned} of {check.max_score:g}" if check.max_score else "")


def _decided(overrides: Sequence[Override]) -> Iterator[dict[str, Any]]:
    for one in overrides:
        event = {"at": one.made_at, "event": "taken back" if one.score is None else "decided", "attempt": one.attempt}
        yield {**event, "score": one.score, "author": one.author, "reason": one.reason, "says": one.says}


def _said_of(hold: Hold) -> dict[str, str]:
    return {"check": hold.target, "author": hold.author, "reason": hold.reason, "says": hold.says}


def _asked(requests: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for one in requests:
        yield {"at": one.made_at, "event": "student asks", "item": one.item, "reason": one.reason}
        if one.answer:
            answer = {"score": one.answer.score_after, "author": one.answer.author, "says": one.answer.says}
            yield {"at": one.answer.made_at, "event": "student is answered", **answer}


def _print(event: dict[str, Any]) -> None:
    """Print one event: a line with time and kind, then a line for each fact that is not empty."""
    click.echo(click.style(f"{event['at']:<26}{event['event']}", bold=True))
    for name, value in event.items():
        if name in ("at", "event") or (value in (None, "", 0.0) and name not in ("score", "total")):
            continue
        shown = "not decided" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        first, *more = visible(shown).splitlines() or [""]
        click.echo(f"  {name.replace('_', ' '):<15} {first}")
        for line in more:
            click.echo(f"  {'':<15} {line}")
