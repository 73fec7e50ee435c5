"""Answering a student's request whose points stay as they are."""

from __future__ import annotations

from grader.gradebook.pending import Entry
from grader.gradebook.regrade_requests import RequestAnswer
from grader.review.service import NotSaved, ReviewService

STANDS = "We looked at this again: it stands as it is."
"""What a student reads whose request moves nothing and gets no words of its own."""


def stands(service: ReviewService, entry: Entry, marker: str, reply: str) -> None:
    """Answer the request about an entry, and move nothing.

    Raises:
        NotSaved: nobody asks, nothing is decided yet that could stand, or somebody else holds the entry.
    """
    service.hold(entry, marker, "first")
    request = service.request(entry)
    if request is None:
        raise NotSaved("Nobody asks about this answer any more.")
    if entry.score is None or entry.state != "marked":
        raise NotSaved("Nothing is decided here yet that could stand: mark it.")
    answer = RequestAnswer(entry.score, entry.score, marker, reply.strip() or STANDS)
    service.gradebook.requests.answer(request.id, answer)
