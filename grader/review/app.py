"""The marking desk as a web application.

Owns the routes and the response of each. Authentication belongs to `grader.web.access`, reading requests to `forms`,
actions to `service`, the HTML to `pages`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from grader.errors import GradebookError, SpecError, UsageError
from grader.gradebook.marking.events import Event, What
from grader.gradebook.pending import Entry
from grader.results.publish import read_report
from grader.review.apply_rubric import apply_rubric
from grader.review.card_routes import card_routes
from grader.review.forms import LARGEST, Posted, question_of, visit_of
from grader.review.group_jobs import GroupJobs
from grader.review.group_routes import group_routes
from grader.review.images import image_response
from grader.review.pages.answer import Visit, answer_page, question_url
from grader.review.pages.changed import changed_meanwhile
from grader.review.pages.groups import largest_waiting
from grader.review.pages.overview import history_page, home_page, quality_page, rubric_page
from grader.review.questions import ReviewQuestion
from grader.review.release_routes import release_routes
from grader.review.service import NotSaved, ReviewService
from grader.review.stands import stands
from grader.review.team_routes import team_routes
from grader.web.access import user_of
from grader.web.requests import whole_number
from grader.web.routes import asset, form, get, json, post

_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a report says of itself in its head."""
_EVENTS: tuple[What, ...] = ("flag", "unflag", "reveal")


class Application:
    """The endpoints. `app` is the ASGI application without authentication (see `grader.web.access`).

    Args:
        service: the actions on the gradebook.
        executor: runs slow comparisons of answers; shut down with the application.
    """

    def __init__(self, service: ReviewService, executor: Executor) -> None:
        self.service = service
        self.group_jobs = GroupJobs(service, executor)

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            yield
            executor.shutdown(wait=False, cancel_futures=True)

        one, question = "/q/{check}/{key:str}", "/q/{check}"
        routes = [
            get("/", self.home),
            asset("/desk.css", "text/css", "reports:style.css", "grader.web:frame.css", "reports:desk/desk.css"),
            asset("/desk.js", "text/javascript", "reports:desk/desk.js"),
            asset("/desk.svg", "image/svg+xml", "reports:desk/desk.svg"),
            get("/quality", partial(self.overview, quality_page)),
            get("/history", partial(self.overview, history_page)),
            post("/read-again", self.read_again),
            form("/undo", self.undo),
            get(f"{question}/next", self.next),
            *group_routes(service, self.group_jobs),
            get(f"{question}/rubric", self.rubric),
            form(f"{question}/rubric", self.apply_rubric),
            get(one, self.answer),
            json(f"{one}/draft", Posted, LARGEST, self.draft),
            json(f"{one}/mark", Posted, LARGEST, self.mark),
            json(f"{one}/stands", Posted, LARGEST, self.stands),
            post(f"{one}/hold", self.hold),
            *(post(f"{one}/{what}", partial(self.event, what)) for what in _EVENTS),
            post(f"{one}/report", self.report),
            post(f"{one}/take-back", self.take_back),
        ]
        routes += [*release_routes(service), *card_routes(service), *team_routes(service)]
        routes.append(get(f"{one}/image/{{number:int}}", self.image))
        self.app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=_ANSWERS)

    def home(self, request: Request) -> Response:
        """The home page: what is left to mark."""
        return HTMLResponse(
            home_page(self.service, user_of(request), finished=request.query_params.get("finished", ""))
        )

    def overview(self, drawn: Callable[[ReviewService, str], str], request: Request) -> Response:
        """A page about the marking as a whole."""
        return HTMLResponse(drawn(self.service, user_of(request)))

    def read_again(self, request: Request) -> Response:
        """Read problem files and gradebook again, for changes from outside this server."""
        try:
            self.service.read_again()
        except (SpecError, UsageError) as error:
            return HTMLResponse(home_page(self.service, user_of(request), problem=str(error)), status_code=422)
        return RedirectResponse("/", status_code=303)

    def next(self, request: Request) -> Response:
        """Redirect to the next entry that waits for this marker."""
        question, visit = question_of(self.service, request), visit_of(request)
        return RedirectResponse(self._next(question, visit, request.query_params.get("after", "")), status_code=303)

    def answer(self, request: Request) -> Response:
        """The page of one entry."""
        entry = self._entry(request)
        done = request.query_params.get("done", "")
        return HTMLResponse(answer_page(self.service, self.group_jobs, entry, visit_of(request), done))

    def hold(self, request: Request) -> Response:
        """Renew the lease on an entry whose page is open."""
        entry, visit = self._entry(request), visit_of(request)
        holder = self.service.gradebook.leases.take(entry.key, visit.round, visit.marker, self.service.clock())
        return JSONResponse({"held": holder is None})

    def draft(self, request: Request, sent: Posted) -> Response:
        """Save a draft; the response is sent when it is on disk."""
        visit = visit_of(request)
        self.service.begin(self._entry(request), sent.draft, visit.marker, visit.round)
        return JSONResponse({"saved": True})

    def mark(self, request: Request, sent: Posted) -> Response:
        """Save a mark, for one entry or for its group; responds with the next entry's address."""
        entry, visit = self._entry(request), visit_of(request)
        if sent.about not in ("", entry.digest):
            raise NotSaved("What was handed in has changed since this page was opened: load it again to see it.")
        if visit.round == "first" and (asks := self._meanwhile(entry, sent)) is not None:
            return asks
        question = self.service.questions[entry.check_id]
        group = self.group_jobs.known(question).of(entry.key) if sent.group and visit.round == "first" else None
        done = ""
        if group is None:
            self.service.save(entry, sent.draft, visit.marker, visit.round)
        else:
            done = self.service.save_group(entry, group.keys, sent.draft, visit.marker)[0].batch
        return JSONResponse({"next": self._next(question, visit, entry.key, done)})

    def stands(self, request: Request, sent: Posted) -> Response:
        """Answer a request whose points stay; responds with the next entry's address."""
        entry, visit = self._entry(request), visit_of(request)
        if (asks := self._meanwhile(entry, sent)) is not None:
            return asks
        stands(self.service, entry, visit.marker, sent.reply)
        return JSONResponse({"next": self._next(self.service.questions[entry.check_id], visit, entry.key)})

    def _meanwhile(self, entry: Entry, sent: Posted) -> Response | None:
        """What asks whoever decides on a page that shows another mark than counts now; None if it shows that one."""
        meanwhile = None if sent.seen is None else self.service.changed_since(entry, sent.seen)
        if meanwhile is None:
            return None
        return JSONResponse({"complaint": changed_meanwhile(meanwhile), "seen": meanwhile.id}, status_code=409)

    def event(self, what: What, request: Request) -> Response:
        """Flag or unflag an entry, or reveal its author; all are logged."""
        entry, visit = self._entry(request), visit_of(request)
        self.service.gradebook.marking.events.log(Event(what, entry.key, entry.check_id, visit.marker))
        return self._back(entry, visit)

    def image(self, request: Request) -> Response:
        """One image of those that an entry is about."""
        return image_response(self.service, self._entry(request), request.path_params["number"])

    def report(self, request: Request) -> Response:
        """The report as its student has it; that is logged as revealing."""
        entry = self._entry(request)
        page = read_report(entry.submission, self.service.gradebook.folder)
        self.service.gradebook.marking.events.log(Event("reveal", entry.key, entry.check_id, user_of(request)))
        if page is None:
            raise HTTPException(404, "There is no report yet: `hw11 report` writes them.")
        return HTMLResponse(page, headers={"content-security-policy": _REPORT_POLICY})

    def take_back(self, request: Request) -> Response:
        """Take back the mark of an entry."""
        entry, visit = self._entry(request), visit_of(request)
        self.service.take_back(entry, visit.marker)
        return self._back(entry, visit)

    def rubric(self, request: Request) -> Response:
        """The page of a rubric and its changes."""
        question, applied = self._with_rubric(request), whole_number(request, "applied")
        return HTMLResponse(rubric_page(self.service, question, user_of(request), applied))

    def apply_rubric(self, request: Request, sent: FormData) -> Response:
        """Apply the rubric of the problem file to the marks."""
        question = self._with_rubric(request)
        number = apply_rubric(self.service, question, user_of(request), again=sent.get("again") is not None)
        return RedirectResponse(f"{question_url(question.id)}/rubric?applied={number}", status_code=303)

    def undo(self, request: Request, sent: FormData) -> Response:
        """Undo a batch of marks."""
        number = self.service.undo(str(sent.get("batch")), user_of(request))
        check = str(sent.get("check"))
        if check not in self.service.questions:
            return RedirectResponse("/history", status_code=303)
        return RedirectResponse(f"{question_url(check)}/groups?undone={number}", status_code=303)

    def _next(self, question: ReviewQuestion, visit: Visit, after: str, done: str = "") -> str:
        if visit.by == "group":
            key = largest_waiting(self.service, self.group_jobs, question, visit.marker)
        else:
            anybody = visit.by == "anybody"
            key = self.service.next(question.id, after, visit.marker, visit.round, anybody=anybody)
        if key is None:
            self.service.gradebook.leases.release(visit.marker, "")
            return f"/?finished={question.id}"
        also = f"{'&' if visit.query else '?'}done={done}" if done else ""
        return f"{question_url(question.id)}/{key}{visit.query}{also}"

    def _back(self, entry: Entry, visit: Visit) -> Response:
        return RedirectResponse(f"{question_url(entry.check_id)}/{entry.key}{visit.query}", status_code=303)

    def _with_rubric(self, request: Request) -> ReviewQuestion:
        question = question_of(self.service, request)
        if question.text is None:
            raise HTTPException(404, "This question has no rubric.")
        return question

    def _entry(self, request: Request) -> Entry:
        entry = self.service.gradebook.queue.entry(request.path_params["key"])
        if entry is None or entry.check_id != question_of(self.service, request).id:
            raise HTTPException(404, "There is no such answer.")
        return entry


def _not_saved(_: Request, error: Exception) -> Response:
    return JSONResponse({"complaint": str(error)}, status_code=409)


def _fault(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"A fault of ours, nothing was saved: {error}\n", status_code=500)


_ANSWERS: dict[Any, Callable[[Request, Exception], Response]] = {NotSaved: _not_saved, GradebookError: _fault}
"""What is answered where an endpoint raises an error."""
