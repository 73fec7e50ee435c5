"""The late policy in `assignment.yaml`: read with the problems, refused in place, and no reason to judge again."""

import pytest

from grader.assignment.load import load_assignment
from grader.errors import SpecError

LATE = """\
title: T
late:
  deadline: 2026-11-20T23:59:00+01:00
  grace: 10
  per_day: 10 %
  at_most: 50 %
  slip_days: 2
  closes: 7
attempts: best
"""


@pytest.fixture
def load(tiny):
    def load(text):
        (tiny / "problems" / "assignment.yaml").write_text(text)
        return load_assignment(tiny)

    return load


def test_a_policy_belongs_to_the_assignment(load):
    assignment = load(LATE)
    late = assignment.late
    assert late.deadline.isoformat() == "2026-11-20T23:59:00+01:00"
    assert (late.grace, str(late.per_day), str(late.at_most), late.slip_days, late.closes) == (10, "10 %", "50 %", 2, 7)
    assert assignment.attempts == "best"


def test_without_one_nothing_is_late_and_the_last_attempt_counts(load):
    assignment = load("title: T\n")
    assert (assignment.late, assignment.attempts) == (None, "last")


def test_a_changed_deadline_judges_nobody_again(load):
    assert load(LATE).sha256 == load(LATE.replace("11-20", "11-27")).sha256 == load("title: Other\n").sha256


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("23:59:00+01:00", "23:59:00", ":3:3: '2026-11-20T23:59:00' has no time zone — add the offset"),
        ("2026-11-20T", "2026-11-31T", ":3:3: '2026-11-31T23:59:00+01:00' is no date and time — write it as 2026-"),
        (
            "per_day: 10 %",
            "per_day: 10",
            ":5:3: '10' is no deduction — write `10 %` (of what was earned) or `5 points`",
        ),
        ("at_most: 50 %", "at_most: 5 points", ":2:1: at_most (5 points) limits per_day (10 %) — write both in %"),
        (
            "slip_days",
            "slipdays",
            ":7:3: unknown key 'slipdays' — allowed: deadline, grace, per_day, at_most, slip_days",
        ),
        ("slip_days: 2", "slip_days: -1", ":7:3: slip_days: input should be greater than or equal to 0, not '-1'"),
        ("best", "median", ":9:1: attempts: input should be 'last' or 'best', not 'median'"),
        ("  deadline: 2026-11-20T23:59:00+01:00\n", "", ":2:1: 'deadline' is missing"),
    ],
)
def test_what_cannot_be_meant_is_told_in_its_place(load, old, new, says):
    assert old in LATE
    with pytest.raises(SpecError) as told:
        load(LATE.replace(old, new))
    assert f"assignment.yaml{says}" in str(told.value)
