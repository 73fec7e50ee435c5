"""An answer that cannot be read is told with its file and line; no kept result holds them, as a line may move."""

import json
from dataclasses import replace

import pytest

from grader.assignment.load import load_assignment
from grader.cache import Cache
from grader.grading.asked_names import with_asked_names
from grader.grading.fingerprint import part_keys
from grader.grading.grade import Grader, make_record
from grader.grading.preview import preview
from grader.grading.worker_grader import Settings
from grader.submission.load import from_files
from grader.submission.model import SubmissionSource
from reports.student import render_student
from reports.terminal import part_lines, preview_summary
from reports.visibility import seen_part

CELL = 'answers = r"""\ntinya:\n  size: m*(k\n"""'
NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": CELL}]})
HANDED_IN = [
    ({"answers.yaml": "tinya:\n  size: m*(k\n"}, "answers.yaml:2"),
    ({"answers.yaml": "# one\n\ntinya:\n  bytes: 4*m*k\n  size: m*(k\n"}, "answers.yaml:5"),
    ({"answers.yaml": "tinya:\n  bytes: '4*m\n  size: m*(k\n"}, "answers.yaml:3"),
    ({"answers.yaml": 'tinya:\n  size: "\\frac"\n'}, "answers.yaml:2"),
    ({"answers.yaml": "tinya:\n  size: |\n    m*(k\n"}, "answers.yaml:2"),
    ({"Answers (1).yaml": "tinya:\n  Size: m*(k\n"}, "Answers (1).yaml:2"),
    ({"hw11.ipynb": NOTEBOOK}, "hw11.ipynb cell 1, line 3"),
    ({"answers.yaml": "tinya:\n  bytes: 4*m*k\n", "hw11.ipynb": NOTEBOOK}, "hw11.ipynb cell 1, line 3"),
]


@pytest.fixture
def assignment(tiny):
    return load_assignment(tiny)


@pytest.fixture
def hand_in(assignment):
    def read(files):
        found = from_files(
            SubmissionSource("ada", assignment.root), {n: t.encode() for n, t in files.items()}, ["tiny"]
        )
        return with_asked_names(found, assignment)

    return read


@pytest.fixture
def grader(assignment, fake_executor, judge):
    return Grader(assignment, fake_executor({}), judge, b"secret" * 4)


def facts(parts):
    return {check.id: dict(check.details) for part in parts for check in part.checks}


@pytest.mark.parametrize(("files", "place"), HANDED_IN)
def test_its_place_stands_in_record_report_and_terminal(
    files, place, hand_in, assignment, grader, judge, fake_executor
):
    submission = hand_in(files)
    record = grader.grade(submission)
    assert facts(record.parts)["tinya.size"] == {"where": place}
    assert place in render_student(record, assignment)
    previews = preview(submission, list(assignment.parts), fake_executor({}), judge)
    seen = [seen_part(one.part, one.record) for one in previews]
    assert f"where: {place}" in "\n".join(part_lines(seen[0]))
    assert f"({place})" in " ".join("\n".join(preview_summary(seen)).split())


def test_no_other_answer_has_one(hand_in, grader):
    right = "tinya:\n  size: m*k\n  bytes: 5*m*k\n  shape: ''\n"
    assert not any("where" in one for one in facts(grader.grade(hand_in({"answers.yaml": right})).parts).values())


def test_what_is_kept_is_the_same_wherever_it_stands(hand_in, assignment, grader, tiny):
    here, there = (hand_in({"answers.yaml": f"{above}tinya:\n  size: m*(k\n"}) for above in ("", "# a comment\n\n"))
    kept = [list(grader.grade_parts(grader.context(one, Cache()), {})) for one in (here, there)]
    assert kept[0][0].checks[0].details == kept[1][0].checks[0].details == ()
    settings = Settings(tiny, b"secret" * 4, "strongest")
    keys = [part_keys(assignment, settings, replace(one, files={})) for one in (here, there)]
    assert keys[0] == keys[1]
    records = [make_record(one, assignment, "fake", tuple(kept[0])) for one in (here, there)]
    assert [facts(one.parts)["tinya.size"] for one in records] == [
        {"where": "answers.yaml:2"},
        {"where": "answers.yaml:4"},
    ]
    assert make_record(here, assignment, "fake", records[0].parts).parts == records[0].parts
