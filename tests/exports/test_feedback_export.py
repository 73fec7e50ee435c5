"""Feedback zips: released reports alone, under names that Moodle and Canvas read."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.exports.base import Wishes, export
from grader.gradebook.releases import Release
from grader.results.told import result
from grader.submission.model import SubmissionSource

CANVAS = {"ada": "adalovelace_17_230_answers.yaml", "bea": "müllerbéa_LATE_18_231_hw 11-1.zip", "cem": "nonsense.yaml"}


def members(graded, name):
    made = export(f"{name}-feedback", graded, Wishes())
    (content,) = made.files.values()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one: archive.read(one).decode() for one in archive.namelist()}, " · ".join(made.messages)


@pytest.fixture
def some(graded):
    """Three released and one not; each knows its number at Moodle."""
    records = [
        record.model_copy(update={"student": {**record.student, "moodle": f"90{place}"}})
        for place, record in enumerate(graded.records[:4])
    ]

    def where(submission, attempt):
        stored = CANVAS.get(submission)
        held = {"answers.yaml": f"class/{stored}"} if stored else None
        return SubmissionSource(submission, Path("class.zip"), members=held, platform="Canvas")

    told = {one.submission: result(one, [part.id for part in one.parts]) for one in records}
    out = Release(results={name: told[name] for name in ("ada", "bea", "cem")})

    def report(name):
        return f"<!doctype html>{name}".encode() if name != "dan" else None

    return replace(graded, records=records, where=where, released=out, report=report)


def test_moodle_reads_name_number_plugin_and_nothing_else_in_the_name(some):
    files, told = members(some, "moodle")
    for name in files:
        who, number, kind, plugin, rest = name.split("_", 4)
        assert (kind, plugin, rest) == ("assignfeedback", "file", "report.html")
        assert number in ("900", "901", "902")
        assert not re.search(r'[/\\:*?"<>|]', who)
    assert "1 left out: their results are not released" in told


def test_canvas_gets_the_name_back_that_it_gave(some):
    files, told = members(some, "canvas")
    assert set(files) == {"adalovelace_17_230_report.html", "müllerbéa_LATE_18_231_report.html"}
    assert "1 left out, as they did not come from there: cem" in told


def test_the_files_are_the_reports_and_the_same_each_time(some):
    files, _ = members(some, "moodle")
    assert all(page.startswith("<!doctype html>") for page in files.values())
    once, again = (export("moodle-feedback", some, Wishes()).files for _ in range(2))
    assert once == again


def test_each_gets_the_report_that_is_theirs_and_is_written(some):
    files, told = members(some, "moodle")
    assert {name.split("_")[1]: page.removeprefix("<!doctype html>") for name, page in files.items()} == {
        "900": "ada",
        "901": "bea",
        "902": "cem",
    }
    lost = replace(some, report=lambda name: None if name == "bea" else b"x")
    files, told = members(lost, "moodle")
    assert (len(files), "1 left out: `hw11 release` writes the reports of bea" in told) == (2, True)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("Ada_Lovelace", "Ada Lovelace"),
        (".Ada", "Ada"),
        ("~ada~", "ada"),
        ("a/b\\c:d", "a b c d"),
        ("___", "Participant"),
    ],
)
def test_no_name_keeps_moodle_from_finding_number_and_plugin(some, name, who):
    """As Moodle does it: five pieces between underscores; what begins with a point or a tilde is ignored."""
    renamed = [one.model_copy(update={"student": {**one.student, "name": name}}) for one in some.records]
    files, _ = members(replace(some, records=renamed), "moodle")
    for file in files:
        assert file[0] not in ".~"
        pieces = f"/import/{file}".split("_", 4)
        assert pieces[0] == f"/import/{who}"
        assert pieces[1].isdigit()
        assert pieces[2:] == ["assignfeedback", "file", "report.html"]


def test_nothing_is_handed_out_before_a_release(some):
    assert members(replace(some, released=Release()), "moodle")[0] == {}
