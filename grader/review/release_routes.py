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
from grader.results.before_release import Finding, findings, settle
from grader.results.release import Chosen, Released, release, undo_release
from grader.review.pages.answer import question_url
from grader.review.service import ReviewService
from grader.web.access import user_of
from grader.web.routes import form, get
from reports.pages import render

_LISTED = 200  # findings of one kind, so that a page stays readable
_OPEN = 8  # of these, the others are folded: the page is an overview
Action = Callable[[FormData, str], Released | None]


class ReleaseRoutes:
    """The endpoints about releasing.

    Args:
        service: the marking of the class.
    """

    def __init__(self, service: ReviewService) -> None:
        self._service = service
        self.routes: list[Route] = [
            get("/release", self.look),
            form("/release", partial(self.act, self._release)),
            form("/release/seen", partial(self.act, self._settle)),
            form("/release/undo", partial(self.act, self._undo)),
        ]

    def look(self, request: Request) -> Response:
        """The page, as things stand."""
        return self._page(user_of(request))

    def act(self, action: Action, request: Request, sent: FormData) -> Response:
        """The page after an action on it."""
        marker = user_of(request)
        try:
            return self._page(marker, done=action(sent, marker))
        except UsageError as error:
            return self._page(marker, problem=str(error))

    def _release(self, sent: FormData, marker: str) -> Released:
        wanted = ({str(sent.get(name, "")).strip()} - {""} for name in ("student", "section", "part"))
        chosen = Chosen(*map(tuple, wanted))
        unfinished = sent.get("unfinished") is not None
        return release(self._service.course(), chosen, marker, unfinished=unfinished)

    def _undo(self, _: FormData, marker: str) -> Released:
        return undo_release(self._service.course(), marker)

    def _settle(self, sent: FormData, marker: str) -> None:
        found, keys = findings(self._service.course()), [str(key) for key in sent.getlist("key")]
        settle(self._service.gradebook, found, keys, marker)

    def _page(self, marker: str, *, done: Released | None = None, problem: str = "") -> Response:
        course = self._service.course()
        found, roster = findings(course), course.roster
        kinds = {kind: [one for one in found if one.kind == kind] for kind in dict.fromkeys(one.kind for one in found)}
        page = render(
            "desk/release.html.j2",
            marker=marker,
            kinds=[(kind, list(map(self._row, of[:_LISTED])), len(of)) for kind, of in kinds.items()],
            most=_OPEN,
            holding=sum(one.holds for one in found),
            total=len(found),
            sections=sorted({one.section for one in roster.students if one.section}) if roster else [],
            problems=self._service.assignment.problems,
            latest=self._service.gradebook.releases.latest(),
            done=done,
            problem=problem,
        )
        return HTMLResponse(page, status_code=422 if problem else 200)

    def _row(self, finding: Finding) -> tuple[Finding, str]:
        """A finding, and the address on the desk that settles it or shows whose it is; empty if there is none."""
        if finding.check in self._service.questions:
            return finding, f"{question_url(finding.check)}/{finding.entry or 'next'}"
        if len(finding.submissions) == 1:
            return finding, f"/student/{quote(finding.submissions[0], safe='')}"
        return finding, ""
