"""Who may reach a local page: a session, from this server's own pages, by its own name, and nobody else."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json

import itsdangerous
import pytest
from local_browser import ORIGIN, SECRET, Browser, local_access
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from grader.web.access import SESSION_SECONDS, user_of
from grader.web.routes import get, post

PAGES = ["/", "/own", "/nothing"]


def page(request):
    return PlainTextResponse(f"a page for {user_of(request)}")


APP = Starlette(routes=[get("/", page), get("/own", page), post("/change", page)])


@pytest.fixture
def access():
    return local_access(APP)


@pytest.fixture
def signed_in(access):
    """A client with a session, as our own pages would send it."""
    client = Browser(access, origin=ORIGIN)
    assert client.get(access.invite("ada")).text == "a page for ada"
    return client


@pytest.mark.parametrize("page", PAGES)
def test_without_a_session_nothing_is_told(access, page):
    answer = Browser(access).get(page)
    assert answer.status_code == 401
    assert "open the link that `hw11 review` printed" in answer.text


KEY = SECRET.hex()


def cookie(user, secret=KEY):
    """A session's cookie as somebody would sign it who holds a secret."""
    data = base64.b64encode(json.dumps({"user": user}).encode())
    return "hw11_8711=" + itsdangerous.TimestampSigner(secret).sign(data).decode()


def test_the_secret_alone_signs_sessions(access):
    assert Browser(access, cookie=cookie("ada")).get("/").status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        *("hw11_8711=", "hw11_8711=guess", "hw11_1=x", "hw11_8711", 'hw11_8711="\\', "=;=;hw11_8711=a;b"),
        cookie("ada", "another secret"),
        cookie("ada", ""),
        cookie("ada").replace("hw11_8711", "hw11_8712"),
        cookie("ada").rpartition(".")[0],
        "hw11_8711=" + base64.b64encode(b'{"user": "ada"}').decode(),
        cookie("ada").replace("=", "=x", 1),
    ],
    ids=itertools.count(),  # a cookie holds the time, which must not become a test's name
)
def test_a_forged_session_is_none(access, forged):
    assert Browser(access, cookie=forged).get("/").status_code == 401


@pytest.mark.parametrize("query", ["", "?token=", "?token=guess", "?token=%00%ff", "?other=1"])
def test_a_guessed_link_opens_nothing(access, query):
    access.invite("ada")
    answer = Browser(access).get(f"/enter{query}")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_a_link_is_opened_by_following_it_and_by_nothing_else(access, method):
    link = access.invite("ada")
    assert Browser(access, origin=ORIGIN).request(method, link).status_code == 403
    assert Browser(access).get(link).status_code == 200


def test_a_link_opens_one_session_once(access):
    link = access.invite("ada")
    first, second = Browser(access), Browser(access)
    assert first.get(link).status_code == 200
    assert second.get(link).status_code == 403
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 401
    assert first.get(link, follow=False).headers["location"] == "/"


def test_the_cookie_is_for_this_server_alone_and_no_script_reads_it(access):
    cookie = Browser(access).get(access.invite("ada"), follow=False).headers["set-cookie"].lower()
    assert cookie.startswith("hw11_8711=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


def test_a_session_outlives_the_server_and_ends_with_its_secret(signed_in):
    cookies = signed_in.cookies
    for secret, status in ((SECRET, 200), (b"another secret of the same size", 401)):
        restarted = Browser(local_access(APP, secret))
        restarted.cookies = cookies
        assert restarted.get("/").status_code == status


def test_a_session_ends_however_much_it_is_used(signed_in, monkeypatch):
    opened = itsdangerous.TimestampSigner(KEY).get_timestamp()
    for passed, status in ((SESSION_SECONDS // 2, 200), (SESSION_SECONDS - 60, 200), (SESSION_SECONDS + 60, 401)):
        monkeypatch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda _, at=opened + passed: at)
        assert signed_in.get("/").status_code == status


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8711", "", "[::1]:8711", "127.0.0.1.evil.example", "www.localhost"]
)
def test_another_host_is_refused_with_or_without_a_session(access, signed_in, host):
    assert signed_in.get("/", headers={"host": host}).status_code == 400
    link = access.invite("ada")
    assert Browser(access, host=host).get(link).status_code == 400
    assert Browser(access).get(link).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8711", "127.0.0.1:9000", "LOCALHOST"])
def test_this_machine_may_be_called_by_any_of_its_names_also_through_a_tunnel(signed_in, host):
    own = {"host": host, "origin": f"http://{host}"}
    assert signed_in.request("POST", "/change", headers=own).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:8712", "https://127.0.0.1:8711", "http://localhost:8711", ""],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_origin_is_refused(signed_in, origin, method):
    assert signed_in.request(method, "/", headers={"origin": origin}).status_code == 403


def test_what_changes_something_must_say_where_it_comes_from(signed_in):
    assert signed_in.post("/change").status_code == 200
    del signed_in.headers["origin"]
    assert signed_in.get("/").status_code == 200
    assert signed_in.post("/change").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused(signed_in, site):
    assert signed_in.get("/", headers={"sec-fetch-site": site}).status_code == 403


@pytest.mark.parametrize("page", [*PAGES, "/enter"])
@pytest.mark.parametrize("host", ["127.0.0.1:8711", "evil.example"])
def test_every_answer_carries_the_policy(access, signed_in, page, host):
    for client in (signed_in, Browser(access)):
        answer = client.get(page, headers={"host": host})
        policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_only_what_is_offered_can_be_done(signed_in, method):
    assert signed_in.request(method, "/").status_code == 405


def test_a_websocket_is_closed_before_anything_is_said(access):
    said = []

    async def send(message):
        said.append(message)

    asyncio.run(access({"type": "websocket", "headers": []}, None, send))
    assert said == [{"type": "websocket.close"}]
