"""A client of local pages: what a browser does, without one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from grader.web.access import LocalAccess

PORT = 8711
ORIGIN = f"http://127.0.0.1:{PORT}"
SECRET = b"sixteen bytes or more of a secret"


def local_access(app: Any, secret: bytes = SECRET) -> LocalAccess:
    """An application as `hw11 review` serves it."""
    return LocalAccess(app, secret=secret, port=PORT, command="hw11 review")


class Browser:
    """Keeps cookies, sends the same headers along, follows where it is sent."""

    def __init__(self, app: Any, **headers: str) -> None:
        self.headers = headers
        self.cookies = httpx.Cookies()
        self._transport = httpx.ASGITransport(app)

    def request(
        self, method: str, page: str, *, headers: Mapping[str, str] | None = None, follow: bool = True, **body: Any
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            client = httpx.AsyncClient(transport=self._transport, base_url=ORIGIN, cookies=self.cookies)
            async with client:
                answer = await client.request(
                    method, page, headers={**self.headers, **(headers or {})}, follow_redirects=follow, **body
                )
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())

    def get(self, page: str, **more: Any) -> httpx.Response:
        return self.request("GET", page, **more)

    def post(self, page: str, **more: Any) -> httpx.Response:
        return self.request("POST", page, **more)
