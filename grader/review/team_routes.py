"""The page of the team, and assigning questions to markers on it.

Owns its routes. Whose share an answer is belongs to `grader.gradebook.marking.shares`.
"""

from __future__ import annotations

from functools import partial

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.gradebook.marking.events import Event
from grader.review.pages.team import marker_rows, team_page
from grader.review.service import ReviewService
from grader.web.access import user_of
from grader.web.routes import form, get


def team_routes(service: ReviewService) -> list[Route]:
    """The routes about the team."""
    return [get("/team", partial(look, service)), form("/team", partial(assign, service))]


def look(service: ReviewService, request: Request) -> Response:
    """The page."""
    return HTMLResponse(team_page(service, user_of(request)))


def assign(service: ReviewService, request: Request, sent: FormData) -> Response:
    """Assign the questions that the form shows to the markers that are ticked, where that is a change."""
    marking, author = service.gradebook.marking, user_of(request)
    known, before = {row.name for row in marker_rows(service)}, marking.shares.assigned()
    for check in [str(one) for one in sent.getlist("shown") if one in service.questions]:
        wanted = sorted({str(name) for name in sent.getlist(check)} & known)
        if wanted != list(before.get(check, ())):
            marking.shares.assign(check, wanted, author)
            marking.events.log(Event("assign", "", check, author, ", ".join(wanted) or "everybody"))
    return RedirectResponse("/team", status_code=303)
