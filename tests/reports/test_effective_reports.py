"""Lateness and people's decisions, as students and staff read them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from grader.assignment.late_policy import Deduction, LatePolicy
from grader.gradebook import Override
from grader.gradebook.records import digest_of
from grader.records import EVERY_PART, Verdict
from grader.results.effective import effective_record
from grader.results.lateness import Lateness
from reports.classroom import render_class
from reports.student import render_student

LATE = Lateness(timedelta(days=1, hours=3), 2, 1, Deduction(share=0.1), "1 slip day used; −10 %")
DECIDED = Override(
    "ada", 1, "ta.area", 0.75, "SECRET-MARKER", "SECRET-REASON", "You meant <the product>, I think.", "2026-11-23",
    digest_of("a + b", "f" * 64),
)  # fmt: skip
SENTENCE = "Handed in 1 day 3 h after the deadline; 1 slip day used; −10 %"


@pytest.fixture
def late(record):
    return effective_record(record({"ta.why": {"verdict": Verdict.CORRECT, "score": 1.0}}), [], LATE)


def test_a_released_report_says_what_lateness_took(late, assignment):
    page = render_student(late, assignment, released=EVERY_PART)
    assert f"<li>{SENTENCE} = −0.7 points.</li>" in page
    assert "taken for lateness</dt><dd>0.7 points</dd>" in page
    assert "Every point is yours" not in page


def test_before_release_the_share_is_told_but_not_the_points_which_would_tell_the_total(late, assignment):
    page = render_student(late, assignment)
    assert f"<li>{SENTENCE}.</li>" in page
    assert "taken for lateness" not in page
    assert "0.7" not in page


def test_points_that_are_taken_are_told_once(record, assignment):
    late = effective_record(
        record(), [], replace(LATE, cost=Deduction(points=2.0), consequence="1 slip day used; −2 points")
    )
    assert "1 slip day used; −2 points.</li>" in render_student(late, assignment, released=EVERY_PART)


def test_a_student_reads_what_the_person_says_and_not_who_or_why(mixed, assignment):
    page = render_student(effective_record(mixed, [DECIDED], None), assignment, released=EVERY_PART)
    assert "You meant &lt;the product&gt;, I think." in page
    assert "0.75 <span" in page
    assert "half the perimeter" not in page
    assert "SECRET" not in page


def test_what_a_person_decided_about_a_hidden_check_is_told_after_release_only(mixed, assignment):
    assert "You meant" not in render_student(effective_record(mixed, [DECIDED], None), assignment)


def test_staff_see_whom_lateness_cost_what_and_of_whom_nobody_knows(late, record, assignment):
    rules = LatePolicy.model_validate({"deadline": "2026-11-20T12:00Z", "per_day": "10 %"})
    people = [
        late.model_copy(update={"submitted_at": "2026-11-21T15:00Z"}),
        record(submission="bob"),
        record(submission="cyd", submitted_at="2026-11-20T12:00Z"),
    ]
    assert "Taken for lateness" not in render_class(people, assignment, {})
    page = render_class(people, replace(assignment, late=rules), {})
    assert "Taken for lateness" in page
    assert page.count('<td class="n">0.7</td>') == 1
    assert page.count('<td class="n">time not known</td>') == 1
