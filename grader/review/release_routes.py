"""The page of what to look at before results go out, and the release from it.

Owns its routes. What is listed, and what a release does, belongs to `grader.results`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.grouping import by_key
from grader.results.before_release import Finding, findings, settle
from grader.results.release import Chosen, Released, release, undo_release
from grader.review.pages.answer import question_url
from grader.review.service import ReviewService
from grader.web.access import user_of
from grader.web.routes import form, get
from reports.pages import render

_LISTED = 200  # findings of one kind, so that a page stays readable
_OPEN = 8  # of these, the others are folded: the page is an overview
Action = Callable[[ReviewService, FormData, str], Released | None]


def release_routes(service: ReviewService) -> list[Route]:
    """The routes about releasing."""
    return [
        get("/release", partial(look, service)),
        form("/release", partial(act, service, _release)),
        form("/release/seen", partial(act, service, _settle)),
        form("/release/undo", partial(act, service, _undo)),
    ]


def look(service: ReviewService, request: Request) -> Response:
    """The page, as things stand."""
    return _page(service, user_of(request))


def act(service: ReviewService, action: Action, request: Request, sent: FormData) -> Response:
    """The page after an action on it."""
    marker = user_of(request)
    try:
        return _page(service, marker, done=action(service, sent, marker))
    except UsageError as error:
        return _page(service, marker, problem=str(error))


def _release(service: ReviewService, sent: FormData, marker: str) -> Released:
    wanted = ({str(sent.get(name, "")).strip()} - {""} for name in ("student", "section", "part"))
    chosen = Chosen(*map(tuple, wanted))
    unfinished = sent.get("unfinished") is not None
    return release(service.course(), chosen, marker, unfinished=unfinished)


def _undo(service: ReviewService, _: FormData, marker: str) -> Released:
    return undo_release(service.course(), marker)


def _settle(service: ReviewService, sent: FormData, marker: str) -> None:
    found, keys = findings(service.course()), [str(key) for key in sent.getlist("key")]
    settle(service.gradebook, found, keys, marker)


def _page(service: ReviewService, marker: str, *, done: Released | None = None, problem: str = "") -> Response:
    course = service.course()
    found, roster = findings(course), course.roster
    kinds = by_key((one.kind, one) for one in found)
    page = render(
        "desk/release.html.j2",
        marker=marker,
        kinds=[(kind, [_row(service, one) for one in of[:_LISTED]], len(of)) for kind, of in kinds.items()],
        most=_OPEN,
        holding=sum(one.holds for one in found),
        total=len(found),
        sections=sorted({one.section for one in roster.students if one.section}) if roster else [],
        problems=service.assignment.problems,
        latest=service.gradebook.releases.latest(),
        done=done,
        problem=problem,
    )
    return HTMLResponse(page, status_code=422 if problem else 200)


def _row(service: ReviewService, finding: Finding) -> tuple[Finding, str]:
    """A finding, and the address on the desk that settles it or shows whose it is; empty if there is none."""
    if finding.check in service.questions:
        return finding, f"{question_url(finding.check)}/{finding.entry or 'next'}"
    if len(finding.submissions) == 1:
        return finding, f"/student/{quote(finding.submissions[0], safe='')}"
    return finding, ""
