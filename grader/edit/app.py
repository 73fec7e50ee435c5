"""A student's own page as a web application.

Owns the routes and the response of each. Who may come in belongs to `grader.web.access`, what is done to
`grader.edit.service`, files to `grader.edit.work`, the HTML to `grader.edit.pages`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from grader.assignment.model import Part, Problem
from grader.edit.pages import drawn_findings, drawn_reading, drawn_steps, home_page, problem_page, reading_of
from grader.edit.service import EditService, Findings
from grader.edit.work import Conflict
from grader.errors import HarnessError
from grader.submission.answer_edit import NotWritten
from grader.submission.answers import MAX_ANSWER_CHARACTERS
from grader.submission.saved import saved_state
from grader.web.routes import asset, get, json, post

Key = TypeVar("Key")
Thing = TypeVar("Thing")
LARGEST = 6 * MAX_ANSWER_CHARACTERS + 4096
"""Bytes of a request: an answer of the greatest length, each letter as an escape of JSON."""


class Typing(BaseModel):
    """An answer while it is typed."""

    part: str = Field(max_length=100)
    field: str = Field(max_length=100)
    text: str = Field(max_length=MAX_ANSWER_CHARACTERS)


class Keeping(Typing):
    """An answer to be kept; `base` is the digest of what stood there before."""

    base: str = Field(max_length=64)


class Application:
    """The endpoints. `app` is the ASGI application without access control (see `grader.web.access`)."""

    def __init__(self, service: EditService) -> None:
        self.service = service
        self.problems = {problem.id: problem for problem in service.assignment.problems}
        self._checker = ThreadPoolExecutor(1)  # the sandbox dies with the thread that started it

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            yield
            self._checker.shutdown(wait=True, cancel_futures=True)

        routes = [
            get("/", self.home),
            asset("/edit.css", "text/css", "reports:style.css", "grader.web:frame.css", "reports:edit/edit.css"),
            asset("/edit.js", "text/javascript", "reports:edit/edit.js"),
            asset("/edit.svg", "image/svg+xml", "reports:edit/edit.svg"),
            get("/p/{problem}", self.problem),
            get("/p/{problem}/held", self.held),
            get("/saved", self.saved),
            get("/next/{what}", self.next_place),
            json("/read", Typing, LARGEST, self.read),
            json("/keep", Keeping, LARGEST, self.keep),
            post("/check/{part}", self.check),
            post("/check", self.check_all),
        ]
        self.app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HarnessError: _fault})

    def home(self, _: Request) -> Response:
        """The page of where the work stands."""
        return HTMLResponse(home_page(self.service))

    def problem(self, request: Request) -> Response:
        """The sheet of one problem."""
        return HTMLResponse(problem_page(self.service, self._problem(request)))

    def held(self, request: Request) -> Response:
        """What stands in the fields of one problem."""
        names = [(part.id, name) for part in self._problem(request).parts for name in part.fields]
        found = {".".join(key): self.service.work.held(key) for key in names}
        return JSONResponse({name: {"text": one.text, "base": one.digest} for name, one in found.items()})

    def next_place(self, request: Request) -> Response:
        """The next place after another that is empty, or that is to be mended: its page, and its id there."""
        kinds = {"empty": self.service.is_empty, "mend": self.service.is_to_mend}
        what = _found(kinds, request.path_params["what"], "kind of place")
        place = self.service.next_place(what, request.query_params.get("after", ""))
        if place is None:
            return JSONResponse({"page": "", "place": ""})
        part = self.service.parts[place.partition(".")[0]]
        return JSONResponse({"page": f"/p/{part.problem}", "place": f"at-{place}" if "." in place else place})

    def saved(self, _: Request) -> Response:
        """When each file was saved, by its name: a page looks again at what changed."""
        state = saved_state(self.service.work.folder)
        return JSONResponse({Path(name).name: "-".join(map(str, when)) for name, when in state.items()})

    def read(self, _: Request, sent: Typing) -> Response:
        """How an answer is read while it is typed."""
        check = _found(self.service.fields, (sent.part, sent.field), "field")
        found = reading_of(self.service.parts[check.part.id], check, self.service.read(check, sent.text))
        return JSONResponse({"html": drawn_reading(found), "state": found.state, "means": found.means})

    def keep(self, _: Request, sent: Keeping) -> Response:
        """Write an answer into its file."""
        key = (sent.part, sent.field)
        _found(self.service.fields, key, "field")
        try:
            now = self.service.work.keep(key, sent.text, sent.base)
        except Conflict as error:
            return JSONResponse({"now": error.now.text, "base": error.now.digest}, status_code=409)
        except NotWritten as error:
            return JSONResponse({"complaint": str(error)}, status_code=422)
        return JSONResponse({"text": now.text, "base": now.digest})

    async def check(self, request: Request) -> Response:
        """Run the public checks of one part."""
        findings = await self._checked([_found(self.service.parts, request.path_params["part"], "part")])
        return JSONResponse({"html": await run_in_threadpool(drawn_findings, self.service, findings)})

    async def check_all(self, _: Request) -> Response:
        """Run every public check."""
        findings = await self._checked(list(self.service.parts.values()))
        return JSONResponse({"html": await run_in_threadpool(drawn_steps, findings)})

    async def _checked(self, parts: Sequence[Part]) -> Findings:
        return await asyncio.get_running_loop().run_in_executor(self._checker, self.service.check, parts)

    def _problem(self, request: Request) -> Problem:
        return _found(self.problems, request.path_params["problem"], "question")


def _found(things: Mapping[Key, Thing], key: Key, what: str) -> Thing:
    if key not in things:
        raise HTTPException(404, f"There is no such {what}.")
    return things[key]


def _fault(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"This could not be done: {error}\n", status_code=500)
