"""`hw11 report`: pages as things stand, and what staff is told of the roster and of the deadline."""

import csv
import json

import pytest
from click.testing import CliRunner

from grader.assignment.load import load_assignment
from grader.cli import main
from grader.gradebook import Gradebook, Override
from grader.gradebook.records import digest_of
from grader.gradebook.releases import Result
from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, Verdict
from reports.words import SEALED


def record(name, student, **more):
    size = CheckRecord(id="tinya.size", kind="expr", verdict=Verdict.WRONG, score=0, max_score=1, visibility="hidden")
    parts = (sum_part("tinya", 4.0, [size]), sum_part("tinyb", 2.0, []))
    return GradeRecord(
        submission=name, student=student, files_sha256="f", problems_sha256="p", versions={}, isolation="none",
        score=0, max_score=6, awaiting_review=0, parts=parts, **more,
    )  # fmt: skip


@pytest.fixture
def report(tiny, tmp_path):
    (tiny / "problems" / "assignment.yaml").write_text(
        "title: T\nlate: {deadline: 2026-11-20T12:00Z, per_day: 0.25 points}\n"
    )
    with Gradebook(tmp_path / "out") as gradebook:
        gradebook.append(record("ada", {"id": "1"}, submitted_at="2026-11-20T13:00Z"), "mark")
        gradebook.append(record("ada-2", {"id": "1"}, submitted_at="2026-11-20T11:00Z"), "mark")
        gradebook.append(record("kim", {"name": "Kim Lee"}, submitted_at="2026-11-20T11:00Z"), "mark")
        gradebook.append(record("zoe", {"id": "9"}), "mark")
        made_on = digest_of(None, "f")
        gradebook.marking.commit(
            [], [Override("ada", 1, "tinya.size", 1.0, "marker", "right after all", digest=made_on)]
        )

    def report(*options):
        words = ["report", tmp_path / "out", "--assignment", tiny, *options]
        return CliRunner().invoke(main, [str(word) for word in words])

    return report


def grades(out):
    rows = csv.DictReader((out / "grades.csv").read_text().splitlines())
    return {row["submission"]: row for row in rows}


def test_pages_show_what_stands(report, tmp_path):
    assert report("--release").exit_code == 0
    rows = grades(tmp_path / "out")
    assert [rows["ada"][key] for key in ("score", "late_deduction", "tinya")] == ["0.75", "0.25", "1"]
    page = (tmp_path / "out" / "reports" / "ada.html").read_text()
    assert "Handed in 1 h after the deadline; −0.25 points." in page


def test_who_was_graded_before_the_problems_changed_is_listed(report, tiny, tmp_path):
    with Gradebook(tmp_path / "out") as gradebook:
        now = record("now", {"id": "5"}).model_copy(update={"problems_sha256": load_assignment(tiny).sha256})
        gradebook.append(now, "mark")
    told = "4 graded before the problems changed (`hw11 regrade` says what that changes): ada, ada-2, kim, zoe\n"
    assert told in report().stderr
    with (tiny / "problems" / "tiny.yaml").open("a") as file:
        file.write("# a check more\n")
    assert "5 graded before the problems changed" in report().stderr


def test_what_was_released_stays_released(report, tmp_path):
    def page(name):
        return (tmp_path / "out" / "reports" / f"{name}.html").read_text()

    with Gradebook(tmp_path / "out") as gradebook:
        files = gradebook.records()["ada"][0].files_sha256
        gradebook.releases.add([Result("ada", 1.0, 0.0, "digest", files)], "staff")
    assert report().exit_code == 0
    assert "Handed in 1 h after the deadline; −0.25 points." in page("ada")
    assert SEALED.word not in page("ada")
    assert SEALED.word in page("kim"), "whose result is not out yet"


def test_the_roster_in_the_folder_gives_names_and_time_and_staff_reads_what_does_not_fit(report, tmp_path):
    (tmp_path / "out" / "roster.csv").write_text(
        "id;name;deadline;excused\n1;Ada;2026-11-20T14:00Z;\n2;Bob;;\n3;Cy;;yes\n4;Kim Lee;;\n5;Kim Lee;;\n"
    )
    told = report().stderr
    for line in (
        "2 of 4 submissions belong to somebody in",
        "1 in the roster without a submission: 2\n",
        "1 not in the roster: zoe\n",
        "1 could be several people of the roster: kim (4 or 5)\n",
        "1 handed in more than once: 1 (ada, ada-2)\n",
        "1 handed in at a time that is not known, so nothing is deducted: zoe\n",
    ):
        assert line in told
    listed = {line["what"]: line["who"] for line in map(json.loads, report("--json").stdout.splitlines())}
    assert (listed["not in the roster"], listed["say that they are somebody else's"]) == (["zoe"], [])
    rows = grades(tmp_path / "out")
    assert (rows["ada"]["name"], rows["ada"]["score"]) == ("Ada", "1")


def test_a_roster_that_cannot_be_used_changes_nothing(report, tmp_path):
    roster = tmp_path / "mine.csv"
    roster.write_text("id,nmae\n1,Ada\n")
    done = report("--roster", roster)
    assert done.exit_code == 2
    assert f"{roster}:1: unknown column 'nmae'" in done.stderr
    assert not (tmp_path / "out" / "reports").exists()
