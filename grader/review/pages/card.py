"""The page of one student's card."""

from __future__ import annotations

from functools import partial

from grader.files.untrusted_text import shown
from grader.gradebook.records import TOTAL
from grader.records import CheckRecord
from grader.results.effective import ADJUSTMENT
from grader.review.changes import unread, what_stands
from grader.review.pages.answer import question_url
from grader.review.service import ReviewService
from reports.pages import render

ROOM = 300
"""Characters of an answer on the card."""


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
        total=card.in_force.get(TOTAL),
        unread=unread(record),
        total_id=TOTAL,
        adjustment=ADJUSTMENT,
        questions=service.questions,
        urls=urls,
        said=_said,
        stands=partial(what_stands, card),
        problem=problem,
    )


def _said(check: CheckRecord) -> str:
    return shown(check.answer or check.message, ROOM)
