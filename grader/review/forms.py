"""Reading requests to the marking desk.

Owns reading the marker, the way in which they came to an entry, and a mark that was sent, and refusing what cannot be
read. Acting on these belongs to the application.
"""

from __future__ import annotations

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.gradebook.marking.leases import Round
from grader.review.marks import Draft
from grader.review.pages.answer import Visit

LARGEST = 64 << 10
"""Bytes of a request: twice what the three texts of a mark take at their longest in Latin letters."""


class Posted(Draft):
    """A mark as the page sends it; `group` says whether it is for the whole group."""

    group: bool = False

    @property
    def draft(self) -> Draft:
        """The mark without `group`."""
        return Draft(**self.model_dump(exclude={"group"}))


def marker_of(request: Request) -> str:
    """The marker whose session the request carries, as `auth.RequestGuard` has found."""
    return str(request.scope["marker"])


def visit_of(request: Request) -> Visit:
    """The visit that the query describes; unknown values mean a first marking, one by one."""
    asked = request.query_params
    round_: Round = "second" if asked.get("round") == "second" else "first"
    return Visit(marker_of(request), round_, "group" if asked.get("by") == "group" and round_ == "first" else "one")


def number_of(request: Request, name: str) -> int | None:
    """A whole number in the query, from 0; None if it is missing or not such a number."""
    said = request.query_params.get(name, "")
    return int(said) if said.isdecimal() and said.isascii() and len(said) <= 9 else None


async def posted(request: Request) -> Posted:
    """The mark that a request carries.

    Raises:
        HTTPException: 413 if it is larger than any mark, 422 if it is not a mark.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HTTPException(413, f"More than {LARGEST >> 10} KiB: that is not a mark.")
    try:
        return Posted.model_validate_json(body)
    except ValidationError as error:
        raise HTTPException(422, f"This is not a mark: {error.error_count()} value(s) cannot be used.") from error
