"""What a request to the desk holds: how the marker came to an entry, and a mark that was sent.

What is done with either belongs to the application.
"""

from __future__ import annotations

from starlette.requests import Request

from grader.gradebook.marking.leases import Round
from grader.review.marks import Draft
from grader.review.pages.answer import Visit
from grader.web.access import user_of
from grader.web.requests import read_json

LARGEST = 64 << 10
"""Bytes of a mark: its three texts of 10,000 characters each, with room for any alphabet."""


class Posted(Draft):
    """A mark as the page sends it, and whether it is for the whole group."""

    group: bool = False

    @property
    def draft(self) -> Draft:
        """The mark alone."""
        return Draft(**self.model_dump(exclude={"group"}))


def visit_of(request: Request) -> Visit:
    """How the marker came: anything else than what our links say is a first marking, one by one."""
    asked = request.query_params
    round_: Round = "second" if asked.get("round") == "second" else "first"
    return Visit(user_of(request), round_, "group" if asked.get("by") == "group" and round_ == "first" else "one")


async def posted(request: Request) -> Posted:
    """The mark that a request carries.

    Raises:
        HTTPException: 413 if it is larger than any mark, 422 if it is none.
    """
    return await read_json(request, Posted, LARGEST)
