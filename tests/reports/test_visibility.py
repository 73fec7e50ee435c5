from __future__ import annotations

from collections.abc import Callable, Container

import pytest

from grader.assignment.model import Assignment
from grader.checks.base import Family
from grader.checks.code_call import CallCheck
from grader.checks.failure_outcome import NOT_LOADED
from grader.records import EVERY_PART, GradeRecord, Verdict
from reports.student import render_student
from reports.visibility import SeenCheck, seen_parts

Record = Callable[..., GradeRecord]
JUDGED = [verdict for verdict in Verdict if verdict not in (Verdict.MISSING, Verdict.UNREADABLE, Verdict.HARNESS_ERROR)]
"""Verdicts that say something of the answer or of the key."""


def seen(record: GradeRecord, assignment: Assignment, name: str, *, released: Container[str] = ()) -> SeenCheck:
    parts = seen_parts(record, assignment, released=released)
    return next(check for part in parts for check in part.checks if check.id == name)


@pytest.mark.parametrize("verdict", JUDGED)
def test_a_hidden_field_looks_the_same_however_it_was_judged(
    verdict: Verdict, record: Record, assignment: Assignment
) -> None:
    told = {"message": "LEAK", "mistake": "LEAK", "proof": "LEAK", "output": "LEAK", "staff": "LEAK", "column": 1}
    given = record(
        {"ta.area": {"verdict": verdict, "score": None, "follows": True, "details": (("LEAK", "LEAK"),)} | told}
    )
    right = record({"ta.area": {"verdict": Verdict.CORRECT}})
    assert seen(given, assignment, "ta.area") == seen(right, assignment, "ta.area")
    assert render_student(given, assignment) == render_student(right, assignment)


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.HARNESS_ERROR])
def test_a_hidden_run_tells_its_title_and_points_and_whether_there_is_anything(
    verdict: Verdict, record: Record, assignment: Assignment
) -> None:
    given = record(
        {"ta.run.area": {"verdict": verdict, "message": "LEAK", "output": "LEAK", "details": (("LEAK", ""),)}}
    )
    check = seen(given, assignment, "ta.run.area")
    assert check.verdict == (verdict if verdict is Verdict.MISSING else None)
    assert check.max_score == 2
    assert "shapes.area" in check.title
    assert "LEAK" not in render_student(given, assignment)


@pytest.mark.parametrize("verdict", [Verdict.MISSING, Verdict.UNREADABLE])
def test_a_hidden_field_that_is_empty_or_unreadable_is_always_told(
    verdict: Verdict, record: Record, assignment: Assignment
) -> None:
    given = record({"tb.corners": {"verdict": verdict, "message": "say what is the matter", "column": 1}})
    assert seen(given, assignment, "tb.corners").verdict is verdict
    assert seen(given, assignment, "tb.corners").score == 0


def test_the_reading_is_always_echoed(record: Record, assignment: Assignment) -> None:
    check = seen(record(), assignment, "ta.twice")
    assert (check.verdict, check.outcome.answer, check.outcome.reading) == (None, "2ab", "2 a b")


def test_a_fault_of_ours_is_told_without_its_story(record: Record, assignment: Assignment) -> None:
    given = record({"ta.run.area": {"verdict": Verdict.HARNESS_ERROR, "message": "LEAK", "staff": "LEAK"}})
    assert seen(given, assignment, "ta.run.area").verdict is Verdict.HARNESS_ERROR
    assert "LEAK" not in render_student(given, assignment)


@pytest.mark.parametrize("verdict", [Verdict.BLOCKED, Verdict.CORRECT, Verdict.WRONG])
def test_a_public_check_behind_a_hidden_one_is_sealed_because_it_tells_how_that_came_out(
    verdict: Verdict, record: Record, assignment: Assignment
) -> None:
    gated = {"ta.twice": {"visibility": "public", "verdict": verdict, "message": "counts once area is right"}}
    assert seen(record(gated), assignment, "ta.twice").verdict is None


def test_no_score_and_no_sum_tells_hidden_outcomes(record: Record, assignment: Assignment) -> None:
    given = record({"ta.area": {"verdict": Verdict.WRONG}})
    parts = seen_parts(given, assignment)
    assert [part.score for part in parts] == [None, None]
    assert f"{given.score:g} of" not in render_student(given, assignment)


def test_public_checks_are_shown_in_full(mixed: GradeRecord, assignment: Assignment) -> None:
    check = seen(mixed, assignment, "ta.run.area.positive")
    assert (check.verdict, check.outcome.message, check.outcome.output) == (
        Verdict.CRASHED,
        "ValueError: negative side",
        "oh\n",
    )


def test_after_release_everything_a_student_may_know_is_shown(mixed: GradeRecord, assignment: Assignment) -> None:
    check = seen(mixed, assignment, "ta.area", released=EVERY_PART)
    assert (check.verdict, check.score, check.outcome.mistake) == (
        Verdict.PARTIAL,
        0.5,
        "this is half the perimeter and not $a b$",
    )


def test_what_is_for_staff_is_never_shown(record: Record, assignment: Assignment) -> None:
    given = record({name: {"staff": "FOR-STAFF"} for name in ("ta.area", "tb.shape", "ta.run.area.positive")})
    for released in ((), EVERY_PART):
        assert "FOR-STAFF" not in render_student(given, assignment, released=released)


@pytest.mark.parametrize("verdict", [Verdict.UNREADABLE, Verdict.CRASHED])
def test_a_file_that_does_not_load_is_told_without_what_it_raised(
    verdict: Verdict, record: Record, assignment: Assignment
) -> None:
    facts = {"message": "shapes.py line 4 stops at import: LEAK", "details": ((NOT_LOADED, "shapes.py:4"),)}
    given = record({"ta.run.area": facts | {"verdict": verdict, "output": "LEAK"}})
    check = seen(given, assignment, "ta.run.area")
    assert (check.verdict, check.outcome.message) == (verdict, "shapes.py line 4 stops at import")
    assert check.not_loaded == "shapes.py:4"
    assert "LEAK" not in render_student(given, assignment)
    assert "LEAK" in render_student(given, assignment, released=EVERY_PART)


@pytest.mark.parametrize("verdict", [Verdict.NEEDS_REVIEW, Verdict.HARNESS_ERROR])
def test_nothing_that_a_gate_would_have_kept_back_is_told_behind_one(
    verdict: Verdict, record: Record, assignment: Assignment
) -> None:
    given = record({"ta.twice": {"verdict": verdict, "score": None, "kind": "text"}})
    assert seen(given, assignment, "ta.twice").verdict is None


@pytest.mark.parametrize("verdict", [Verdict.MISSING, Verdict.UNREADABLE])
def test_a_hidden_table_that_is_not_there_or_cannot_be_read_says_why(
    verdict: Verdict, record: Record, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CallCheck, "family", Family.FILE)
    given = record({"ta.run.area": {"verdict": verdict, "message": "data.csv was not handed in"}})
    assert seen(given, assignment, "ta.run.area").outcome.message == "data.csv was not handed in"
    assert "Data.csv" not in (page := render_student(given, assignment))
    assert "data.csv was not handed in" in page


@pytest.mark.parametrize(
    ("released", "score", "told"),
    [
        ((), 1.0, "holds; its points count once area is right"),
        (EVERY_PART, 1.0, "holds"),
        (EVERY_PART, 0.5, "holds"),
        (EVERY_PART, 0.0, "holds; its points count once area is right"),
        (EVERY_PART, None, "holds; its points count once area is right"),
    ],
)
def test_beside_what_points_count_is_told_until_they_are_there(
    released: Container[str],
    score: float | None,
    told: str,
    record: Record,
    assignment: Assignment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CallCheck, "counts_beside", property(lambda _: "; its points count once area is right"))
    monkeypatch.setattr(CallCheck, "beside", property(lambda _: ("ta.run.area",)))
    message = "holds; its points count once area is right"
    given = record({"ta.run.area.positive": {"message": message, "score": score, "visibility": "public"}})
    assert seen(given, assignment, "ta.run.area.positive", released=released).outcome.message == told
