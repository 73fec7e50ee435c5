"""Routes of a local page: reading by GET, changing by POST, and the files that a page loads.

Owns how endpoints and assets become routes. Which there are belongs to the application.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


def get(path: str, endpoint: Endpoint) -> Route:
    """A route that only reads."""
    return Route(path, endpoint, methods=["GET"])


def post(path: str, endpoint: Endpoint) -> Route:
    """A route that changes something."""
    return Route(path, endpoint, methods=["POST"])


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
