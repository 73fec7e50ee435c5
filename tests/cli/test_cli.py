"""The command line as a user meets it: exit codes, streams, files."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile

import click
import pytest
from click.testing import CliRunner
from command_line import hw11
from runnable import isolation

from grader.cli import doctor, main
from grader.sandbox.setuid import others_reach
from reports.pdf import BROWSERS

RIGHT = "tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}\ntinyb: {entries: 250000, seconds: 2.5 s}\n"
CODE = "def double(X):\n    return 2 * X\n"


def hand_in(folder, answers=RIGHT, code=CODE):
    folder.mkdir(parents=True)
    (folder / "answers.yaml").write_text(answers)
    (folder / "tiny.py").write_text(code)
    return folder


@pytest.fixture
def ada(tmp_path):
    return hand_in(tmp_path / "class" / "ada")


def records(out):
    return {path.stem: json.loads(path.read_text()) for path in sorted((out / "records").glob("*.json"))}


def test_help_names_every_command_and_exit_code():
    shown = hw11("--help").stdout
    for word in ("check", "grade", "validate", "doctor", "equivalent", "report", "kit", "130 interrupted"):
        assert word in shown


@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_every_command_tells_what_it_takes(asked):
    for name in main.list_commands(click.Context(main)):
        done = hw11(name, asked)
        assert (done.exit_code, done.stdout.splitlines()[0].startswith(f"Usage: main {name} ")) == (0, True), name


def test_run_without_a_name_lists_the_experiments(tiny):
    (tiny / "reference/experiments").mkdir()
    (tiny / "reference/experiments/sweep.py").write_text("\ndef main(words):\n    return 0\n")
    done = hw11("run", "--assignment", tiny)
    assert (done.exit_code, done.stderr) == (2, "hw11: name an experiment (there are: sweep)\n")


def test_doctor_needs_no_assignment_but_takes_none_that_is_none(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "examine", lambda probes: seen.append(probes) or [])
    monkeypatch.chdir(tmp_path)
    seen = []
    assert CliRunner().invoke(doctor.command, []).exit_code == 1
    assert len(seen) == 1
    assert CliRunner().invoke(doctor.command, ["--assignment", str(tmp_path)]).exit_code == 2
    assert len(seen) == 1


def test_doctor_tries_no_folder_that_is_no_assignment_because_somebody_stands_in_it(monkeypatch):
    """Who may read the folder in which the command is given says nothing of what this machine guarantees."""
    monkeypatch.setattr(doctor, "examine", lambda probes: seen.append(others_reach(probes.parent.parent)) or [])
    monkeypatch.chdir("/")
    seen = []
    CliRunner().invoke(doctor.command, [])
    assert seen == [False]


@pytest.mark.parametrize("name", [*BROWSERS, None])
def test_doctor_names_the_browser_that_prints_reports(name, monkeypatch, tmp_path):
    if name is not None:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(doctor, "examine", lambda probes: [])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert f"browser      {name or 'none'}: " in CliRunner().invoke(doctor.command, []).stdout


def test_a_mistyped_path_is_a_usage_error(tiny, tmp_path):
    done = hw11("grade", tmp_path / "nowhere", "--out", tmp_path / "out", "--assignment", tiny)
    assert done.exit_code == 2
    assert "does not exist" in done.stderr


@pytest.mark.parametrize("out", ["class/graded", "class", "class/ada/graded", "class/x/../graded"])
def test_results_do_not_go_where_they_would_be_graded_as_a_hand_in(tiny, ada, tmp_path, out):
    done = hw11("grade", tmp_path / "class", "--out", tmp_path / out, "--assignment", tiny)
    assert done.exit_code == 2
    assert "choose another place" in done.stderr
    assert not list(tmp_path.rglob("gradebook.*"))


def test_a_mistake_in_a_problem_stops_everything_and_is_told_in_place(tiny, ada, tmp_path):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("title: Sizes", "titel: Sizes"))
    done = hw11("grade", ada, "--out", tmp_path / "out", "--assignment", tiny)
    assert done.exit_code == 2
    assert "tiny.yaml:6:5: unknown key 'titel'" in done.stderr
    assert not (tmp_path / "out" / "records").exists()


def test_a_reference_that_is_missing_is_told_in_place(tiny, ada, tmp_path):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("reference.tiny:size\n", "reference.tiny:sice\n"))
    done = hw11("grade", ada, "--out", tmp_path / "out", "--isolation", isolation(), "--assignment", tiny)
    assert done.exit_code == 2
    assert "tiny.yaml:15:9: 'reference.tiny:sice': there is no function 'sice'" in done.stderr


@pytest.mark.slow
def test_a_mistake_that_is_right_is_told_in_place(tiny):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("{answer: m + k,", "{answer: k*m,"))
    done = hw11("validate", "--assignment", tiny)
    assert done.exit_code == 2
    assert "tiny.yaml:17:14: 'k*m' is listed as a mistake but is right" in done.stderr


@pytest.mark.slow
def test_validate_passes_on_a_sound_assignment_and_writes_junit(tiny, tmp_path):
    hw11("kit", "--out", tiny / "student_template", "--assignment", tiny)
    done = hw11("validate", "--quick", "--jobs", 1, "--assignment", tiny, "--junit", tmp_path / "junit.xml")
    assert done.exit_code == 0, done.stderr
    assert "everything holds" in done.stderr
    assert 'failures="0"' in (tmp_path / "junit.xml").read_text()


SURVIVES = [
    ("reference/mistakes/tiny.py", "X * X", "2 * X", "'tiny:square' is correct"),
    ("reference/answers.yaml", "4*m*k", "5*m*k", "the reference is wrong"),
    (
        "problems/tiny.yaml",
        "right: wide",
        "right: wide\n        tries: reference.tiny:fits",
        "tinya.shape: wide — this option is right, yet what it says held of 0 of 20 draws",
    ),
    (
        "reference/tiny.py",
        "def size():",
        "def fits(option, rng):\n    return option == 'tall'\n\ndef size():",
        "tinya.shape: tall — this option is not right, yet what it says held of 20 of 20 draws",
    ),
    (
        "student_template/tiny.py",
        "raise NotImplementedError",
        "return 2 * X",
        "differs from what the problems give",
    ),
]
"""What goes wrong in one file each: what stands there, what comes in its place, and what is said."""


@pytest.mark.slow
def test_validate_fails_on_what_survives(tiny):
    hw11("kit", "--out", tiny / "student_template", "--assignment", tiny)
    for file, old, new, _ in SURVIVES:
        path = tiny / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    done = hw11("validate", "--quick", "--jobs", 1, "--assignment", tiny)
    assert done.exit_code == 1
    for *_, says in SURVIVES:
        assert says in done.stderr


def test_check_tells_what_was_read_and_not_read_and_never_what_is_right(tiny, ada):
    misspelt = "student: Ada\ntinya:\n  size: m + k\n  byts: 4*m*k\ntynia:\n  shape: wide\n"
    (ada / "answers.yaml").write_text(misspelt)
    done = hw11("check", ada, "--assignment", tiny)
    for told in ("did you mean 'bytes'?", "did you mean 'tinya'?", "student was not read"):
        assert told in done.stdout
    assert "m + k" in done.stdout
    assert "perimeter" not in done.stdout
    assert "agrees with the reference" not in done.stdout
    assert done.exit_code == 1


@pytest.mark.slow
def test_check_says_zero_when_every_public_check_passes_and_the_same_without_a_reference(tiny, ada):
    done = hw11("check", ada, "--assignment", tiny)
    assert done.exit_code == 0, done.stdout
    assert "all tests passed" not in done.stdout.lower()
    assert "hidden" in done.stdout.lower()
    shutil.rmtree(tiny / "reference")
    assert hw11("check", ada, "--assignment", tiny).stdout == done.stdout


@pytest.mark.slow
def test_check_json_is_json_alone(tiny, ada):
    done = hw11("check", ada, "--json", "--assignment", tiny)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["tinya", "tinyb"]


@pytest.mark.slow
def test_check_of_one_part_checks_that_part(tiny, ada):
    done = hw11("check", ada, "--part", "tinyb", "--json", "--assignment", tiny)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["tinyb"]
    assert hw11("check", ada, "--part", "nope", "--assignment", tiny).exit_code == 2


@pytest.mark.slow
def test_an_answer_that_cannot_be_read_is_told_with_its_column(tiny, ada):
    (ada / "answers.yaml").write_text(RIGHT.replace("entries: 250000", "entries: 250*(1000"))
    done = hw11("check", ada, "--part", "tinyb", "--assignment", tiny)
    assert done.exit_code == 1
    assert "^" in done.stdout


def test_equivalent_for_a_person():
    done = hw11("equivalent", "m*(k+1)", "mk + m", "--symbol", "m: positive integer", "--symbol", "k: positive integer")
    assert (done.exit_code, done.stdout.strip()) == (0, "equal")


def test_a_question_that_cannot_be_used_is_no_fault_of_ours():
    done = hw11("equivalent", "x+x", "2*x")
    assert done.exit_code == 2
    assert "'x' is not expected here" in done.stderr
    assert "--symbol" in done.stderr


def test_equivalent_answers_line_for_line():
    """In a process of its own, as programs use it."""
    line = {"id": 1, "reference": "x", "answer": "x", "kind": "expr", "symbols": {"x": {"positive": True}}}
    command = [sys.executable, "-m", "grader", "equivalent", "--jsonl"]
    asked = f"{json.dumps(line)}\nnot json\n"
    done = subprocess.run(command, capture_output=True, text=True, input=asked, timeout=900)
    answers = [json.loads(text) for text in done.stdout.splitlines()]
    assert [(one["id"], one["verdict"]) for one in answers] == [(1, "equal"), (None, "invalid")]
    assert done.returncode == 0


@pytest.mark.slow
def test_a_class_of_folders_and_zips_gets_a_record_each(tiny, ada, tmp_path):
    hand_in(tmp_path / "class" / "eve", code="import os\nos._exit(0)\n")
    hand_in(tmp_path / "class" / "bob", answers="\xff", code="def double(X):\n    while True: pass\n")
    (tmp_path / "class" / "nobody").mkdir()
    with zipfile.ZipFile(tmp_path / "class" / "zoe.zip", "w") as archive:
        archive.writestr("zoe/answers.yaml", RIGHT)
        archive.writestr("zoe/tiny.py", CODE)
    (tmp_path / "class" / "yan.rar").write_bytes(b"Rar!\x1a\x07\x00")
    (tmp_path / "class" / "notes.txt").write_text("mine")
    out = tmp_path / "out"
    done = hw11(
        "grade", tmp_path / "class", "--out", out, "--jobs", 1, "--isolation", isolation(), "--assignment", tiny
    )
    assert done.exit_code == 0, done.stderr
    graded = records(out)
    assert {name: record["score"] for name, record in graded.items()} == {
        "ada": 5.5, "bob": 0.0, "eve": 4.5, "nobody": 0.0, "yan": 0.0, "zoe": 5.5,
    }  # fmt: skip
    assert {name: record["awaiting_review"] for name, record in graded.items()} | {"ada": 0, "eve": 0, "zoe": 0} == {
        "ada": 0, "bob": 5.0, "eve": 0, "nobody": 0.0, "yan": 6.0, "zoe": 0,
    }  # fmt: skip
    assert "not taken: notes.txt is no folder" in done.stderr
    assert "notes.txt" in (out / "index.html").read_text()
    assert 'notes.txt,,,,,,,"not taken: is no folder' in (out / "grades.csv").read_text()
    hw11("report", out, "--assignment", tiny)
    assert "notes.txt" in (out / "index.html").read_text()
    assert {path.stem for path in (out / "reports").glob("*.html")} == set(graded)
    assert len((out / "grades.csv").read_text().splitlines()) == 8
    for name in ("gradebook.sqlite", "grades.csv", "index.html", "class.secret", "records/ada.json"):
        assert stat.S_IMODE(os.stat(out / name).st_mode) == 0o600


@pytest.mark.slow
def test_reports_can_be_rendered_again(tiny, ada, tmp_path):
    out = tmp_path / "out"
    hw11("grade", ada, "--out", out, "--jobs", 1, "--isolation", isolation(), "--assignment", tiny)
    page = (out / "reports" / "ada.html").read_text()
    (out / "reports" / "ada.html").unlink()
    assert hw11("report", out, "--assignment", tiny).exit_code == 0
    assert (out / "reports" / "ada.html").read_text() == page


def test_a_report_of_no_class_is_a_usage_error(tiny, tmp_path):
    assert hw11("report", tmp_path, "--assignment", tiny).exit_code == 2
