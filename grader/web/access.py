"""Access to a local page: invited people, from this server's own pages, and nobody else.

Owns the order of the checks that every request goes through (host, origin, session), the link that opens a session
once, and the headers that every answer carries. Does not own what a page shows, nor where the secret that signs
sessions is kept.
"""

from __future__ import annotations

import hashlib
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.web.public_address import BehindProxy, PublicAddress

SESSION_SECONDS = 14 * 3600
"""A long working day: who begins in the morning is not thrown out in the evening."""
ENTRANCE = "/enter"
HOSTS = ("127.0.0.1", "localhost")
"""The names of this machine. A page of another site whose name was made to mean 127.0.0.1 (DNS rebinding) is refused by
its host. Any port will do, so that the page can be reached through a tunnel."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer that does not bring its own. The referrer stays within the site; without one, browsers would not say
where a form comes from."""


class LocalAccess:
    """An application behind the checks that keep strangers and other pages away from it.

    Args:
        app: what is protected; `user_of` tells it whose session a request belongs to.
        secret: signs the sessions; as long as it stays the same, sessions outlive the server.
        port: where the server listens. Cookies are shared by all ports of a machine, so the cookie's name holds it.
        command: what was typed to start the server, for messages.
        public: where browsers find it, if it is behind a reverse proxy.
    """

    def __init__(
        self, app: ASGIApp, *, secret: bytes, port: int, command: str, public: PublicAddress | None = None
    ) -> None:
        self._app = app
        self._command = command
        self._invited: dict[str, str] = {}
        sessions = SessionMiddleware(
            self._by_session,
            secret.hex(),
            session_cookie=f"hw11_{port}",
            max_age=SESSION_SECONDS,
            same_site="strict",
            https_only=public is not None and public.encrypted,
        )
        hosts = (*HOSTS, public.host) if public else HOSTS
        origin = public.origin if public else ""
        trusted = TrustedHostMiddleware(SameOrigin(sessions, origin), hosts, www_redirect=False)
        secure = SecurityHeaders(trusted)
        self._checked: ASGIApp = BehindProxy(secure, public) if public else secure

    def invite(self, user: str) -> str:
        """A path that opens a session for a user, once."""
        token = secrets.token_urlsafe(32)
        self._invited[_digest(token)] = user
        return f"{ENTRANCE}?token={token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, open a session for it, or hand it on."""
        if scope["type"] == "websocket":  # no page uses them, and browsers open them across origins
            await send({"type": "websocket.close"})
        else:
            await self._checked(scope, receive, send)

    async def _by_session(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            if request.url.path == ENTRANCE:
                await self._enter(request)(scope, receive, send)
                return
            if "user" not in request.session:
                answer = _refused(f"You have no session here: open the link that `{self._command}` printed.", 401)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _enter(self, request: Request) -> Response:
        token = _digest(request.query_params.get("token", ""))
        user = self._invited.pop(token, None) if request.method == "GET" else None
        if user is not None:
            request.session["user"] = user
        if "user" not in request.session:
            return _refused(f"This link was used already, or is not one of ours: start `{self._command}` again.", 403)
        return RedirectResponse("/", status_code=303)


class SameOrigin:
    """Middleware that refuses what another page sends; what changes something must say where it comes from.

    Starlette has none: its CORS middleware tells browsers what other pages may read, and lets their requests through.

    Args:
        app: what is protected.
        public: the origin that browsers know this server by, besides the host that they ask; empty for none.
    """

    def __init__(self, app: ASGIApp, public: str = "") -> None:
        self._app, self._public = app, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or hand it on."""
        why = _foreign(Headers(scope=scope), scope["method"], self._public) if scope["type"] == "http" else ""
        await (_refused(why, 403) if why else self._app)(scope, receive, send)


class SecurityHeaders:
    """Middleware that puts `HEADERS` on every answer; a page that has a stricter policy of its own keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and add the headers to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def user_of(connection: HTTPConnection) -> str:
    """Whose session a request belongs to."""
    return str(connection.session["user"])


def _foreign(headers: Headers, method: str, public: str) -> str:
    """Why a request does not come from a page of this server; empty if it does."""
    origin = headers.get("origin")
    if origin is None and method not in ("GET", "HEAD"):
        return "A request that changes something must say where it comes from."
    if origin is not None and origin not in (f"http://{headers.get('host')}", public or None):
        return "This request comes from another page."
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return "This request comes from another site."
    return ""


def _digest(token: str) -> str:
    """What is kept of a token: looked up by its digest, it cannot be guessed letter by letter."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _refused(why: str, status: int) -> Response:
    return PlainTextResponse(f"{why}\n", status_code=status)
