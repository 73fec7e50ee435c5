"""The template as a notebook: generated, stable, worth nothing until something is written."""

import json
from pathlib import Path

import nbformat
import pytest

from grader.assignment.load import load_assignment
from grader.authoring.kit import drift, template_files
from grader.authoring.kit.notebook import notebook_text
from grader.errors import UsageError
from grader.submission.load import from_files
from grader.submission.model import SubmissionSource
from grader.submission.notebook import read_notebook

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def assignment(tiny):
    return load_assignment(tiny)


@pytest.fixture
def cells(assignment):
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(notebook_text(assignment))["cells"]}


def test_it_is_what_nbformat_would_write(assignment):
    text = notebook_text(assignment)
    parsed = nbformat.reads(text, as_version=4)
    nbformat.validate(parsed)
    assert nbformat.writes(parsed) == text.rstrip("\n")
    assert all(not cell.outputs and cell.execution_count is None for cell in parsed.cells if cell.cell_type == "code")


def test_equal_problems_give_equal_bytes(tiny):
    assert notebook_text(load_assignment(tiny)) == notebook_text(load_assignment(tiny))


def test_every_part_has_its_prompt_its_answers_its_code_and_its_check(cells):
    assert list(cells) == [
        *("title", "setup", "student", "tiny"),
        *("tinya", "tinya-answers", "tinya-code-1", "tinya-check"),
        *("tinyb", "tinyb-answers", "tinyb-check"),
    ]
    assert "$m \\times k$" in cells["tinya"]
    assert "size:" in cells["tinya-answers"]
    assert "raise NotImplementedError" in cells["tinya-code-1"]
    assert cells["tinya-check"] == 'check("tinya")'


def test_untouched_it_holds_no_answer_and_nothing_to_tell(assignment):
    submission = from_files(
        SubmissionSource("x", assignment.root), {"hw11.ipynb": notebook_text(assignment).encode()}, ["tiny"]
    )
    assert submission.answers == {}
    assert submission.broken_parts == {}
    assert [where for where, _ in submission.notices] == ["hw11.ipynb"]


def test_filled_in_it_says_what_the_files_would(assignment, cells):
    typed = cells["tinya-answers"].replace("size:", "size: m*k").replace("why: |", "why: |\nBecause.")
    notebook = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": typed}]})
    answers = read_notebook(notebook.encode(), "n").answers.answers
    assert {key: (answer.text or "").strip() for key, answer in answers.items()} == {
        ("tinya", "size"): "m*k",
        ("tinya", "why"): "Because.",
    }


def test_two_functions_of_one_name_are_refused(tiny):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text() + "    functions:\n      other.double: {signature: (X), does: Twice.}\n")
    with pytest.raises(UsageError, match=r"tiny\.double and other\.double"):
        notebook_text(load_assignment(tiny))


@pytest.mark.parametrize("change", ["edited", "missing", "superfluous", "no text"])
def test_drift_of_the_notebook_is_seen(assignment, tmp_path, change):
    for name, text in template_files(assignment).items():
        (tmp_path / name).write_text(text)
    assert drift(assignment, tmp_path) == []
    match change:
        case "edited":
            (tmp_path / assignment.notebook).write_text("{}")
        case "missing":
            (tmp_path / assignment.notebook).unlink()
        case "superfluous":
            (tmp_path / "old.ipynb").write_text("{}")
        case "no text":
            (tmp_path / assignment.notebook).write_bytes("{ä}".encode("latin-1"))
    assert len(drift(assignment, tmp_path)) == 1


def test_the_checked_in_template_is_what_the_problems_give():
    assert drift(load_assignment(ROOT), ROOT / "student_template") == [], "run `make template`"
