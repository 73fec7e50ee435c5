"""The page in a real browser, served by the real command: keyboard alone, a server that dies, two tabs, an editor."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from headless import IN_A_BROWSER, PATIENCE, ServedCommand

from grader.assignment.load import load_assignment
from grader.authoring.kit import template_files
from grader.submission.answer_edit import settled
from grader.submission.answers import read_answers
from grader.submission.file_kinds import ANSWERS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

ROOT = Path(__file__).parents[2]
pytestmark = IN_A_BROWSER
LONG = 15
"""Letters: what is longer comes in one piece, as from a clipboard."""


class Served(ServedCommand):
    """`hw11 edit` on a folder."""

    def __init__(self, folder: Path, assignment: Path, state: Path) -> None:
        self.folder, self.assignment, self.state = folder, assignment, state

    def start(self) -> str:
        """The link, once it listens."""
        words = ("edit", self.folder, "--assignment", self.assignment, "--no-browser")
        lines = self.serve(*words, environment={"XDG_STATE_HOME": str(self.state)}, last="http")
        return re.search(r"http\S+", lines[-1])[0]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Any]:
    """`serve(folder, assignment)` gives a server that is not started yet."""
    servers = []

    def make(folder: Path, assignment: Path) -> Served:
        servers.append(Served(folder, assignment, tmp_path / "state"))
        return servers[-1]

    yield make
    for server in servers:
        server.kill()


def saved(page: Any) -> None:
    page.wait_for_selector('#saved[data-state="saved"]', timeout=PATIENCE)


def until(page: Any, condition: str) -> None:
    """Wait for a condition in JavaScript; the page's policy forbids what playwright's own waiting evaluates."""
    comes(page, lambda: page.evaluate(condition), True)


def held(folder: Path) -> dict[tuple[str, str], str]:
    """What the answers file holds, read by nobody's server."""
    found = read_answers((folder / ANSWERS).read_bytes(), ANSWERS).answers
    return {key: answer.text for key, answer in found.items() if answer.text}


def comes(page: Any, found: Any, wanted: Any) -> None:
    """Wait until something is found, within a minute or so."""
    for _ in range(1200):
        if found() == wanted:
            return
        page.wait_for_timeout(50)
    assert found() == wanted


def tab_to(page: Any, name: str) -> None:
    """Go to a field with the tab key alone."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field") == name:
            return
    raise AssertionError(f"the tab key does not reach {name}")


def answer(page: Any, name: str, text: str) -> None:
    tab_to(page, name)
    if page.evaluate("document.activeElement.type") != "radio":
        (page.keyboard.insert_text if len(text) > LONG else page.keyboard.type)(text)
        return
    page.keyboard.press("Space")
    for _ in range(12):
        if page.evaluate("document.activeElement.value") == text:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no option {text} in {name}")


def hidden_texts(assignment: Any) -> set[str]:
    """What stands in the problem files and no student may see before release."""
    found: set[str] = set()
    for part in assignment.parts:
        found.add(part.spec.staff_note)
        for check in part.checks:
            found.update(check.sentences() if check.visibility == "hidden" else ())
            spec = check.spec
            found.update([getattr(spec, "full", ""), getattr(spec, "empty", "")])
            found.update(item.earns for item in getattr(spec, "rubric", ()))
    return {text for text in found if len(text) > 20}


def test_two_questions_by_keyboard_alone_while_the_server_dies_lose_nothing_and_tell_nothing(tmp_path, serve, context):
    folder = tmp_path / "ada"
    shutil.copytree(ROOT / "student_template", folder)
    assignment = load_assignment(ROOT)
    right = read_answers((ROOT / "reference" / "answers.yaml").read_bytes(), "reference").answers
    wanted = {key: settled(right[key].text) for key in right if key[0].startswith("q1") or key[0] == "q5b"}
    server = serve(folder, ROOT)
    page = context.new_page()
    traffic: list[str] = []

    def heard(route: Any) -> None:
        assert re.match(r"http://127\.0\.0\.1:\d+/", route.request.url), "nothing is fetched from elsewhere"
        try:
            answered = route.fetch(max_redirects=0)
            traffic.append(answered.text())
            route.fulfill(response=answered)
        except playwright.Error:  # nobody answers
            route.abort()

    page.route("**", heard)
    page.goto(server.start())
    keys = [(part.id, name) for part in assignment.parts for name in part.fields if (part.id, name) in wanted]
    for number, key in enumerate(keys):
        if number in (0, len([one for one in keys if one[0] != "q5b"])):
            page.goto(f"http://127.0.0.1:{server.port}/p/{key[0][:2]}")
        if number == 3:
            server.kill()
        answer(page, ".".join(key), wanted[key])
        if number == 4:
            page.wait_for_selector('#saved[data-state="lost"]')
            server.start()
        if number in (2, len(keys) - 1) or key == ("q1d", "break_even"):
            saved(page)
            comes(page, lambda: page.text_content("#saved"), "Saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#q5b .findings h3")
    page.unroute_all(behavior="ignoreErrors")
    assert {key: held(folder)[key] for key in wanted} == wanted
    typed = "\n".join(wanted.values())
    texts = {text for text in hidden_texts(assignment) if text not in typed}
    assert len(texts) > 100
    everything = html.unescape("\n".join([*traffic, page.content()]))
    assert [text for text in texts if text in everything] == []


@pytest.fixture
def kit(tiny, tmp_path):
    """An untouched kit of the small assignment."""
    folder = tmp_path / "ada"
    folder.mkdir()
    for name, text in template_files(load_assignment(tiny)).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def box(page: Any, name: str) -> Any:
    return page.locator(f'[data-field="{name}"] textarea')


def test_two_tabs_and_an_editor_lose_nothing(tiny, kit, serve, context):
    server = serve(kit, tiny)
    link = server.start()
    pages = [context.new_page(), context.new_page()]
    pages[0].goto(link)
    for page in pages:
        page.goto(f"http://127.0.0.1:{server.port}/p/tiny")
    box(pages[0], "tinya.size").fill("m*k")
    saved(pages[0])
    until(pages[1], "document.querySelector('[data-field=\"tinya.size\"] textarea').value === 'm*k'")
    file = kit / ANSWERS
    file.write_text(file.read_text().replace("  bytes:\n", "  bytes: 4*m*k # by hand\n"))
    for page in pages:
        until(page, "document.querySelector('[data-field=\"tinya.bytes\"] textarea').value === '4*m*k'")
    server.kill()
    box(pages[0], "tinya.bytes").fill("mine")
    pages[0].wait_for_selector('#saved[data-state="lost"]')
    file.write_text(file.read_text().replace("4*m*k", "theirs"))
    server.start()
    pages[0].wait_for_selector('[data-field="tinya.bytes"] .conflict:not([hidden])')
    conflict = pages[0].locator('[data-field="tinya.bytes"] .conflict')
    assert "theirs" in conflict.inner_text()
    assert box(pages[0], "tinya.bytes").input_value() == "mine"
    assert held(kit)["tinya", "bytes"] == "theirs", "nothing is overwritten before somebody decides"
    conflict.get_by_role("button", name="Keep what is in the box").press("Enter")
    saved(pages[0])
    assert "  bytes: mine # by hand\n" in file.read_text()


def test_a_tab_that_was_closed_while_nobody_answered_finds_its_text_again(tiny, kit, serve, context):
    server = serve(kit, tiny)
    page = context.new_page()
    page.goto(server.start())
    page.goto(f"http://127.0.0.1:{server.port}/p/tiny")
    server.kill()
    box(page, "tinya.why").fill("Two lines\nof text")
    page.wait_for_selector('#saved[data-state="lost"]')
    page.close(run_before_unload=False)
    server.start()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/p/tiny")
    saved(page)
    assert held(kit)["tinya", "why"] == "Two lines\nof text"


@pytest.mark.parametrize("name", [ANSWERS, "hw11.ipynb"])
def test_a_program_that_saves_an_older_version_is_asked_about(tiny, kit, serve, context, name):
    """Jupyter keeps the whole notebook, and saves it over whatever was written meanwhile."""
    if name != ANSWERS:
        (kit / ANSWERS).unlink()
    file = kit / load_assignment(tiny).notebook if name != ANSWERS else kit / ANSWERS
    server = serve(kit, tiny)
    page = context.new_page()
    page.goto(server.start())
    page.goto(f"http://127.0.0.1:{server.port}/p/tiny")
    until(page, "files !== null")
    old = file.read_bytes()
    box(page, "tinya.why").press_sequentially("Because of this.")
    comes(page, lambda: b"Because of this." in file.read_bytes(), True)
    saved(page)
    page.wait_for_timeout(1500)
    file.write_bytes(old)
    page.wait_for_selector('[data-field="tinya.why"] .conflict:not([hidden])')
    assert box(page, "tinya.why").input_value() == "Because of this."
    page.reload()
    page.wait_for_selector('[data-field="tinya.why"] .conflict:not([hidden])')
    assert box(page, "tinya.why").input_value() == "Because of this.", "it is kept by the browser"
    page.get_by_role("button", name="Keep what is in the box").press("Enter")
    comes(page, lambda: b"Because of this." in file.read_bytes(), True)


def test_a_saved_module_is_checked_at_once(tiny, kit, serve, context):
    server = serve(kit, tiny)
    page = context.new_page()
    page.goto(server.start())
    page.goto(f"http://127.0.0.1:{server.port}/p/tiny")
    until(page, "files !== null")
    module = kit / "tiny.py"
    module.write_text(f"# begun\n{module.read_text()}")
    page.wait_for_selector("#tinya .findings h3")
    assert "1 function is not written" in page.locator("#tinya .findings").text_content()


SECOND = ROOT / "tests" / "second_homework"


def focused(page: Any) -> str:
    """The field, or else the part, in which the keyboard is."""
    here = "document.activeElement"
    try:
        return page.evaluate(
            f"{here}.closest('[data-field]')?.dataset.field ?? {here}.closest('[data-part]')?.id ?? ''"
        )
    except playwright.Error:  # it is on its way to another page
        return ""


@pytest.fixture
def second(tmp_path, serve, context) -> Any:
    """A kit of the second homework, its server, and a page on it."""
    folder = tmp_path / "eve"
    folder.mkdir()
    for name, text in template_files(load_assignment(SECOND)).items():
        (folder / name).write_text(text, encoding="utf-8")
    server = serve(folder, SECOND)
    page = context.new_page()
    page.goto(server.start())
    return folder, f"http://127.0.0.1:{server.port}", page


def test_every_way_to_answer_works_by_keyboard_and_says_what_a_file_says(second):
    folder, address, page = second
    page.goto(f"{address}/p/p1")
    tab_to(page, "p1b.order")
    for i, steps in enumerate((3, 4, 2, 1)):
        for _ in range(steps):
            page.keyboard.press("ArrowDown")
        if i < 3:
            page.keyboard.press("Tab")
    comes(page, lambda: held(folder).get(("p1b", "order")), "edges, inner, corner, back")
    page.goto(f"{address}/p/p2")
    tab_to(page, "p2c.true_of")
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    comes(page, lambda: held(folder).get(("p2c", "true_of")), "none")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    comes(page, lambda: held(folder).get(("p2c", "true_of")), "scan")
    page.goto(f"{address}/p/p3")
    tab_to(page, "p3a.table")
    for text in ("90", "10", "495", "9405"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    comes(page, lambda: held(folder).get(("p3a", "table")), "90, 10; 495, 9405")
    tab_to(page, "p3a.names")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    comes(page, lambda: held(folder).get(("p3a", "names")), "f: false_alarms, p: false_alarms, s: false_alarms")
    page.reload()
    cells = [one.input_value() for one in page.locator('[data-field="p3a.table"] input').all()]
    assert cells == ["90", "10", "495", "9405"]
    file = folder / ANSWERS
    file.write_text(file.read_text().replace("90, 10; 495, 9405", "'[1, 2], [3, 4]'"))
    until(page, "document.querySelector('[data-field=\"p3a.table\"] input').value === '1'")
    assert not page.locator('[data-field="p3a.table"] .as-typed').is_visible()
    file.write_text(file.read_text().replace("'[1, 2], [3, 4]'", "1 and 2"))
    page.wait_for_selector('[data-field="p3a.table"] .as-typed:not([hidden])')
    assert box(page, "p3a.table").input_value() == "1 and 2"
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] + ": " + one["nodes"][0]["html"] for one in found] == []


def test_a_key_goes_to_what_is_empty_and_to_what_is_to_be_mended(second):
    folder, address, page = second
    file = folder / ANSWERS
    file.write_text(
        "p1b: {cells: (n+1)(m+1), steps: O(n m), method: dynamic programming, order: 'edges, edges', moves: a}\n"
        "p3a: {positive: s*(p, ill: 1}\n"
    )
    (folder / "words.py").write_text("def distance(a, b):\n    return 0\n")
    page.goto(f"{address}/p/p1")
    page.locator("#p1a [data-check]").press("Enter")
    page.wait_for_selector("#p1a .findings h3")
    page.evaluate("document.activeElement.blur()")
    places = ["p1a", "p1b.order", "p3a.positive", "p1a"]
    for place in places:
        page.keyboard.press("F8")
        comes(page, lambda: focused(page), place)
    for place in ("p2c.true_of", "p2c.left", "p2c.misses", "p3a.table"):
        page.keyboard.press("Shift+F8")
        comes(page, lambda: focused(page), place)


def test_the_pages_have_no_accessibility_violation_in_either_theme(tiny, kit, serve, context):
    (kit / "tiny.py").write_text("def double(X):\n    return 3 * X\n")
    (kit / ANSWERS).write_text("tinya: {size: m*(k, bytes: 4*m*k, shape: wide, why: x}\ntinyb: {seconds: 3 kg}\n")
    server = serve(kit, tiny)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(server.start())
    found = []
    for theme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.locator("[data-check-all]").press("Enter")
        page.wait_for_selector(".chips")
        found += axe.Axe().run(page).response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(f"http://127.0.0.1:{server.port}/p/tiny")
        page.locator("#tinya [data-check]").press("Enter")
        page.wait_for_selector("#tinya .findings h3")
        page.evaluate("answers[1].ask('theirs', 'digest')")
        found += axe.Axe().run(page).response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [one["id"] + ": " + one["nodes"][0]["html"] for one in found] == []
    assert complaints == [], "the content security policy refuses nothing of ours"
