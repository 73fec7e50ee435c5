"""Who may speak to the desk: a session, from this server's own pages, by its own name, and nobody else."""

from __future__ import annotations

import pytest

from grader.review.auth import SESSION_SECONDS

PAGES = ["/", "/quality", "/history", "/desk.css", "/desk.js", "/q/wa.why/next", "/q/wa.why/groups", "/nothing"]


@pytest.mark.parametrize("page", PAGES)
def test_without_a_session_nothing_is_told(shared, page):
    answer = shared.stranger().get(page)
    assert answer.status_code == 401
    assert "Words" not in answer.text


@pytest.mark.parametrize(
    "cookie", ["desk_8711=", "desk_8711=guess", "desk_1=x", "desk_8711", 'desk_8711="\\', "=;=;desk_8711=a;b"]
)
def test_a_guessed_session_is_none(shared, cookie):
    assert shared.stranger(cookie=cookie).get("/").status_code == 401


@pytest.mark.parametrize("query", ["", "?token=", "?token=guess", "?token=%00%ff", "?other=1"])
def test_a_guessed_link_opens_nothing(shared, query):
    shared.guard.invite("ada")
    answer = shared.stranger().get(f"/enter{query}")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_link_opens_one_session_once(shared):
    link = shared.guard.invite("ada")
    first, second = shared.stranger(), shared.stranger()
    assert first.get(link).status_code == 200
    assert second.get(link).status_code == 403
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 401
    assert first.get(link, follow=False).headers["location"] == "/"


def test_the_cookie_is_for_this_server_alone_and_no_script_reads_it(shared):
    cookie = shared.stranger().get(shared.guard.invite("ada"), follow=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


def test_a_session_ends(shared):
    browser = shared.browser()
    shared.now[0] += SESSION_SECONDS - 1
    assert browser.get("/").status_code == 200
    shared.now[0] += 2
    assert browser.get("/").status_code == 401


def test_the_gradebook_keeps_no_secret_of_a_session(shared):
    browser = shared.browser()
    session = browser.cookies["desk_8711"].encode()
    assert session not in shared.gradebook.path.read_bytes()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8711", "127.0.0.1", "127.0.0.1:80", "localhost:8712", "", "[::1]:8711"]
)
def test_another_host_is_refused_with_or_without_a_session(shared, host):
    assert shared.browser().get("/", headers={"host": host}).status_code == 403
    assert shared.stranger(host=host).get(shared.guard.invite("ada")).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:8712", "https://127.0.0.1:8711", "http://localhost:8711", ""],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_origin_is_refused(shared, origin, method):
    assert shared.browser().request(method, "/", headers={"origin": origin}).status_code == 403


def test_what_changes_something_must_say_where_it_comes_from(shared):
    browser = shared.browser()
    del browser.headers["origin"]
    assert browser.get("/").status_code == 200
    assert browser.post("/read-again").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused(shared, site):
    assert shared.browser().get("/", headers={"sec-fetch-site": site}).status_code == 403


@pytest.mark.parametrize("page", [*PAGES, "/enter"])
def test_every_answer_carries_the_policy(shared, page):
    for client in (shared.browser(), shared.stranger()):
        answer = client.get(page)
        policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_only_what_is_offered_can_be_done(shared, method):
    assert shared.browser().request(method, "/").status_code == 405
