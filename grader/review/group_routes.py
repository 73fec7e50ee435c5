"""The page of a question's groups, and changing groups by hand.

Owns its routes. Which answers belong together is computed by `group_jobs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.gradebook.marking.events import Event
from grader.review.forms import question_of
from grader.review.group_jobs import GroupJobs
from grader.review.pages.answer import question_url
from grader.review.pages.groups import groups_page
from grader.review.service import ReviewService
from grader.web.access import user_of
from grader.web.requests import whole_number
from grader.web.routes import form, get


def group_routes(service: ReviewService, jobs: GroupJobs) -> list[Route]:
    """The routes about the groups of questions."""
    groups = "/q/{check}/groups"
    return [
        get(groups, partial(look, service, jobs)),
        get(f"{groups}/ready", partial(ready, service, jobs)),
        form(f"{groups}/split", partial(split, service)),
        form(f"{groups}/join", partial(join, service, jobs)),
    ]


def look(service: ReviewService, jobs: GroupJobs, request: Request) -> Response:
    """The page of a question's groups."""
    number, page = whole_number(request, "undone"), whole_number(request, "page")
    undone = "" if number is None else f"Undone for {number} answers; what was marked anew since stays."
    question = question_of(service, request)
    return HTMLResponse(groups_page(service, jobs, question, user_of(request), page or 1, undone))


def ready(service: ReviewService, jobs: GroupJobs, request: Request) -> Response:
    """Whether the comparison of near answers has finished."""
    return JSONResponse({"ready": not jobs.all(question_of(service, request)).looking})


def split(service: ReviewService, request: Request, sent: FormData) -> Response:
    """Move entries into a group of their own."""
    return _regroup(service, request, "split", [str(key) for key in sent.getlist("key")])


def join(service: ReviewService, jobs: GroupJobs, request: Request, sent: FormData) -> Response:
    """Move the entries of a group made by hand back to their computed groups."""
    found = jobs.exact(question_of(service, request))
    keys = next((one.keys for one in found if one.name == sent.get("name")), ())
    return _regroup(service, request, "join", keys)


def _regroup(service: ReviewService, request: Request, what: Literal["split", "join"], keys: Sequence[str]) -> Response:
    question, gradebook = question_of(service, request), service.gradebook
    known = [entry for entry in gradebook.queue.some(keys).values() if entry.check_id == question.id]
    for entry in known:
        value = known[0].key if what == "split" else ""
        gradebook.marking.events.log(Event(what, entry.key, question.id, user_of(request), value))
    return RedirectResponse(f"{question_url(question.id)}/groups", status_code=303)
