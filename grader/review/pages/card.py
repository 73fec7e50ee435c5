"""The page of one student's card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from grader.files.untrusted_text import shown
from grader.gradebook import Override
from grader.gradebook.records import TOTAL
from grader.records import CheckRecord, PartRecord
from grader.results.card import Card
from grader.results.effective import ADJUSTMENT
from grader.review.changes import unread, what_stands
from grader.review.pages.answer import question_url
from grader.review.questions import ReviewQuestion
from grader.review.service import ReviewService
from reports.pages import render

ROOM = 300
"""Characters of an answer on the card."""


@dataclass(frozen=True)
class CheckLine:
    """One check on the card. `decided` is the person's decision that counts, `url` where the desk marks it."""

    check: CheckRecord
    title: str
    answer: str
    decided: Override | None
    url: str


def card_page(service: ReviewService, submission: str, marker: str, problem: str = "") -> str:
    """The card of a student, with a form at everything that can be changed."""
    card, entries = service.card(submission, marker)
    urls = {
        entry.check_id: f"{question_url(entry.check_id)}/{entry.key}"
        for entry in entries
        if entry.submission == card.counting.submission
    }
    record = card.counting
    return render(
        "desk/card.html.j2",
        marker=marker,
        submission=submission,
        who=" · ".join(record.student[name] for name in ("name", "id", "email", "section") if record.student.get(name)),
        card=card,
        record=record,
        parts=[
            (part, card.in_force.get(part.id), [_line(check, service.questions, card, urls) for check in _own(part)])
            for part in record.parts
        ],
        total=card.in_force.get(TOTAL),
        unread=unread(record),
        total_id=TOTAL,
        stands=partial(what_stands, card),
        problem=problem,
    )


def _own(part: PartRecord) -> list[CheckRecord]:
    return [check for check in part.checks if check.kind != ADJUSTMENT]


def _line(
    check: CheckRecord, questions: Mapping[str, ReviewQuestion], card: Card, urls: Mapping[str, str]
) -> CheckLine:
    question = questions.get(check.id)
    title = question.title if question else check.id
    decided = card.in_force.get(check.id)
    return CheckLine(check, title, shown(check.answer or check.message, ROOM), decided, urls.get(check.id, ""))
