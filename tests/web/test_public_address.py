"""A page behind a tunnel or a reverse proxy: every link leads through it, and strangers are refused as before."""

from __future__ import annotations

import re

import pytest
from local_browser import PORT, SECRET, Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from grader.errors import UsageError
from grader.web.access import LocalAccess
from grader.web.public_address import public_address
from grader.web.routes import get, post

PUBLIC = "https://marking.example.edu"
SAID = 'see "/etc" at href="/x"'


def home(_: Request) -> Response:
    from markupsafe import escape

    paths = '<link href="/desk.css"><form action="/mark" data-next="/q/w/1"></form>'
    return HTMLResponse(f'{paths}<p>{escape(SAID)}</p><button data-comment="/2 of it">')


def mark(_: Request) -> Response:
    return JSONResponse({"next": "/q/w/1", "said": "/not/a/path"})


def away(_: Request) -> Response:
    return RedirectResponse("/", status_code=303)


class Proxy:
    """A reverse proxy in a few lines: it may strip the prefix, and may keep the host that the browser asked."""

    def __init__(self, app, prefix, *, strips, keeps_host):
        self.app, self.prefix, self.strips, self.keeps_host = app, prefix, strips, keeps_host

    async def __call__(self, scope, receive, send):
        assert scope["path"].startswith(self.prefix), "whatever else is on this host is somebody else's"
        host = dict(scope["headers"])[b"host"] if self.keeps_host else f"127.0.0.1:{PORT}".encode()
        headers = [(name, host if name == b"host" else value) for name, value in scope["headers"]]
        path = scope["path"].removeprefix(self.prefix) or "/" if self.strips else scope["path"]
        await self.app({**scope, "path": path, "raw_path": path.encode(), "headers": headers}, receive, send)


def access(url):
    app = Starlette(routes=[get("/", home), post("/mark", mark), get("/away", away)])
    return LocalAccess(app, secret=SECRET, port=PORT, command="hw11 review", public=public_address(url))


@pytest.mark.parametrize("keeps_host", [True, False])
@pytest.mark.parametrize("strips", [True, False])
@pytest.mark.parametrize("prefix", ["", "/desk", "/course/desk"])
def test_a_proxy_may_keep_or_change_host_and_prefix(prefix, strips, keeps_host):
    served = access(PUBLIC + prefix)
    browser = Browser(Proxy(served, prefix, strips=strips, keeps_host=keeps_host), origin=PUBLIC)
    browser.headers |= {"host": "marking.example.edu", "sec-fetch-site": "same-origin"}
    entered = browser.get(f"{PUBLIC}{prefix}{served.invite('ada')}")
    assert entered.status_code == 200
    paths = [f"{prefix}/desk.css", f"{prefix}/mark", f"{prefix}/q/w/1"]
    assert re.findall(r'(?:href|action|next)="([^"]*)"', entered.text) == paths
    assert 'data-comment="/2 of it"' in entered.text, "a comment that was typed before"
    assert "see &#34;/etc&#34; at href=&#34;/x&#34;" in entered.text, "what students wrote stays as it is"
    assert int(entered.headers["content-length"]) == len(entered.content)
    assert browser.post(f"{PUBLIC}{prefix}/mark").json() == {"next": f"{prefix}/q/w/1", "said": "/not/a/path"}
    assert browser.get(f"{PUBLIC}{prefix}/away", follow=False).headers["location"] == f"{prefix}/"
    assert next(iter(browser.cookies.jar)).secure


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "https://marking.example.edu.evil.example"},
        {"origin": "http://marking.example.edu:81"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=lambda wrong: "-".join(wrong.values()),
)
def test_behind_a_proxy_strangers_are_refused_as_before(wrong):
    served = access(f"{PUBLIC}/desk")
    browser = Browser(served, host="marking.example.edu", origin=PUBLIC)
    assert browser.get(f"{PUBLIC}/desk{served.invite('ada')}").status_code == 200
    assert browser.post(f"{PUBLIC}/desk/mark").status_code == 200
    assert browser.post(f"{PUBLIC}/desk/mark", headers=wrong).status_code in (400, 403)


@pytest.mark.parametrize("port", [8711, 9000, 80])
def test_a_tunnel_may_end_at_any_port(port):
    app = Starlette(routes=[get("/", home), post("/mark", mark)])
    plain = LocalAccess(app, secret=SECRET, port=PORT, command="hw11 review")
    tunnelled = Browser(plain, host=f"localhost:{port}", origin=f"http://localhost:{port}")
    assert tunnelled.get(plain.invite("ada")).status_code == 200
    assert tunnelled.post("/mark").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        *("marking.example.edu", "ftp://x.example", "https://", "https://u:p@x.example", "https://x.example/?a=b", ""),
        *("https://[x", "https://x]/", "https://[::1", "https://x:port", "https://x:99999", "https://x:-1/"),
    ],
)
def test_what_is_no_address_is_told(text):
    with pytest.raises(UsageError, match="no address"):
        public_address(text)


def test_an_address_is_kept_as_browsers_say_it():
    found = public_address("https://Marking.Example.edu:8443/desk/")
    assert (found.origin, found.host, found.prefix) == (
        "https://marking.example.edu:8443",
        "marking.example.edu",
        "/desk",
    )
    assert str(found) == "https://marking.example.edu:8443/desk"
