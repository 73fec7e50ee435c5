"""Tables and XML of our own: everybody has a row, nothing is a formula, nothing undecided is a number."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from grader.exports.base import Wishes, export
from grader.records import Verdict


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_tidy_tables_have_a_row_for_every_submission_and_check(graded, golden):
    files = export("csv", graded, Wishes()).files
    for name, content in files.items():
        golden(f"csv/{name}", content)
    submissions, checks = rows(files["submissions.csv"]), rows(files["checks.csv"])
    assert [row["submission"] for row in submissions] == [one.submission for one in graded.records]
    assert len(checks) == sum(len(part.checks) for one in graded.records for part in one.parts)
    assert {row["score"] for row in checks if row["verdict"] == "needs_review"} == {""}
    assert next(row for row in submissions if row["submission"] == "dan")["name"] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("name", ["csv", "otter", "review-csv", "research"])
def test_no_cell_of_any_table_is_a_formula(graded, name):
    for content in export(name, graded, Wishes()).files.values():
        cells = [cell for row in csv.reader(io.StringIO(content.decode(), newline="")) for cell in row]
        assert {cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))} <= {"--"}


def test_otter_leaves_empty_what_is_open_and_says_why(graded, golden):
    content = export("otter", graded, Wishes()).files["final_grades.csv"]
    golden("final_grades.csv", content)
    header, whole, *students = csv.reader(io.StringIO(content.decode()))
    assert header == ["file", "tinya", "tinyb", "total_points_earned", "percent_correct", "grading_status"]
    assert whole == ["points-per-question", "4.0", "2.0", "6.0", "1", "--"]
    by_name = {row[0]: row for row in students}
    assert by_name["ada"][3:] == ["6.0", "1.0", "Completed"]
    assert by_name["cem"][1:] == ["", "1.0", "", "", "Waits for a person: tinya"]
    provisional = export("otter", graded, Wishes(provisional=True)).files["final_grades.csv"].decode()
    assert "Waits" not in provisional


CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"error", "failure", "skipped"},
}
ATTRIBUTES = {
    "testsuites": {"name"},
    "testsuite": {"name", "errors", "failures", "skipped", "tests", "time", "timestamp"},
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message"},
    "error": {"message"},
    "skipped": {"message"},
}


def test_junit_keeps_to_the_schema_that_readers_know(graded, golden):
    content = export("junit", graded, Wishes()).files["junit.xml"]
    golden("junit.xml", content)
    root = ElementTree.fromstring(content)
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set())
    for suite in root:
        fates = [child.tag for case in suite.iter("testcase") for child in case]
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        for tag, attribute in (("error", "errors"), ("failure", "failures"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == fates.count(tag)
    assert root.find("testsuite[@name='cem']").get("skipped") == "1"


def with_first_check(record, **changes):
    part, *others = record.parts
    check = part.checks[0].model_copy(update=changes)
    return record.model_copy(update={"parts": (part.model_copy(update={"checks": (check, *part.checks[1:])}), *others)})


def test_junit_holds_whatever_a_student_typed(graded):
    evil = with_first_check(graded.records[1], message="\x00\x1b[31m ]]> <b> \ud800 \ufffe \u202e")
    fault = with_first_check(graded.records[1], verdict=Verdict.HARNESS_ERROR, score=None)
    content = export("junit", replace(graded, records=[evil, fault]), Wishes()).files["junit.xml"]
    root = ElementTree.fromstring(content)
    assert "<b>" in root.find(".//failure").get("message")
    assert root[1].get("errors") == "1"


def unpacked(made, tmp_path):
    with zipfile.ZipFile(io.BytesIO(made.files["autograder.zip"])) as archive:
        assert sorted(archive.namelist()) == ["results.json", "run_autograder", "setup.sh"]
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert all(modes[name] & stat.S_IXUSR for name in ("run_autograder", "setup.sh"))
        archive.extractall(tmp_path / "source")
    return tmp_path / "source"


def run_autograder(source, tmp_path, about):
    """The script as Gradescope runs it, its folder moved from /autograder to where this test may write."""
    (tmp_path / "submission_metadata.json").write_text(json.dumps(about))
    script = (source / "run_autograder").read_text().replace("/autograder/", f"{tmp_path}{os.sep}")
    (tmp_path / "run.py").write_text(script)
    return subprocess.run([sys.executable, tmp_path / "run.py"], capture_output=True, text=True, timeout=900)


def test_gradescope_hands_out_what_was_decided_and_nothing_else(graded, tmp_path):
    by_number = graded.records[1].model_copy(update={"student": {"gradescope": "77", "email": "bea@uni.example"}})
    graded = replace(graded, records=[graded.records[0], by_number, *graded.records[2:]])
    made = export("gradescope", graded, Wishes())
    assert json.loads(made.files["ada/results.json"])["score"] == 6.0
    assert made.facts["open"] == ["cem", "hao"]
    assert "cem/results.json" not in made.files
    source = unpacked(made, tmp_path)
    results = tmp_path / "results" / "results.json"

    done = run_autograder(source, tmp_path, {"id": 5, "users": [{"email": "Ada@uni.example"}]})
    assert done.returncode == 0, done.stderr
    assert json.loads(results.read_text()) == json.loads(made.files["ada/results.json"])
    results.unlink()

    done = run_autograder(source, tmp_path, {"id": 77, "users": []})
    assert json.loads(results.read_text())["score"] == 4.5
    results.unlink()

    for stranger in (
        {"id": 78, "users": [{"email": "bea@uni.example"}]},
        {"id": 5, "users": [{"email": "cem@uni.example"}]},
    ):
        done = run_autograder(source, tmp_path, stranger)
        assert done.returncode != 0
        assert "no result for this submission" in done.stderr
        assert not results.exists()


def test_gradescope_zip_is_the_same_for_the_same_class(graded):
    one, two = (export("gradescope", graded, Wishes()).files["autograder.zip"] for _ in range(2))
    assert one == two


def test_gradescope_names_whoever_cannot_be_found_there(graded):
    nobody = graded.records[0].model_copy(update={"student": {}})
    made = export("gradescope", replace(graded, records=[nobody]), Wishes())
    assert made.facts["not_in_zip"] == ["ada"]
