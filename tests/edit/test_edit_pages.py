"""The page on a student's folder: what is told, and what never is."""

import re

import pytest
from local_browser import ORIGIN, Browser, local_access

from grader.edit.app import LARGEST, Application
from grader.submission.file_kinds import ANSWERS

KEY = {"part": "tinya", "field": "size"}
INJECTIONS = [
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "]]><!--",
    "&lt;b&gt; &amp;",
    "‮evil\u2066",
    "\\href{javascript:alert(1)}{x}",
    "𝒳<math><mi//xlink:href=javascript:alert(1)>",
]
HIDDEN = ["half the perimeter", "look at the columns", "says why", "Because.", "It is.", "250000", "this squares"]
"""What the small assignment knows and no student may before release."""


def base_of(page, name="tinya.size"):
    return page.get("/p/tiny/held").json()[name]["base"]


@pytest.mark.parametrize(
    ("field", "text", "state", "told"),
    [
        ("size", "m*k", "read", "<math"),
        ("size", "m*(k", "open", "never closed"),
        ("size", "m*q", "open", "Cannot be read"),
        ("size", "", "empty", ""),
        ("shape", "wide", "read", "Wide"),
        ("shape", "round", "open", "none of the options"),
        ("why", "Two words.", "read", ""),
        ("size", "a\x07b", "open", "control character"),
    ],
)
def test_an_answer_is_read_while_it_is_typed(page, field, text, state, told):
    said = page.post("/read", json={"part": "tinya", "field": field, "text": text}).json()
    assert said["state"] == state
    assert told in said["html"]


@pytest.mark.parametrize(("text", "told"), [("3 s", "<math"), ("3 kg", "is in g; s is asked"), ("3", "<math")])
def test_units_are_told_at_once(page, text, told):
    said = page.post("/read", json={"part": "tinyb", "field": "seconds", "text": text}).json()
    assert told in said["html"]


def test_what_is_kept_stands_in_the_file_and_on_the_page(page, folder):
    answer = page.post("/keep", json={**KEY, "text": "m*k", "base": base_of(page)})
    assert answer.status_code == 200
    assert answer.json()["base"] == base_of(page)
    assert "  size: m*k\n" in (folder / ANSWERS).read_text()
    sheet = page.get("/p/tiny").text
    assert ">\nm*k</textarea>" in sheet
    assert "1 of 6 answers typed" in page.get("/").text


def test_a_conflict_says_what_stands_there(page, folder):
    base = base_of(page)
    file = folder / ANSWERS
    file.write_text(file.read_text().replace("  size:\n", "  size: m + k\n"))
    answer = page.post("/keep", json={**KEY, "text": "m*k", "base": base})
    assert answer.status_code == 409
    assert answer.json() == {"now": "m + k", "base": base_of(page)}


def test_public_checks_and_what_changed_since(page, folder):
    def checked():
        return page.post("/check/tinya", json={}).json()["html"]

    answers = folder / ANSWERS
    (folder / "tiny.py").write_text("def double(X):\n    return 2 * X\n")
    answers.write_text("tinya: {size: m*k, bytes: 3*m*k}\n")
    first = checked()
    assert "bytes are four times the entries" in first
    assert "Since last time" not in first
    answers.write_text("tinya: {size: m*k, bytes: 4*m*k}\n")
    assert "+1 fixed" in checked()
    answers.write_text("tinya: {size: m*(k, bytes: 4*m*k}\n")
    assert "new to mend" in checked()


def test_everything_at_once_gives_the_steps_in_order(page, folder):
    (folder / ANSWERS).write_text("tinya: {size: m*(k}\n")
    html = page.post("/check", json={}).json()["html"]
    assert 'href="/p/tiny#tinya"' in html
    assert "never closed" in html
    assert "Still empty: tinyb" in html


EMPTY = ["tinya.size", "tinya.bytes", "tinya.shape", "tinya.why", "tinyb.entries", "tinyb.seconds"]


def next_of(page, what, after):
    told = page.get(f"/next/{what}", params={"after": after}).json()
    return told["place"].removeprefix("at-")


def test_the_next_empty_answer_is_found_all_around(page, folder):
    for here, there in zip(["", *EMPTY], [*EMPTY, EMPTY[0]], strict=True):
        assert next_of(page, "empty", here) == there
    (folder / ANSWERS).write_text("tinya: {size: m*(k, bytes: 4*m*k, shape: wide, why: x}\ntinyb: {seconds: 3 kg}\n")
    assert next_of(page, "empty", "tinya.why") == "tinyb.entries"
    assert page.get("/next/empty", params={"after": "tinya"}).json()["page"] == "/p/tiny"
    (folder / ANSWERS).write_text(
        "tinya: {size: m, bytes: m, shape: wide, why: x}\ntinyb: {entries: 1, seconds: 2 s}\n"
    )
    assert page.get("/next/empty").json() == {"page": "", "place": ""}


def test_the_next_place_to_mend_is_what_cannot_be_read_or_was_broken_last_time(page, folder):
    assert next_of(page, "mend", "") == ""
    (folder / ANSWERS).write_text("tinya: {size: m*(k, bytes: 5*m*k, shape: round}\n")
    assert next_of(page, "mend", "") == "tinya.size"
    assert next_of(page, "mend", "tinya.size") == "tinya.shape"
    (folder / ANSWERS).write_text("tinya: {size: m*k, bytes: 5*m*k}\n")
    assert next_of(page, "mend", "") == ""
    page.post("/check/tinya")
    assert next_of(page, "mend", "") == "tinya", "a statement between two answers does not hold"
    (folder / ANSWERS).write_text("tinya: {size: m*k, bytes: 4*m*k}\n")
    assert next_of(page, "mend", "tinya") == "tinya", "as far as is known"
    page.post("/check/tinya")
    assert next_of(page, "mend", "") == ""


@pytest.mark.parametrize("what", ["broken", "is_empty", "Empty"])
def test_another_kind_of_place_is_not_there(page, what):
    assert page.get(f"/next/{what}").status_code == 404


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_that_is_typed_becomes_markup(page, folder, text):
    read = page.post("/read", json={**KEY, "text": text}).json()["html"]
    kept = page.post("/keep", json={**KEY, "text": text, "base": base_of(page)})
    assert kept.status_code == 200
    pages = [read, page.get("/p/tiny").text, page.get("/").text, page.post("/check", json={}).json()["html"]]
    for html in pages:
        assert not re.search(r"<(script(?! src=\"/edit.js\")|img|iframe|mi/)", html)
        assert not re.search(r"<[^>]*\son\w+=", html)
        assert not re.search(r">\s*49\s*<", html)
    assert page.get("/p/tiny/held").json()["tinya.size"]["text"] == text


def test_nothing_hidden_is_on_any_page(page, folder):
    (folder / ANSWERS).write_text("tinya: {size: m + k, bytes: 4*m*k, shape: tall, why: x}\ntinyb: {entries: 4}\n")
    pages = ["/", "/p/tiny", "/p/tiny/held", "/saved", "/edit.js", "/edit.css"]
    seen = [page.get(place).text for place in pages]
    seen += [page.post(place, json={}).text for place in ("/check/tinya", "/check/tinyb", "/check")]
    for field, text in (("size", "m + k"), ("shape", "tall"), ("why", "Because.")):
        seen.append(page.post("/read", json={"part": "tinya", "field": field, "text": text}).text)
    found = [word for word in HIDDEN for text in seen if word in text]
    assert found == []


@pytest.mark.parametrize(
    ("place", "body", "status"),
    [
        ("/read", {"part": "tinya", "field": "nothing", "text": ""}, 404),
        ("/keep", {"part": "nothing", "field": "size", "text": "", "base": ""}, 404),
        ("/keep", {"part": "tinya", "field": "../size", "text": "", "base": ""}, 404),
        ("/keep", {"part": "tinya"}, 422),
        ("/read", {**KEY, "text": "x" * LARGEST}, 413),
        ("/check/nothing", {}, 404),
    ],
)
def test_what_makes_no_sense_is_refused(page, place, body, status):
    assert page.post(place, json=body).status_code == status


def test_an_answer_that_cannot_be_written_is_kept_by_the_page_with_a_reason(page, folder):
    (folder / ANSWERS).write_bytes(b"tinya:\n  size: \xff\xfe\n")
    answer = page.post("/keep", json={**KEY, "text": "m*k", "base": base_of(page)})
    assert answer.status_code == 422
    assert "UTF-8" in answer.json()["complaint"]


def test_without_a_session_nothing_is_told(service):
    stranger = Browser(local_access(Application(service).app), origin=ORIGIN)
    for place in ("/", "/p/tiny", "/p/tiny/held", "/saved"):
        assert stranger.get(place).status_code == 401
    assert stranger.post("/keep", json={**KEY, "text": "x", "base": ""}).status_code == 401


def test_another_page_cannot_send_anything(page):
    body = {**KEY, "text": "x", "base": base_of(page)}
    assert page.post("/keep", json=body, headers={"origin": "http://evil.example"}).status_code == 403
    assert page.get("/p/tiny/held").json()["tinya.size"]["text"] == ""
