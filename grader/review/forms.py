"""Reading requests to the marking desk.

Owns the way in which a marker came to an entry, and a mark that was sent. Acting on these belongs to the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.review.marks import Draft
from grader.review.pages.answer import Visit
from grader.review.questions import ReviewQuestion
from grader.review.service import ReviewService
from grader.web.access import user_of

LARGEST = 64 << 10
"""Bytes of a request: twice what the three texts of a mark take at their longest in Latin letters."""


_BY: Mapping[str, Literal["group", "anybody"]] = {"group": "group", "anybody": "anybody"}


class Posted(Draft):
    """A mark as the page sends it.

    `group` says whether it is for the whole group. `about` is the digest of the answer or files that the page shows;
    empty where a program sends the mark, which shows none. `seen` is the id of the mark that the page shows, or 0.
    """

    group: bool = False
    about: str = Field(default="", max_length=64)
    seen: int | None = None

    @property
    def draft(self) -> Draft:
        """The mark alone."""
        return Draft(**self.model_dump(exclude={"group", "about", "seen"}))


def question_of(service: ReviewService, request: Request) -> ReviewQuestion:
    """The question in a request's address.

    Raises:
        HTTPException: 404 if there is none of that name.
    """
    question = service.questions.get(request.path_params["check"])
    if question is None:
        raise HTTPException(404, "There is no such question.")
    return question


def visit_of(request: Request) -> Visit:
    """The visit that the query describes; unknown values mean a first marking, one by one."""
    asked = request.query_params
    if asked.get("round") == "second":
        return Visit(user_of(request), "second")
    return Visit(user_of(request), by=_BY.get(asked.get("by", ""), "one"))
