"""Authentication of requests to the marking desk.

Owns the check of every request: it must name this server as its host (against DNS rebinding), come from this server's
own pages (against cross-site requests), and carry a session. The link that the command prints opens a session once;
the session survives a restart of the server. Also owns the security headers of every response.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.gradebook import Gradebook

SESSION_SECONDS = 14 * 3600.0  # one long day of marking
ENTRANCE = "/enter"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Headers of every response. Referrers are allowed within the desk, else browsers send no origin with a form."""


class RequestGuard:
    """ASGI middleware that refuses requests that are not allowed.

    Args:
        app: the application behind it, which gets the marker's name in `scope["marker"]`.
        gradebook: keeps the sessions.
        port: the port of the server, which listens on the loopback address alone.
        clock: seconds since the epoch.
    """

    def __init__(self, app: ASGIApp, gradebook: Gradebook, port: int, clock: Callable[[], float] = time.time) -> None:
        self._app = app
        self._gradebook = gradebook
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._cookie = f"desk_{port}"
        self._clock = clock
        self._tokens: dict[str, str] = {}

    def invite(self, marker: str) -> str:
        """A path that opens a session for a marker, once."""
        token = secrets.token_urlsafe(32)
        self._tokens[_digest(token)] = marker
        return f"{ENTRANCE}?token={token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, open a session, or pass the request to the application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        answer = self._refusal(scope, headers)
        if answer is None and scope["path"] == ENTRANCE:
            answer = self._enter(scope, headers)
        if answer is None:
            marker = self._marker(headers)
            if marker is not None:
                await self._app({**scope, "marker": marker}, receive, send_guarded)
                return
            answer = _refused("You have no session here: open the link that `hw11 review` printed.", 401)
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if host not in self._hosts:
            return _refused("This is not the host that this server answers for.", 403)
        origin = headers.get("origin")
        if origin is None and scope["method"] not in ("GET", "HEAD"):
            return _refused("A request that changes something must say where it comes from.", 403)
        if origin is not None and origin != f"http://{host}":
            return _refused("This request comes from another page.", 403)
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return _refused("This request comes from another site.", 403)
        return None

    def _enter(self, scope: Scope, headers: Headers) -> Response:
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        marker = self._tokens.pop(_digest(token), None) if scope["method"] == "GET" else None
        if marker is None and self._marker(headers) is not None:
            return RedirectResponse("/", status_code=303)
        if marker is None:
            return _refused("This link was used already, or is not one of ours: start `hw11 review` again.", 403)
        session = secrets.token_urlsafe(32)
        self._gradebook.marking.sessions.add(_digest(session), marker, self._clock() + SESSION_SECONDS)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(
            self._cookie, session, max_age=int(SESSION_SECONDS), path="/", httponly=True, samesite="strict"
        )
        return answer

    def _marker(self, headers: Headers) -> str | None:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return None
        return self._gradebook.marking.sessions.marker(_digest(morsel.value), self._clock()) if morsel else None


def _digest(secret: str) -> str:
    """The digest of a secret, which is kept and looked up in its place.

    The time of a lookup by digest tells nothing about the secret, so that it cannot be guessed letter by letter.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _refused(why: str, status: int) -> Response:
    return PlainTextResponse(f"{why}\n", status_code=status)
