"""Gradescope: what `results.json` says to whom, and what stands in it when something breaks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.grading.grade import Grader
from grader.maths.judge_process import Judge
from grader.platforms.gradescope import run
from grader.platforms.gradescope.bundle import Built
from grader.platforms.watch_process import run_watched
from grader.records import GradeRecord, Verdict
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource
from reports.gradescope_results import results

VISIBILITIES = {"visible", "after_published", "after_due_date", "hidden"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
TOP = {
    *("score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility"),
    *("stdout_visibility", "extra_data", "tests", "leaderboard"),
}
TEST = {
    *("score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"),
    *("visibility", "extra_data"),
}


def assert_is_valid(found: Mapping[str, Any]) -> None:
    """The specification, as far as it can be told from the file alone."""
    assert found.keys() <= TOP
    assert isinstance(found["score"], int | float)
    assert found["stdout_visibility"] == "hidden"
    assert found["output_format"] in FORMATS
    for test in found["tests"]:
        assert test.keys() <= TEST
        assert test["visibility"] in VISIBILITIES
        assert test["output_format"] in FORMATS
        assert test.get("status", "passed") in ("passed", "failed")
        assert isinstance(test["name"], str)
        assert isinstance(test.get("number", ""), str)
        assert ("score" in test) == ("max_score" in test)
    json.dumps(found, allow_nan=False)


@pytest.fixture
def graded(tiny: Path, tmp_path: Path, fake_executor: Any, judge: Judge) -> tuple[GradeRecord, Assignment]:
    """A submission with a wrong field, a right one, an unread text and code that is right once."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "answers.yaml").write_text(
        "tinya: {size: m + k, bytes: 4*m*k, shape: wide, why: Because.}\ntinyb: {entries: 250000, seconds: <b>}\n"
    )
    (work / "tiny.py").write_text("def double(X): ...\n")
    assignment = load_assignment(tiny)
    functions = {"tiny.double": lambda X: 2 * X}
    executor = fake_executor(functions, {"tiny:bytes_of": lambda double, X: 4 * X.numel()})
    submission = load_submission(SubmissionSource("ada", work), assignment.modules)
    return Grader(assignment, executor, judge, b"s" * 32).grade(submission), assignment


@pytest.mark.parametrize("hidden", ["after_published", "after_due_date", "visible"])
def test_the_file_is_valid_and_its_score_is_the_records(graded: tuple[GradeRecord, Assignment], hidden: Any) -> None:
    found = results(*graded, hidden)
    assert_is_valid(found)
    assert found["score"] == graded[0].score
    scored = [test for test in found["tests"] if "score" in test]
    assert sum(test["score"] for test in scored) == pytest.approx(graded[0].score)
    assert sum(test["max_score"] for test in scored) + graded[0].awaiting_review == pytest.approx(6)


@pytest.mark.parametrize("hidden", ["after_published", "after_due_date"])
def test_before_release_nothing_hidden_stands_in_what_is_visible(
    graded: tuple[GradeRecord, Assignment], hidden: Any
) -> None:
    found = results(*graded, hidden)
    seen = [test for test in found["tests"] if test["visibility"] == "visible"]
    text = json.dumps([seen, found["output"]])
    assert "half the perimeter" not in text
    assert "read as" in text, "how an answer was read is told"
    assert str(graded[0].score) not in found["output"]
    assert "no total" in found["output"]
    assert [test["visibility"] for test in found["tests"]] == sorted(
        (test["visibility"] for test in found["tests"]), key=lambda visibility: visibility != "visible"
    ), "hidden ones come last"


def test_for_practice_everything_is_told_at_once(graded: tuple[GradeRecord, Assignment]) -> None:
    found = results(*graded, "visible")
    assert {test["visibility"] for test in found["tests"]} == {"visible"}
    assert "half the perimeter" in json.dumps(found["tests"])
    assert "no total" not in found["output"]


def test_what_waits_for_a_person_is_named_and_never_a_zero(graded: tuple[GradeRecord, Assignment]) -> None:
    found = results(*graded, "after_published")
    (waiting,) = [test for test in found["tests"] if "not graded yet" in test["name"]]
    assert waiting["name"] == "tinya Sizes: 0.5 points not graded yet"
    assert {"score", "max_score", "status"}.isdisjoint(waiting)
    assert waiting["tags"] == ["manual"]
    assert "tinya (0.5)" in found["output"]


def test_a_fault_of_ours_in_one_check_takes_no_points(graded: tuple[GradeRecord, Assignment]) -> None:
    record, assignment = graded
    broken = (
        record.parts[1]
        .checks[0]
        .model_copy(update={"verdict": Verdict.HARNESS_ERROR, "score": None, "staff": "the judge fell over"})
    )
    part = record.parts[1].model_copy(update={"checks": (broken, *record.parts[1].checks[1:]), "score": 0.0})
    found = results(record.model_copy(update={"parts": (record.parts[0], part)}), assignment, "after_published")
    assert_is_valid(found)
    assert any(test["name"] == "tinyb Numbers: 1 point not graded yet" for test in found["tests"])
    assert found["extra_data"]["hw11"]["graded"] is False
    assert "fell over" not in json.dumps(found), "why is for staff"


def test_lateness_is_told_with_the_total(graded: tuple[GradeRecord, Assignment]) -> None:
    late = graded[0].model_copy(update={"late_deduction": 0.5, "late_says": "Handed in 1 h after; −0.5 points."})
    assert "0.5 points." not in results(late, graded[1], "after_published")["output"].partition("Not graded")[0]
    assert "Handed in 1 h after" in results(late, graded[1], "visible")["output"]


def test_long_output_is_cut(graded: tuple[GradeRecord, Assignment]) -> None:
    checks = tuple(
        check.model_copy(update={"id": f"{check.id}{i}"}) for check in graded[0].parts[0].checks for i in range(200)
    )
    part = graded[0].parts[0].model_copy(update={"checks": checks})
    found = results(graded[0].model_copy(update={"parts": (part,)}), graded[1], "after_published")
    assert max(len(test["output"]) for test in found["tests"]) < 21_000


PREVIOUS = [
    {"score": "3", "results": {"score": 3.0, "extra_data": {"hw11": {"graded": True}}}},
    {"score": "0", "results": {"score": 0.0, "extra_data": {"hw11": {"graded": False}}}},
    {"score": None, "results": None, "autograder_error": True},
]


@pytest.mark.parametrize(
    ("metadata", "score", "says"),
    [
        ({}, 0.0, "a placeholder, not a mark"),
        ({"previous_submissions": PREVIOUS}, 3.0, "your last graded score"),
        ({"previous_submissions": None}, 0.0, "placeholder"),
        ({"previous_submissions": ["odd", {}]}, 0.0, "placeholder"),
    ],
)
def test_a_fault_shows_the_last_mark_and_says_so(metadata: Any, score: float, says: str) -> None:
    found = run.fault(metadata)
    assert_is_valid(found)
    assert found["score"] == score
    assert says in found["tests"][0]["output"]
    assert "costs no points" in found["output"]


def test_metadata_says_who_when_and_which_attempt(tmp_path: Path) -> None:
    users = [{"name": "Ada", "email": "a@x", "id": 1}, {"name": "Ben", "email": "b@x", "id": 2}]
    metadata = {
        "id": 12,
        "created_at": "2026-11-20T10:00:00-08:00",
        "users": users,
        "assignment": {"due_date": "2026-11-21T10:00:00-08:00"},
        "previous_submissions": [{}, {}],
    }
    asked = run.order(tmp_path, run.GradescopeSettings(), metadata)["order"]
    assert asked["id"] == "gradescope-12"
    assert asked["student"] == {"name": "Ada; Ben", "email": "a@x; b@x", "id": "1; 2"}
    assert (asked["submitted_at"], asked["deadline"]) == ("2026-11-20T10:00:00-08:00", "2026-11-21T10:00:00-08:00")
    assert asked["attempt"] == 3
    assert asked["accept"] == "user"


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["users", "previous_submissions", "results", "extra_data", "hw11", "score", "x"]), inner
            )
        ),
    )
)
def test_a_fault_can_be_told_whatever_the_metadata_holds(value: Any) -> None:
    metadata = value if isinstance(value, dict) else {"previous_submissions": value}
    assert_is_valid(run.fault(metadata))


@pytest.mark.parametrize(
    ("told", "understood"),
    [
        ("2026-11-20T10:00:00.000000-08:00", "2026-11-20T10:00:00.000000-08:00"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00", None),
        ("soon", None),
        (None, None),
        (12, None),
    ],
)
def test_a_time_that_nobody_can_place_is_no_time(told: object, understood: str | None) -> None:
    assert run.moment(told) == understood


@pytest.mark.parametrize("chosen", [{"accept": "process"}, {"accept": "trusted"}, {"hidden": "never"}])
def test_settings_below_a_wall_or_unknown_are_refused(chosen: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"settings\.json.*allowed: "):
        run.GradescopeSettings(**chosen)


@pytest.mark.parametrize("content", [None, "", "{", "[]", '"x"', "\udcff"])
def test_metadata_that_cannot_be_read_is_empty(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "metadata.json"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert run.read_json(path) == {}


def test_the_file_replaces_what_was_planted_in_its_place(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "results").mkdir()
    place = tmp_path / "results" / "results.json"
    place.symlink_to(elsewhere)
    run.write(place, {"score": 1})
    assert elsewhere.read_text() == "precious"
    assert not place.is_symlink()
    assert json.loads(place.read_text()) == {"score": 1}
    assert [path.name for path in place.parent.iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (None, False),
        ({}, False),
        ({"results": {"score": 1.0, "tests": []}}, False),
        ({"results": {"score": None, "tests": [{}]}}, False),
        ({"results": {"score": 1.0, "tests": [{}], "extra_data": {"hw11": {}}}}, True),
    ],
)
def test_only_a_whole_answer_is_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, whole: bool
) -> None:
    ended = run.Ended(answer, "last words", 1.0, 5)
    monkeypatch.setattr(run, "run_watched", lambda *_: ended)
    before = os.umask(0o077)
    os.umask(before)
    try:
        assert run.main(tmp_path) == 0
    finally:
        os.umask(before)
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    assert found["extra_data"]["hw11"]["peak_mib"] == 5
    assert (found["score"] == 1.0) is whole


PROGRAM = """\
import json, os, subprocess, sys, time
asked = json.load(sys.stdin)
print("last words", file=sys.stderr)
match asked["do"]:
    case "answer": print(json.dumps({"got": asked}))
    case "no object": print("[1]")
    case "garbage": print("{")
    case "fail": print("{}"); sys.exit(3)
    case "die": os.kill(os.getpid(), 9)
    case "hang":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10_000)"])
        open(asked["note"], "w").write(str(child.pid))
        time.sleep(10_000)
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "watched_program.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "watched_program"


@pytest.mark.parametrize("do", ["answer", "no object", "garbage", "fail", "die"])
def test_only_an_object_and_a_good_end_is_an_answer(program: str, do: str) -> None:
    ended = run_watched(program, {"do": do}, 900)
    assert ended.answer == ({"got": {"do": "answer"}} if do == "answer" else None)
    assert "last words" in ended.said


@pytest.mark.skipif(sys.platform != "linux", reason="processes below are found in /proc")
def test_whoever_takes_too_long_ends_with_all_below(program: str, tmp_path: Path) -> None:
    note = tmp_path / "note"
    ended = run_watched(program, {"do": "hang", "note": str(note)}, 1)
    assert ended.answer is None
    assert "stopped after 1 s" in ended.said
    if note.exists():  # a crowded machine may not even have started it
        status = Path(f"/proc/{note.read_text()}/status")
        assert not status.exists() or "State:\tZ" in status.read_text(), "nobody here may reap it, but it is dead"


@pytest.mark.parametrize(("peak", "warns"), [(0, False), (200, False), (300, True), (580, True)])
def test_the_build_says_how_much_memory_to_choose(peak: int, warns: bool) -> None:
    warning = Built(Path("autograder.zip"), 20.0, peak).warning
    assert bool(warning) is warns
    assert not warns or f"{peak} MiB" in warning
    assert not warns or f"{peak + 512} MiB or more" in warning
