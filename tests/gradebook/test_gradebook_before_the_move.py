"""A class that was graded, marked and released before the engine's folders were renamed: it opens, and judges alike."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from runnable import isolation
from sqlite_file import sqlite_file

from grader.cli import main
from grader.gradebook import Gradebook

OLD = Path(__file__).parent.parent / "golden" / "gradebook_before_the_move"
NAMES = ["ada", "ben", "cem"]


@pytest.fixture
def graded(tmp_path):
    """The folder as the old program left it."""
    folder = tmp_path / "graded"
    folder.mkdir()
    dump = (OLD / "gradebook.sql").read_text(encoding="utf-8").replace("{CLASS}", str(OLD / "class"))
    with sqlite_file(folder) as connection:
        connection.executescript(dump)
    shutil.copytree(OLD / "records", folder / "records")
    return folder


def hw11(*words):
    result = CliRunner().invoke(main, [*map(str, words), "--assignment", str(OLD / "assignment")])
    assert result.exit_code == 0, result.output
    return result.output


def record(folder, name):
    return (folder / "records" / f"{name}.json").read_text(encoding="utf-8")


def judged(text):
    """What was decided: not by which machine, when and how, nor where it stands, nor the case that is told of code."""
    full = json.loads(text)
    for part in full["parts"]:
        for check in part["checks"]:
            del check["seconds"], check["proof"]
            if ".run." in check["id"]:  # the smallest case that fails; it was the first one then
                del check["details"]
            else:  # the place of what cannot be read was not told then
                check["details"] = [[what, told] for what, told in check.get("details", ()) if what != "where"]
    return {key: value for key, value in full.items() if key not in ("versions", "isolation")}


def test_it_opens_and_tells_the_same_to_the_byte(graded):
    for name in NAMES:
        (graded / "records" / f"{name}.json").unlink()
    hw11("report", graded)
    assert {name: record(graded, name) for name in NAMES} == {name: record(OLD, name) for name in NAMES}


def test_what_people_decided_is_there(graded):
    with Gradebook(graded) as gradebook:
        decided = {(one.submission, one.check_id): (one.score, one.author) for one in gradebook.overrides()}
        assert decided == {("ada", "tinya.why"): (0.5, "grace"), ("ben", "tinyb.seconds"): (0.5, "grace")}
        assert [version.author for version in gradebook.marking.rubrics.versions()] == ["grace"]


@pytest.mark.slow
def test_judged_again_nothing_changes(graded):
    said = hw11(
        *("regrade", graded, "--apply", "--jobs", 1, "--isolation", isolation()),
        *("--secret-file", OLD / "class.secret"),
    )
    assert "3 judged again: 0 totals change" in said
    for name in NAMES:
        assert judged(record(graded, name)) == judged(record(OLD, name))


@pytest.mark.slow
def test_graded_afresh_nothing_changes(graded):
    hw11(
        *("grade", OLD / "class", "--out", graded, "--fresh", "--jobs", 1, "--isolation", isolation()),
        *("--secret-file", OLD / "class.secret"),
    )
    for name in NAMES:
        assert judged(record(graded, name)) == judged(record(OLD, name))
