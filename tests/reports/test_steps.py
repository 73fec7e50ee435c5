from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from grader.assignment.model import Assignment
from grader.checks.base import Family
from grader.checks.choice import ChoiceCheck
from grader.checks.failure_outcome import NOT_LOADED
from grader.records import EVERY_PART, GradeRecord, Verdict
from reports.steps import broken_step, costliest_steps, next_steps
from reports.summary import summarize_parts
from reports.terminal import step_lines
from reports.visibility import seen_parts

Record = Callable[..., GradeRecord]
WRONG = {"verdict": Verdict.WRONG, "message": "off by 2"}
EMPTY = {"verdict": Verdict.MISSING, "message": "not started"}


def test_a_perfect_record_has_no_next_step(record: Record, assignment: Assignment) -> None:
    assert costliest_steps(seen_parts(record(), assignment, released=EVERY_PART)).steps == ()


def test_the_part_with_the_most_points_to_gain_comes_first(record: Record, assignment: Assignment) -> None:
    parts = seen_parts(record({"tb.shape": WRONG, "ta.run.area": WRONG}), assignment, released=EVERY_PART)
    steps = costliest_steps(parts).steps
    assert [(step.part.part.id, step.points, step.lead) for step in steps] == [
        ("ta", 2.0, "off by 2"),
        ("tb", 1.0, "off by 2"),
    ]


def test_the_first_broken_step_of_a_derivation_leads(record: Record, assignment: Assignment) -> None:
    parts = seen_parts(record({"ta.area": WRONG, "ta.twice": WRONG}), assignment, released=EVERY_PART)
    (step,) = next_steps(parts).steps
    assert costliest_steps(parts).steps == (step,)
    assert step.check.name == "area"
    assert step.more == "1 more in this part"
    broken = broken_step(parts[0])
    assert broken is not None
    assert broken.name == "area"


def test_a_sealed_derivation_does_not_tell_where_it_breaks(record: Record, assignment: Assignment) -> None:
    parts = seen_parts(record({"ta.area": WRONG, "ta.twice": WRONG}), assignment)
    assert broken_step(parts[0]) is None
    assert next_steps(parts).steps == ()


def test_what_waits_for_something_else_never_leads(record: Record, assignment: Assignment) -> None:
    given = record({"ta.area": WRONG, "ta.twice": {"verdict": Verdict.BLOCKED, "message": "counts once area is right"}})
    (step,) = next_steps(seen_parts(given, assignment, released=EVERY_PART)).steps
    assert step.check.name == "area"


def test_empty_answers_of_a_part_are_one_step(record: Record, assignment: Assignment) -> None:
    parts = seen_parts(record({"tb.shape": EMPTY, "tb.corners": EMPTY}), assignment, released=EVERY_PART)
    (step,) = costliest_steps(parts).steps
    assert step.lead == "2 answers are empty (shape, corners)"
    assert step.points == 2


def test_functions_that_are_not_written_are_named_once(record: Record, assignment: Assignment) -> None:
    empty = {name: EMPTY for name in ("ta.why", "ta.run.area", "ta.run.area.positive")}
    (step,) = costliest_steps(seen_parts(record(empty), assignment, released=EVERY_PART)).steps
    assert step.lead == "1 answer is empty (why) and 1 function is not written (area)"


def test_a_public_check_without_points_orders_by_those_of_its_neighbour_and_claims_none(
    record: Record, assignment: Assignment
) -> None:
    (step,) = next_steps(seen_parts(record({"ta.run.area.positive": WRONG}), assignment)).steps
    assert step.check.name == "run.area.positive"
    assert (step.points, step.gain) == (2, 0)


def test_points_at_stake_never_exceed_what_the_part_still_has(record: Record, assignment: Assignment) -> None:
    everything = {check.id: WRONG for part in assignment.parts for check in part.checks}
    for step in costliest_steps(seen_parts(record(everything), assignment, released=EVERY_PART)).steps:
        assert step.points <= step.part.part.points


def test_a_file_that_does_not_load_comes_first_and_once(record: Record, assignment: Assignment) -> None:
    broken = {
        "verdict": Verdict.UNREADABLE,
        "message": "shapes.py line 4 does not compile: invalid syntax",
        "details": ((NOT_LOADED, "shapes.py:4"),),
    }
    given = record({"ta.run.area": broken, "ta.run.area.positive": broken, "tb.shape": WRONG, "ta.area": WRONG})
    parts = seen_parts(given, assignment, released=EVERY_PART)
    first, *others = next_steps(parts).steps
    assert (first.file, first.points) == ("shapes.py", 2)
    assert first.lead == "shapes.py does not compile, line 4: invalid syntax; 1 function cannot run"
    assert [step.check.id for step in others] == ["ta.area", "tb.shape"]
    assert "1 file does not load." in summarize_parts(parts).sentences
    assert not any("cannot be read" in sentence for sentence in summarize_parts(parts).sentences)


def test_a_table_that_is_not_handed_in_is_no_empty_answer(
    record: Record, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChoiceCheck, "family", Family.FILE)
    table = {"verdict": Verdict.MISSING, "message": "not started: data.csv was not handed in"}
    parts = seen_parts(record({"tb.shape": table, "tb.corners": EMPTY}), assignment, released=EVERY_PART)
    (step,) = costliest_steps(parts).steps
    assert step.lead == "data.csv was not handed in and 1 answer is empty (corners)"


@pytest.mark.parametrize(
    ("given", "alone", "points", "told"),
    [
        ({"ta.area": WRONG, "ta.run.area": WRONG}, 2, 3, "1. ta.run.area (2 points at stake): "),
        ({"ta.area": WRONG, "ta.twice": WRONG}, 1, 2, "1. ta.area (1 point at stake): "),
        ({"tb.shape": WRONG}, 1, 1, "1. tb.shape (1 point at stake): "),
        ({"tb.shape": WRONG, "tb.corners": EMPTY}, 1, 2, "1. tb.shape (1 point at stake): "),
        ({"ta.run.area.positive": WRONG}, 0, 0, "1. ta.run.area.positive: "),
        ({"tb.shape": {**WRONG, "score": 0.75}}, 0.25, 0.25, "1. tb.shape (0.25 points at stake): "),
    ],
)
def test_beside_one_check_stand_its_own_points(
    given: Mapping[str, Any], alone: float, points: float, told: str, record: Record, assignment: Assignment
) -> None:
    found = next_steps(seen_parts(record(dict(given)), assignment, released=EVERY_PART))
    assert (found.steps[0].alone, found.steps[0].points) == (alone, points)
    assert told in "\n".join(step_lines(found))


UNREADABLE = {"verdict": Verdict.UNREADABLE, "message": "cannot be read: a bracket is missing"}
CRASHED = {"verdict": Verdict.CRASHED, "message": "ValueError: negative side"}


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ({"ta.run.area": WRONG, "tb.shape": UNREADABLE}, ["tb.shape", "ta.run.area"]),
        ({"ta.run.area": CRASHED, "tb.shape": UNREADABLE}, ["tb.shape", "ta.run.area"]),
        ({"ta.run.area": WRONG, "tb.shape": CRASHED}, ["tb.shape", "ta.run.area"]),
        ({"ta.run.area": WRONG, "tb.shape": WRONG}, ["ta.run.area", "tb.shape"]),
        ({"ta.run.area": WRONG, "ta.area": UNREADABLE}, ["ta.area"]),
        ({"ta.run.area": EMPTY, "tb.shape": WRONG}, ["tb.shape"]),
        ({"ta.area": EMPTY, "ta.twice": WRONG}, ["ta.area"]),
    ],
)
def test_what_is_easiest_to_mend_comes_first_and_points_decide_among_equals(
    record: Record, assignment: Assignment, given: dict[str, dict[str, object]], order: list[str]
) -> None:
    steps = next_steps(seen_parts(record(given), assignment, released=EVERY_PART)).steps
    assert [step.check.id for step in steps] == order


def test_a_contradiction_comes_before_a_wrong_answer(
    record: Record, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChoiceCheck, "family", Family.STATEMENT)
    parts = seen_parts(record({"ta.run.area": WRONG, "tb.shape": WRONG}), assignment, released=EVERY_PART)
    assert [step.check.id for step in next_steps(parts).steps] == ["tb.shape", "ta.run.area"]


def test_all_that_is_empty_is_one_line(record: Record, assignment: Assignment) -> None:
    given = record({"tb.shape": EMPTY, "tb.corners": EMPTY, "ta.why": EMPTY})
    to_do = next_steps(seen_parts(given, assignment))
    assert to_do.steps == ()
    begun = "Nothing that you have written asks for a change that you may see yet."
    assert to_do.rest == f"{begun} Still empty: ta, tb (3 points at stake). Go on with ta."


def test_what_is_empty_beside_a_step_is_counted_there(record: Record, assignment: Assignment) -> None:
    to_do = next_steps(seen_parts(record({"ta.area": UNREADABLE, "ta.why": EMPTY, "tb.shape": EMPTY}), assignment))
    assert [step.part.part.id for step in to_do.steps] == ["ta"]
    assert to_do.rest.startswith("Still empty: tb (")


def test_nothing_at_all_is_begun_at_the_first_part(record: Record, assignment: Assignment) -> None:
    nothing = record({check.id: EMPTY for part in assignment.parts for check in part.checks})
    assert next_steps(seen_parts(nothing, assignment)).rest.endswith("Go on with ta.")
    assert "asks for a change" not in next_steps(seen_parts(nothing, assignment)).rest


def test_a_crash_is_told_with_its_place(record: Record, assignment: Assignment) -> None:
    crashed = {"verdict": Verdict.CRASHED, "message": "NameError: x", "details": (("where", "shapes.py:9"),)}
    step, *_ = next_steps(seen_parts(record({"ta.run.area.positive": crashed}), assignment)).steps
    assert step.lead == "NameError: x (shapes.py:9)"


def test_what_is_not_shown_is_counted(record: Record, assignment: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.steps.MOST", 1)
    parts = seen_parts(record({"ta.run.area": WRONG, "tb.shape": WRONG}), assignment, released=EVERY_PART)
    assert next_steps(parts).rest == "1 more place has something to mend."
