"""Handing results out: what holds them back, and whose have changed."""

import pytest

from grader.gradebook import Gradebook
from grader.gradebook.regrade_requests import Request
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.release import change, obstacles, result


def check(name="p.x", verdict=Verdict.CORRECT, score=1.0, **more):
    return CheckRecord(id=name, kind="expr", verdict=verdict, score=score, max_score=1, visibility="hidden", **more)


def record(name, *checks, **more):
    score = sum(one.score or 0 for one in checks)
    waiting = float(sum(one.score is None for one in checks))
    part = PartRecord(id="p", score=score, max_score=len(checks), awaiting=waiting, checks=checks)
    facts = {"files_sha256": "f", "problems_sha256": "p", "versions": {}, "isolation": "none"} | more
    return GradeRecord(
        submission=name, score=score, max_score=len(checks), awaiting_review=waiting, parts=(part,), **facts
    )


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (Verdict.NEEDS_REVIEW, "not marked by a person yet"),
        (Verdict.UNDECIDED, "not decided by the judge"),
        (Verdict.HARNESS_ERROR, "fault of ours"),
    ],
)
def test_what_is_not_decided_holds_results_back(verdict, says):
    open_one = check("p.why", verdict, None)
    (obstacle,) = obstacles([record("ada", open_one), record("bob", check()), record("cyd", open_one)], [])
    assert obstacle.submissions == ("ada", "cyd")
    assert str(obstacle).startswith("p.why: 2 ")
    assert says in str(obstacle)


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict.decided])
def test_what_is_decided_does_not(verdict):
    assert obstacles([record("ada", check(verdict=verdict, score=0.0))], []) == []


def test_a_request_that_nobody_answered_holds_results_back():
    (obstacle,) = obstacles([record("ada", check())], [Request("ada", 1, "p.x", "", "because")])
    assert "looked at again" in str(obstacle)


def parts(one):
    return [part.id for part in one.parts]


def released(folder, records):
    with Gradebook(folder) as gradebook:
        before, told = gradebook.releases.latest(), [(one, result(one, parts(one))) for one in records]
        gradebook.releases.add([now for _, now in told], "staff")
    return [str(moved) for one, now in told if (moved := change(one, now, before))]


def test_a_repeated_release_lists_whose_result_changed(tmp_path):
    before = [record("ada", check()), record("bob", check(score=0.5)), record("cyd", check())]
    assert released(tmp_path, before) == [
        "ada: 1, released for the first time",
        "bob: 0.5, released for the first time",
        "cyd: 1, released for the first time",
    ]
    after = [record("ada", check(message="well said")), record("bob", check(score=0.75)), record("cyd", check())]
    assert released(tmp_path, after) == [
        "ada: 1 as before, but the report says something else",
        "bob: 0.5 → 0.75 (+0.25)",
    ]
    assert released(tmp_path, after) == []


@pytest.mark.parametrize("unread", [{"versions": {"torch": "9"}}, {"isolation": "other"}, {"problems_sha256": "q"}])
def test_what_no_student_reads_is_no_change(tmp_path, unread):
    released(tmp_path, [record("ada", check(seconds=1.0, staff="a"))])
    assert released(tmp_path, [record("ada", check(seconds=2.0, staff="b"), **unread)]) == []
