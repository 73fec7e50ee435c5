"""`hw11 export` and `hw11 import` as a teaching assistant meets them: files, streams, exit codes."""

import csv
import io
import json
import stat

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.gradebook import Gradebook
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.seeding import SECRET_FILE


@pytest.fixture
def folder(graded, tmp_path):
    """A gradebook with the class in it."""
    out = tmp_path / "graded"
    with Gradebook(out) as gradebook:
        for record in graded.records:
            gradebook.append(record, "mark")
    return out


@pytest.fixture
def hw11(assignment, folder):
    def run(command, *arguments):
        words = [command, str(folder), *map(str, arguments), "--assignment", str(assignment.root)]
        return CliRunner().invoke(main, words)

    return run


def test_one_file_goes_to_stdout_and_words_to_stderr(hw11):
    done = hw11("export", "--to", "otter")
    assert done.exit_code == 0
    assert done.stdout.startswith("file,tinya,tinyb,")
    assert "2 still partly open" in done.stderr


def test_files_are_for_staff_alone(hw11, tmp_path):
    assert hw11("export", "--to", "csv", "--out", tmp_path / "tables").exit_code == 0
    for name in ("submissions.csv", "checks.csv"):
        assert stat.S_IMODE((tmp_path / "tables" / name).stat().st_mode) == 0o600


def test_several_files_need_a_folder(hw11, tmp_path):
    done = hw11("export", "--to", "csv")
    assert done.exit_code == 2
    assert "these are 2 files: say with --out where to write" in done.stderr
    (tmp_path / "file").write_text("")
    assert hw11("export", "--to", "csv", "--out", tmp_path / "file").exit_code == 2


def test_formats_are_listed(hw11):
    assert "canvas           fills your Canvas gradebook export" in hw11("export", "--to", "list").stdout


def test_json_says_what_was_done_by_name(hw11, tmp_path):
    template = tmp_path / "theirs.csv"
    template.write_text("Student,ID,SIS Login ID,Section,HW11 (1)\nPoints Possible,,,,6\nAda,1,ada,A,\nZoe,2,zoe,A,3\n")
    done = hw11("export", "--to", "canvas", "--template", template, "--out", tmp_path / "ours.csv", "--json")
    facts = json.loads(done.stdout)
    assert done.exit_code == 0
    assert facts["filled"] == [{"submission": "ada", "line": 3, "before": "", "after": "6"}]
    assert facts["unmatched_rows"] == ["Zoe (line 4)"]
    assert len(facts["unmatched_submissions"]) == 7
    assert (tmp_path / "ours.csv").read_text().endswith("Ada,1,ada,A,6\nZoe,2,zoe,A,3\n")
    assert hw11("export", "--to", "junit", "--json").exit_code == 2


def test_the_template_is_never_overwritten(hw11, tmp_path):
    template = tmp_path / "theirs.csv"
    template.write_text("Student,ID,SIS Login ID,Section,HW11 (1)\n")
    done = hw11("export", "--to", "canvas", "--template", template, "--out", template)
    assert done.exit_code == 2
    assert "--out would overwrite" in done.stderr


def test_pseudonyms_never_make_a_secret(hw11, folder, tmp_path):
    done = hw11("export", "--to", "research", "--out", tmp_path / "r")
    assert done.exit_code == 2
    assert "--secret-file" in done.stderr
    assert not (folder / SECRET_FILE).exists()
    (tmp_path / "shared").write_text("a secret of sixteen bytes or more")
    assert (
        hw11("export", "--to", "research", "--out", tmp_path / "r", "--secret-file", tmp_path / "shared").exit_code == 0
    )


def test_a_roster_gives_names_that_the_files_do_not(hw11, folder, tmp_path):
    (folder / "roster.csv").write_text("id,email,name\nu0001,new@uni.example,Ada King\n")
    hw11("export", "--to", "csv", "--out", tmp_path / "tables")
    (row, *_) = csv.DictReader((tmp_path / "tables" / "submissions.csv").read_text().splitlines())
    assert (row["name"], row["student_id"], row["email"]) == ("Ada King", "u0001", "new@uni.example")


def test_a_folder_that_was_never_graded_is_told(assignment, tmp_path):
    words = ["export", str(tmp_path), "--to", "csv", "--assignment", str(assignment.root)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert "was not made by `hw11 grade`" in done.stderr


@pytest.fixture
def table(hw11, tmp_path):
    """A review table on disk, and a way to fill it in: `fill(row number, **cells)`."""
    path = tmp_path / "review.csv"
    assert hw11("export", "--to", "review-csv", "--out", path).exit_code == 0

    def fill(*cells):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        assert len(rows) == 2
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows({**row, **new} for row, new in zip(rows, cells, strict=True))
        return path

    return fill


def decided(folder, assignment):
    with Gradebook(folder) as gradebook:
        waiting = [
            one.submission
            for one in effective_class(Course(gradebook, assignment))
            if any(check.score is None for part in one.parts for check in part.checks)
        ]
        return gradebook.overrides(), waiting


def test_marks_come_back_as_decisions_and_then_nothing_waits(hw11, folder, assignment, table):
    path = table({"score": "0,5", "comment": "well said"}, {"items": "none"})
    done = hw11("import", path, "--author", "tina")
    assert done.exit_code == 0, done.output
    overrides, waiting = decided(folder, assignment)
    assert {(one.score, one.says, one.author) for one in overrides} == {
        (0.5, "Comment: well said", "tina"),
        (0.0, "Missed: says why (0.5).", "tina"),
    }
    assert waiting == []
    assert hw11("export", "--to", "review-csv").stdout.count("\n") == 1


def test_the_same_table_twice_changes_nothing(hw11, folder, assignment, table):
    path = table({"score": "0.5"}, {"score": "0.25"})
    assert "2 decisions by tina taken" in hw11("import", path, "--author", "tina").stderr
    again = hw11("import", path, "--author", "tina", "--json")
    assert json.loads(again.stdout) == {"applied": 0, "known": 2, "unmarked": 0, "faults": []}
    assert len(decided(folder, assignment)[0]) == 2


def test_one_unsound_row_keeps_all_out_unless_told_otherwise(hw11, folder, assignment, table):
    path = table({"score": "0.5"}, {"score": "9"})
    done = hw11("import", path, "--author", "tina")
    assert done.exit_code == 1
    assert "review.csv:" in done.stderr
    assert "nothing was taken; --partial takes the others" in done.stderr
    assert decided(folder, assignment)[0] == []
    assert hw11("import", path, "--author", "tina", "--partial").exit_code == 1
    assert [one.score for one in decided(folder, assignment)[0]] == [0.5]


def test_whoever_runs_it_is_the_author_where_nobody_is_named(hw11, folder, assignment, table, monkeypatch):
    monkeypatch.setenv("LOGNAME", "tina")
    assert hw11("import", table({"score": "0.5"}, {})).exit_code == 0
    assert [one.author for one in decided(folder, assignment)[0]] == ["tina"]
