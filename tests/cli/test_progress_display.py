"""How a class under way is shown: to a person, to a log, to a program, and not at all."""

import json
from pathlib import Path

import pytest

from grader.cli.progress_display import Display, JsonDisplay, LogDisplay, display_for, spelled
from grader.grading.progress import Progress, ProgressState
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.submission.model import SubmissionSource


def record(name="ada", verdict=Verdict.CORRECT):
    check = CheckRecord(id="p.x", kind="expr", verdict=verdict, score=None, max_score=1.0, visibility="public")
    part = PartRecord(id="p", score=1.0, max_score=2.0, awaiting=0.5, checks=(check,))
    return GradeRecord(
        submission=name, files_sha256="f", problems_sha256="p", versions={}, score=1.0, max_score=2.0,
        awaiting_review=0.5, isolation="none", parts=(part,),
    )  # fmt: skip


def progress(done=1, waiting=3, failed=0, under_way=(), left=40.0, name="ada"):
    state = ProgressState(done, failed, waiting, under_way, left)
    return Progress(record(name), SubmissionSource(name, Path(name)), 1.5, {}, state)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_program_reads_start_each_submission_and_end(capsys):
    with JsonDisplay(2, 1, 2) as shown:
        shown.watch(progress().state)
        shown.finished(record(), progress(under_way=(("bob", 12.34),)))
        shown.finished(record("bob", Verdict.HARNESS_ERROR), progress(2, 0, 1))
    out = capsys.readouterr()
    start, ada, bob, end = lines(out.out)
    assert start == {"event": "start", "total": 2, "known": 1, "workers": 2}
    assert {name: ada[name] for name in ("event", "submission", "score", "max_score", "awaiting_review", "status")} == {
        "event": "graded", "submission": "ada", "score": 1.0, "max_score": 2.0, "awaiting_review": 0.5,
        "status": "awaiting_review",
    }  # fmt: skip
    assert (ada["done"], ada["failed"], ada["waiting"], ada["total"], ada["seconds_left"]) == (1, 0, 3, 2, 40.0)
    assert ada["under_way"] == [{"submission": "bob", "seconds": 12.3}]
    assert bob["status"] == "harness_error"
    assert end == {"event": "end", "graded": 2, "failed": ["bob"], "known": 1}
    assert out.err == ""


def test_a_run_that_is_cut_short_has_no_end(capsys):
    with pytest.raises(KeyboardInterrupt), JsonDisplay(2, 0, 2):
        raise KeyboardInterrupt
    assert [line["event"] for line in lines(capsys.readouterr().out)] == ["start"]


def test_a_log_gets_a_line_for_each_of_a_few(capsys):
    with LogDisplay(3) as shown:
        for done in (1, 2, 3):
            shown.finished(record(f"s{done}"), progress(done, 3 - done))
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.splitlines() == [f"[{i}/3] s{i}: 1 of 2, 0.5 not decided yet" for i in (1, 2, 3)]


@pytest.mark.parametrize("total", [21, 30, 99, 1000])
def test_a_log_gets_ten_lines_for_many_and_no_names(capsys, total):
    with LogDisplay(total) as shown:
        for done in range(1, total + 1):
            shown.finished(record("ada"), progress(done, total - done))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 10
    assert told[-1].startswith(f"[{total}/{total}]")
    assert not any("ada" in line for line in told)


def test_a_log_says_what_is_left_what_failed_and_what_is_slow(capsys):
    with LogDisplay(100) as shown:
        shown.finished(record(), progress(10, 80, 2, (("endless", 75.0), ("bob", 1.0)), 4000.0))
    assert capsys.readouterr().err == (
        "[10/100] 2 failed; 80 waiting; about 1 h 7 min left; endless takes 1 min so far\n"
    )


def test_continuous_integration_is_told_nothing_before_the_end(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    with display_for(100, 0, 2, as_json=False) as shown:
        shown.watch(progress().state)
        shown.finished(record(), progress())
    assert type(shown) is Display
    assert capsys.readouterr() == ("", "")


def test_json_is_json_in_continuous_integration_too(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    with display_for(0, 5, 2, as_json=True):
        pass
    assert [line["event"] for line in lines(capsys.readouterr().out)] == ["start", "end"]


DURATIONS = {0.2: "0 s", 59.4: "59 s", 61: "1 min", 3500: "58 min", 3600: "1 h 0 min", 9000: "2 h 30 min"}


@pytest.mark.parametrize(("seconds", "says"), DURATIONS.items())
def test_durations_are_spelled_as_a_person_would(seconds, says):
    assert spelled(seconds) == says
