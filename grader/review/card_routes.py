"""The page of one student: what there is of them, and any change of it.

Owns its routes. What belongs to a student is found by `grader.results.card`, a change is made by `changes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.records import GradeRecord
from grader.results.card import find_person
from grader.results.lookup import NotFound
from grader.review.changes import change, hold, let_go, refuse_unseen, settle_unread
from grader.review.pages.card import card_page
from grader.review.pages.overview import home_page
from grader.review.service import ReviewService
from grader.web.access import user_of
from grader.web.routes import form, get


def card_routes(service: ReviewService) -> list[Route]:
    """The routes about one student."""
    return [
        form("/find", partial(find, service)),
        get("/student/{submission}", partial(card, service)),
        form("/student/{submission}", partial(change_card, service)),
    ]


def find(service: ReviewService, request: Request, sent: FormData) -> Response:
    """The card of one student, by id, name, number or e-mail address; that is logged as revealing."""
    heads, wanted = service.gradebook.heads.latest(), str(sent.get("who", "")).strip()
    try:
        found = find_person(heads, wanted, service.roster(), "this class")
    except NotFound as error:
        return HTMLResponse(home_page(service, user_of(request), lost=error), status_code=404)
    return RedirectResponse(f"/student/{found}", status_code=303)


def change_card(service: ReviewService, request: Request, sent: FormData) -> Response:
    """Change points, decide what waits unread, hold back or let go, and show the card again."""
    said = {name: str(value) for name, value in sent.items()}
    shown, _ = service.card(_submission(service, request), user_of(request))
    try:
        refuse_unseen(shown, said.get("target", ""), said.get("seen", ""))
        _apply(service, shown.counting, said, user_of(request))
    except UsageError as error:
        return card(service, request, problem=str(error))
    return RedirectResponse(f"/student/{_submission(service, request)}", status_code=303)


def _apply(service: ReviewService, record: GradeRecord, said: Mapping[str, str], author: str) -> None:
    target, reason, says = (said.get(name, "") for name in ("target", "reason", "says"))
    match said.get("do"):
        case "hold":
            hold(service, record, target, reason, says, author)
        case "let go":
            let_go(service, record, target, author)
        case "settle":
            settle_unread(service, record, reason, says, author)
        case "undo":
            change(service, record, target, None, "taken back", says, author)
        case _:
            change(service, record, target, _number(said.get("points", "")), reason, says, author)


def card(service: ReviewService, request: Request, problem: str = "") -> Response:
    """The card of the student whose submission this is."""
    page = card_page(service, _submission(service, request), user_of(request), problem)
    return HTMLResponse(page, status_code=422 if problem else 200)


def _submission(service: ReviewService, request: Request) -> str:
    wanted = str(request.path_params["submission"])
    if not service.gradebook.heads.has(wanted):
        raise HTTPException(404, "There is no such submission.")
    return wanted


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        raise UsageError(f"{text[:30]!r} is no number of points") from None
