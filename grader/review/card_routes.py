"""The page of one student: what there is of them, and any change of it.

Owns its routes. What belongs to a student is found by `grader.results.card`, a change is made by `changes`.
"""

from __future__ import annotations

from collections.abc import Mapping

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


class CardRoutes:
    """The endpoints about one student.

    Args:
        service: the marking of the class.
    """

    def __init__(self, service: ReviewService) -> None:
        self._service = service
        self.routes: list[Route] = [
            form("/find", self.find),
            get("/student/{submission}", self.card),
            form("/student/{submission}", self.change),
        ]

    def find(self, request: Request, sent: FormData) -> Response:
        """The card of one student, by id, name, number or e-mail address; that is logged as revealing."""
        heads, wanted = self._service.gradebook.heads.latest(), str(sent.get("who", "")).strip()
        try:
            found = find_person(heads, wanted, self._service.roster(), "this class")
        except NotFound as error:
            return HTMLResponse(home_page(self._service, user_of(request), lost=error), status_code=404)
        return RedirectResponse(f"/student/{found}", status_code=303)

    def change(self, request: Request, sent: FormData) -> Response:
        """Change points, decide what waits unread, hold back or let go, and show the card again."""
        said = {name: str(value) for name, value in sent.items()}
        card, _ = self._service.card(self._submission(request), user_of(request))
        try:
            refuse_unseen(card, said.get("target", ""), said.get("seen", ""))
            self._apply(card.counting, said, user_of(request))
        except UsageError as error:
            return self.card(request, problem=str(error))
        return RedirectResponse(f"/student/{self._submission(request)}", status_code=303)

    def _apply(self, record: GradeRecord, said: Mapping[str, str], author: str) -> None:
        target, reason, says = (said.get(name, "") for name in ("target", "reason", "says"))
        match said.get("do"):
            case "hold":
                hold(self._service, record, target, reason, says, author)
            case "let go":
                let_go(self._service, record, target, author)
            case "settle":
                settle_unread(self._service, record, reason, says, author)
            case "undo":
                change(self._service, record, target, None, "taken back", says, author)
            case _:
                change(self._service, record, target, _number(said.get("points", "")), reason, says, author)

    def card(self, request: Request, problem: str = "") -> Response:
        """The card of the student whose submission this is."""
        page = card_page(self._service, self._submission(request), user_of(request), problem)
        return HTMLResponse(page, status_code=422 if problem else 200)

    def _submission(self, request: Request) -> str:
        wanted = str(request.path_params["submission"])
        if not self._service.gradebook.heads.has(wanted):
            raise HTTPException(404, "There is no such submission.")
        return wanted


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        raise UsageError(f"{text[:30]!r} is no number of points") from None
