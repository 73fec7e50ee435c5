"""What stands beside an answer: what its author names, else the rest of its part, from files as they were handed in."""

from __future__ import annotations

import json

import pytest

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.errors import SpecError
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.context import HandedInFiles, answer_context
from grader.submission.model import SubmissionSource

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [{"cell_type": "code", "source": "def double(X):\n    return 2 * X", "outputs": [], "metadata": {}}],
}
RECORD = GradeRecord(
    submission="ada",
    files_sha256="f",
    problems_sha256="p",
    versions={},
    isolation="none",
    score=0,
    max_score=4,
    awaiting_review=0,
    parts=(
        PartRecord(
            id="tinya",
            score=0,
            max_score=4,
            checks=tuple(
                CheckRecord(
                    id=f"tinya.{name}", kind="x", verdict=Verdict.WRONG, score=0, max_score=1, visibility="hidden"
                )
                for name in ("size", "bytes", "why", "1")
            ),
        ),
    ),
)


def beside(root, folder, name="why"):
    part = next(part for part in load_assignment(root).parts if part.id == "tinya")
    context = answer_context(part, name, HandedInFiles(RECORD, lambda *_: SubmissionSource("ada", folder)))
    return [one.name for one in context.answers], {file.name: file.text for file in context.files}


def with_beside(root, names):
    problem = root / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("full: Because.", f"full: Because.\n        beside: [{names}]"))


def test_by_default_the_other_answers_and_the_code(tiny, tmp_path):
    (tmp_path / "tiny.py").write_text("def double(X): ...")
    assert beside(tiny, tmp_path) == (["size", "bytes"], {"tiny.py": "def double(X): ..."})
    assert beside(tiny, tmp_path, "size")[0] == ["bytes", "why"]


@pytest.mark.parametrize("name", ["hw11.ipynb", "mine.ipynb"])
def test_the_code_of_a_notebook_stands_for_a_module_that_is_not_there(tiny, tmp_path, name):
    (tmp_path / name).write_text(json.dumps(NOTEBOOK))
    assert beside(tiny, tmp_path)[1] == {"tiny.py": "def double(X):\n    return 2 * X"}


def test_an_author_names_fields_and_files_in_order(tiny, tmp_path):
    with_beside(tiny, "bytes, notes.txt, gone.csv")
    (tmp_path / "notes.txt").write_bytes("größer".encode("cp1252"))
    assert beside(tiny, tmp_path) == (["bytes"], {"notes.txt": "größer", "gone.csv": None})


def test_files_that_are_gone_or_no_text_are_none(tiny, tmp_path):
    with_beside(tiny, "blob.bin")
    (tmp_path / "blob.bin").write_bytes(b"\x00\x01\xff\xfe\x00")
    assert beside(tiny, tmp_path)[1] == {"blob.bin": None}
    assert beside(tiny, tmp_path / "gone")[1] == {"blob.bin": None}


@pytest.mark.parametrize("name", ["sise", "why"])
def test_what_is_neither_field_nor_file_is_the_authors_mistake(tiny, judge, name):
    with_beside(tiny, f"size, {name}")
    with pytest.raises(SpecError, match=rf"{name!r} is no other field of tinya and no file"):
        lint(load_assignment(tiny), judge)
