"""The pace of marking, from the times of marks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grader.gradebook.marking.marks import Mark
from grader.review.pace import pace
from reports.words import local_time

START = datetime(2026, 11, 29, 18, tzinfo=UTC)


def marks(seconds, marker="ada", **facts):
    at = [(START + timedelta(seconds=one)).isoformat() for one in seconds]
    return [
        Mark(**{"key": "k", "check_id": "q", "marker": marker, "score": 1.0, "digest": "d", "made_at": one, **facts})
        for one in at
    ]


@pytest.mark.parametrize(
    ("made", "seconds"),
    [
        (marks([0, 30, 60, 90, 120, 150]), 30),
        (marks([150, 0, 60, 30, 90, 120]), 30),
        (marks([0, 30, 60, 90, 9_000, 9_030, 9_060]), 30),
        (marks([0, 10, 20, 30]) + marks([5, 15, 25, 35], "bob"), 10),
        (marks([0, 30, 60, 90]), None),
        (marks(range(50), via="group"), None),
        (marks(range(0, 300, 30), score=None), None),
        ([], None),
    ],
    ids=["steady", "any order", "a break", "two people", "too few", "groups", "taken back", "none"],
)
def test_the_pace_is_what_one_person_takes_for_one_answer(made, seconds):
    assert pace(made) == seconds


def test_times_are_those_of_this_machine(monkeypatch):
    assert local_time(START.isoformat()) == START.astimezone().strftime("%Y-%m-%d %H:%M")
    assert local_time("at some time") == "at some time"
