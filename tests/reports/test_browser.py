"""Pages in a real browser: accessibility, network, reflow, print, scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from headless import IN_A_BROWSER, PATIENCE, accessible

from grader.assignment.model import Assignment
from grader.records import EVERY_PART, GradeRecord, Verdict
from reports.classroom import render_class, render_part
from reports.student import render_student

pytestmark = IN_A_BROWSER
Record = Callable[..., GradeRecord]
PAGES = ("mixed", "mixed-released", "perfect", "empty", "hostile", "class", "part", "homework")


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    mixed: GradeRecord,
    record: Record,
    assignment: Assignment,
    untouched_homework: tuple[Assignment, GradeRecord],
) -> Path:
    """Every kind of page, as files."""
    hostile = "<img src=https://hostile.example/x onerror=\"document.title='run'\">\u202e" * 20
    said = {"message": hostile, "answer": hostile, "reading": hostile, "output": hostile, "column": 3}
    verdicts = {"ta.area": Verdict.UNREADABLE, "ta.run.area.positive": Verdict.CRASHED}
    attacked = {name: said | {"verdict": verdict} for name, verdict in verdicts.items()}
    empty = {check.id: {"verdict": Verdict.MISSING, "answer": None} for p in assignment.parts for check in p.checks}
    undecided = record({"ta.area": {"verdict": Verdict.UNDECIDED}, "tb.shape": {"verdict": Verdict.HARNESS_ERROR}})
    homework, untouched = untouched_homework
    records = [mixed, undecided, record(attacked, submission=hostile), record(submission="bob")]
    pages = {
        "mixed": render_student(mixed, assignment),
        "mixed-released": render_student(mixed, assignment, released=EVERY_PART),
        "perfect": render_student(record(), assignment),
        "empty": render_student(record(empty), assignment),
        "hostile": render_student(record(attacked, student={"name": hostile}), assignment, released=EVERY_PART),
        "homework": render_student(untouched, homework, released=EVERY_PART),
        "class": render_class(records, assignment, {"isolation": "bubblewrap"}),
        "part": render_part(records, next(iter(assignment.parts)), assignment),
    }
    written = tmp_path_factory.mktemp("pages")
    for name, html in pages.items():
        (written / f"{name}.html").write_text(html, encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def windows(browser: Any) -> Iterator[dict[bool, Any]]:
    """A page for each way to visit, with scripts or without: a window costs half a second, and reports keep nothing."""
    contexts = {scripts: browser.new_context(java_script_enabled=scripts) for scripts in (True, False)}
    for context in contexts.values():
        context.set_default_timeout(PATIENCE)
    yield {scripts: context.new_page() for scripts, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture
def visit(windows: dict[bool, Any], folder: Path) -> Callable[..., Any]:
    """`visit(name, width=…, scheme=…, scripts=…)` opens a page."""

    def go(name: str, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Any:
        page = windows[scripts]
        page.emulate_media(color_scheme=scheme, media="screen")
        page.set_viewport_size({"width": width, "height": 800})
        page.goto((folder / f"{name}.html").as_uri())
        return page

    return go


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_either_theme(name: str, scheme: str, visit: Callable[..., Any]) -> None:
    page = visit(name, width=320, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    accessible(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_the_network_for_nothing_and_no_foreign_script_runs(name: str, browser: Any, folder: Path) -> None:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((folder / f"{name}.html").as_uri())
    page.wait_for_timeout(100)
    assert asked == [(folder / f"{name}.html").as_uri()]
    assert complaints == []
    assert page.title() != "run"
    context.close()


@pytest.mark.parametrize("width", [320, 375, 768, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways(name: str, width: int, visit: Callable[..., Any]) -> None:
    page = visit(name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["mixed-released", "perfect", "class"])
def test_a_page_prints_as_it_stands(name: str, visit: Callable[..., Any]) -> None:
    page = visit(name)
    opened = "[...document.querySelectorAll('details')].map(fold => fold.lastElementChild.checkVisibility())"
    before = page.evaluate(opened)
    page.emulate_media(media="print")
    assert page.evaluate(opened) == before


def test_a_report_reads_without_scripts(visit: Callable[..., Any]) -> None:
    page = visit("mixed", scripts=False)
    assert page.get_by_role("heading", level=1).inner_text() == "Feedback for Ada"
    assert page.get_by_role("main").is_visible()


def test_a_keyboard_reaches_the_content_and_opens_a_fold(visit: Callable[..., Any]) -> None:
    page = visit("perfect")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    fold = page.locator("summary").first
    before = page.evaluate("document.querySelector('details').open")
    fold.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details').open") is not before


def test_the_class_table_sorts_where_scripts_run_and_is_there_where_they_do_not(visit: Callable[..., Any]) -> None:
    page = visit("class")
    scores = "[...document.querySelectorAll('table')[1].tBodies[0].rows].map(row => Number(row.cells[2].textContent))"
    page.get_by_role("button", name="Score").click()
    rising = page.evaluate(scores)
    page.get_by_role("button", name="Score").click()
    assert rising == sorted(rising)
    assert page.evaluate(scores) == rising[::-1]
    still = visit("class", scripts=False)
    assert still.get_by_role("row").count() > 4
    assert still.get_by_role("button").count() == 0
