"""Routes of a local page: reading by GET, changing by POST, and the files that a page loads.

Owns how endpoints and assets become routes. Which there are belongs to the application.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.web.requests import Model, read_json

Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


def get(path: str, endpoint: Endpoint) -> Route:
    """A route that only reads."""
    return Route(path, endpoint, methods=["GET"])


def post(path: str, endpoint: Endpoint) -> Route:
    """A route that changes something."""
    return Route(path, endpoint, methods=["POST"])


def form(path: str, endpoint: Callable[[Request, FormData], Response]) -> Route:
    """A route that changes something by what a form says. The endpoint runs in a thread, where it may wait."""

    async def read(request: Request) -> Response:
        return await run_in_threadpool(endpoint, request, await request.form())

    return post(path, read)


def json(path: str, model: type[Model], most_bytes: int, endpoint: Callable[[Request, Model], Response]) -> Route:
    """A route that takes JSON as a model, of so many bytes at the most. The endpoint runs in a thread."""

    async def read(request: Request) -> Response:
        return await run_in_threadpool(endpoint, request, await read_json(request, model, most_bytes))

    return post(path, read)


def asset(path: str, media_type: str, *parts: str) -> Route:
    """A file of ours that a page loads.

    Args:
        path: where pages find it.
        media_type: such as `text/css`.
        parts: what it is made of, each `package:path below its templates`.
    """

    def endpoint(_: Request) -> Response:
        return Response("".join(map(_text, parts)), media_type=media_type)

    return get(path, endpoint)


@cache
def _text(part: str) -> str:
    package, _, name = part.partition(":")
    return (files(package) / "templates" / name).read_text(encoding="utf-8")
