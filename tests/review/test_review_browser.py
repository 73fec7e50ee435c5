"""The desk in a real browser, served by the real command: keyboard alone, two people, and a server that dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_class import record_of, write_homework
from desk_server import Served
from headless import IN_A_BROWSER, PATIENCE, accessible

from grader.gradebook import Gradebook
from grader.gradebook.marking.events import Event
from grader.gradebook.pending import entry_key

pytestmark = IN_A_BROWSER
ANSWERS = 20


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    write_homework(tmp_path / "homework")
    with Gradebook(tmp_path / "graded") as gradebook:
        for i in range(ANSWERS):
            checks = {"wa.why": {"answer": f"Answer {i}: because unit squares fill rows {i} times."}}
            if i < 3:
                checks["wa.area"] = {"answer": "a*b + 0", "reading": "a*b + 0", "verdict": "undecided", "kind": "expr"}
            gradebook.append(record_of(f"s{i}", checks), "mark")
    server = Served(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """`visit(link, **settings)` opens a page in a context of its own."""
    contexts = []

    def go(link: str, **settings: Any) -> Any:
        contexts.append(browser.new_context(**settings))
        contexts[-1].set_default_timeout(PATIENCE)
        page = contexts[-1].new_page()
        page.goto(link)
        return page

    yield go
    for context in contexts:
        context.close()


def saved(page: Any) -> None:
    page.wait_for_selector('#saved[data-state="saved"]', timeout=PATIENCE)


def kept(served: Served, key: str, marker: str) -> dict[str, Any]:
    """What lies in the gradebook, read by nobody's server."""
    with Gradebook(served.folder / "graded") as gradebook:
        return gradebook.marking.drafts.of(key, "first", marker) or {}


def test_two_people_mark_twenty_answers_with_the_keyboard_alone(served, visit):
    links = served.start()
    pages = {name: visit(links[name]) for name in ("ada", "bob")}
    for page in pages.values():
        page.locator('a[href="/q/wa.why/next"]').first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#mark")
        page.wait_for_load_state()  # the script hears no key before
    for i in range(ANSWERS):
        page = pages["ada" if i % 2 else "bob"]
        here = page.url
        page.keyboard.press("1" if i % 3 else "0")
        if i % 4 == 0:
            page.keyboard.press("c")
            page.keyboard.type(f"Well, 1 and {i}.")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here, timeout=PATIENCE)
        page.wait_for_load_state()
    served.kill()
    with Gradebook(served.folder / "graded") as gradebook:
        overrides = gradebook.overrides()
        served.start()
    assert len(overrides) == len({override.submission for override in overrides}) == ANSWERS
    assert {override.author for override in overrides} == {"ada", "bob"}
    assert sum(override.score == 1.0 for override in overrides) == sum(bool(i % 3) for i in range(ANSWERS))
    assert sum("Comment: Well, 1 and" in override.says for override in overrides) == ANSWERS / 4


def test_a_server_that_is_killed_between_keystrokes_loses_nothing(served, visit):
    page = visit(served.start()["ada"])
    page.goto(f"http://127.0.0.1:{served.port}/q/wa.why/next")
    key = page.url.rpartition("/")[2]
    page.keyboard.press("2")
    saved(page)
    served.kill()
    assert kept(served, key, "ada")["items"] == [2]
    page.keyboard.press("1")
    page.wait_for_selector('#saved[data-state="lost"]')
    served.start()
    saved(page)
    assert kept(served, key, "ada")["items"] == [1, 2]
    page.keyboard.press("c")
    typed = ""
    for i, letter in enumerate("Rows <3 & ü"):
        page.keyboard.type(letter)
        typed += letter
        saved(page)
        page.wait_for_function("document.querySelector('#saved').textContent === 'Saved'")
        if i == 4:
            served.kill()
            assert kept(served, key, "ada")["comment"] == typed
            page.keyboard.type("!")
            typed += "!"
            served.start()
            saved(page)
    assert kept(served, key, "ada")["comment"] == typed
    page.reload()
    assert page.locator("#comment").input_value() == typed
    served.kill()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector('#saved[data-state="lost"]')
    served.start()
    page.wait_for_url(lambda url: key not in url, timeout=PATIENCE)
    with Gradebook(served.folder / "graded") as gradebook:
        (override,) = gradebook.overrides()
        assert (entry_key("wa.why", override.submission), override.score) == (key, 1.5)
        assert f"Comment: {typed}" in override.says


def test_every_page_is_accessible_in_either_theme_and_asks_nobody_else(served, visit):
    links = served.start()
    with Gradebook(served.folder / "graded") as gradebook:
        gradebook.marking.events.log(Event("flag", entry_key("wa.why", "s1"), "wa.why", "ada"))
    page = visit(links["ada"])
    asked: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: asked.add(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    base = f"http://127.0.0.1:{served.port}"
    one, undecided = (f"{base}/q/{check}/{entry_key(check, 's1')}" for check in ("wa.why", "wa.area"))
    addresses = [
        f"{base}/",
        one,
        undecided,
        f"{one}?by=group",
        *(f"{base}/q/wa.why/{what}" for what in ("groups", "rubric")),
    ]
    for address in [*addresses, *(f"{base}/{page_}" for page_ in ("quality", "history", "release", "student/s1"))]:
        for scheme, width in (("light", 1440), ("dark", 360)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(one)
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    accessible(page)
    assert all(address.startswith(f"{base}/") for address in asked)
    assert complaints == []


def test_single_keys_can_be_switched_off_and_rest_while_one_writes(served, visit):
    page = visit(served.start()["ada"])
    page.goto(f"http://127.0.0.1:{served.port}/q/wa.why/next")
    here, box = page.url, page.locator('[name="item"]').first
    page.keyboard.press("c")
    page.keyboard.type("1 n f j 0 ?")
    assert page.locator("#comment").input_value() == "1 n f j 0 ?"
    assert (page.url, box.is_checked()) == (here, False)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert box.is_checked()
    page.keyboard.press("?")
    page.locator("#single-keys").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert box.is_checked()
    saved(page)
    page.reload()
    page.keyboard.press("1")
    page.keyboard.press("j")
    assert (page.url, box.is_checked()) == (here, True)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != here, timeout=PATIENCE)
