"""A local page behind a reverse proxy: the address that browsers see, and what it changes.

Owns the prefix that the address may have: it is taken off a request's path, and put before every path of ours in an
answer. Pages name their paths from the root, as they do on this machine. Encryption, and who may reach the proxy, are
the proxy's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.errors import UsageError

_PATHS = re.compile(rb'((?:href|src|action|data-(?:after|before|here|next|poll))="|"next":")(?=/)')
"""Where our pages and answers name a path of ours. Quotation marks of what people wrote are escaped in pages."""


@dataclass(frozen=True)
class PublicAddress:
    """Where browsers find a page: scheme and host (with a port, if there is one), and the prefix of every path."""

    origin: str
    host: str
    prefix: str

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach it by https."""
        return self.origin.startswith("https:")

    def __str__(self) -> str:
        return self.origin + self.prefix


def public_address(text: str) -> PublicAddress:
    """A public address as it is typed, such as `https://marking.example.edu/desk`.

    Raises:
        UsageError: it is none.
    """
    none = UsageError(f"{text!r} is no address that browsers can open: write such as https://marking.example.edu/desk")
    try:
        found = urlsplit(text)
        _ = found.port  # is read where it is asked for
    except ValueError as error:
        raise none from error
    if found.scheme not in ("http", "https") or not found.hostname or found.query or found.fragment or "@" in text:
        raise none
    return PublicAddress(f"{found.scheme}://{found.netloc.lower()}", found.hostname, found.path.rstrip("/"))


class BehindProxy:
    """Middleware that serves an application below the prefix of a public address, whether the proxy strips it or not.

    Args:
        app: what is served.
        address: where browsers find it.
    """

    def __init__(self, app: ASGIApp, address: PublicAddress) -> None:
        self._app, self._prefix = app, address.prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on without the prefix, and its answer back with it."""
        if scope["type"] != "http" or not self._prefix:
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self._prefix) if f"{scope['path']}/".startswith(f"{self._prefix}/") else None
        inner = scope if path is None else {**scope, "path": path or "/", "raw_path": (path or "/").encode()}
        start: Message = {}
        body = b""

        async def send_with_prefix(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                whole = self._with_prefix(Headers(raw=start["headers"]).get("content-type", ""), body)
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(whole))
                if headers.get("location", "").startswith("/"):
                    headers["location"] = self._prefix + headers["location"]
                await send({**start, "headers": headers.raw})
                await send({"type": "http.response.body", "body": whole})

        await self._app(inner, receive, send_with_prefix)

    def _with_prefix(self, kind: str, body: bytes) -> bytes:
        if not kind.startswith(("text/html", "application/json")):
            return body
        prefix = self._prefix.encode()
        return _PATHS.sub(lambda found: found[1] + prefix, body)
