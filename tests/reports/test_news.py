"""What changed since last time, and that it tells nothing that is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.assignment.model import Assignment
from grader.records import EVERY_PART, GradeRecord, Verdict
from reports.news import news, since_last_time, stands
from reports.student import render_student
from reports.terminal import part_lines, preview_summary
from reports.visibility import seen_parts

Record = Callable[..., GradeRecord]
WRONG = {"verdict": Verdict.WRONG, "message": "off by 2"}
UNREADABLE = {"verdict": Verdict.UNREADABLE, "message": "never closed"}
EMPTY = {"verdict": Verdict.MISSING, "message": "not started", "answer": None}
WAITS = {"verdict": Verdict.NEEDS_REVIEW}
RIGHT: dict[str, Any] = {}
FAULT = {"verdict": Verdict.HARNESS_ERROR}


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (WRONG, RIGHT, "fixed"),
        (UNREADABLE, RIGHT, "fixed"),
        (RIGHT, WRONG, "new"),
        (EMPTY, WRONG, "new"),
        (EMPTY, RIGHT, "begun"),
        (RIGHT, RIGHT, None),
        (WRONG, UNREADABLE, None),
        (WRONG, EMPTY, None),
        (WAITS, WRONG, None),
        (WAITS, RIGHT, None),
        (RIGHT, FAULT, None),
    ],
)
def test_a_check_is_held_against_how_it_stood(record: Record, assignment: Assignment, before, now, change) -> None:
    earlier, later = (
        seen_parts(record({"ta.run.area": facts}), assignment, released=EVERY_PART) for facts in (before, now)
    )
    assert news(stands(earlier), later).get("ta.run.area") == change


def test_what_was_not_known_is_no_news(record: Record, assignment: Assignment) -> None:
    assert news({}, seen_parts(record({"tb.shape": WRONG}), assignment, released=EVERY_PART)) == {}


def test_a_hidden_outcome_that_changed_is_no_news(record: Record, assignment: Assignment) -> None:
    wrong, right = (seen_parts(one, assignment) for one in (record({"ta.area": WRONG}), record()))
    assert news(stands(wrong), right) == news(stands(right), wrong) == {}


def test_the_sentence_counts_each_kind() -> None:
    changes = {"a": "fixed", "b": "fixed", "c": "new", "d": "begun"}
    assert since_last_time(changes) == "Since last time: +2 fixed, 1 new to mend, 1 more answered."
    assert since_last_time({}) == ""


def test_the_report_tells_it_on_top_and_at_each_check(record: Record, assignment: Assignment) -> None:
    earlier = stands(seen_parts(record({"ta.run.area": WRONG}), assignment, released=EVERY_PART))
    page = render_student(record({"tb.shape": WRONG}), assignment, released=EVERY_PART, before=earlier)
    assert "Since last time: +1 fixed, 1 new to mend." in page
    assert page.count("fixed since last time") == page.count("new since last time") == 1
    assert "ince last time" not in render_student(record(), assignment, released=EVERY_PART)


def test_the_terminal_tells_it(record: Record, assignment: Assignment) -> None:
    seen = seen_parts(record({"tb.shape": UNREADABLE}), assignment)
    before = {"tb.shape": "fine"}
    lines = [line for one in seen for line in part_lines(one, before)]
    assert [line for line in lines if "new since last time" in line]
    assert "Since last time: 1 new to mend." in preview_summary(seen, before)
