"""What we write for otter, and what we leave of a submission before otter looks at it."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.errors import HarnessError
from grader.platforms.otter.check import shown_checks
from grader.platforms.otter.files import question_file, source_notebook
from grader.platforms.watch_process import Ended

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # other people's libraries, at their import
    from grader.platforms.otter import plugin as plugin_module
    from grader.platforms.otter.plugin import OtterQuestion, Plugin, take_away


@pytest.fixture
def assignment(tiny: Path) -> Assignment:
    return load_assignment(tiny)


def test_a_student_is_told_of_fields_and_public_checks_alone(assignment: Assignment) -> None:
    part = next(iter(assignment.parts))
    told = shown_checks(part)
    assert told[:4] == ["tinya.size", "tinya.bytes", "tinya.shape", "tinya.why"]
    hidden = {check.id for check in part.checks if check.visibility == "hidden"} - set(told[:4])
    assert hidden
    assert not hidden & set(told)


def test_a_test_file_is_one_that_otter_reads(assignment: Assignment, tmp_path: Path) -> None:
    from otter.nbmeta_config import NBMetadataConfig
    from otter.test_files import create_test_file

    for part in assignment.parts:
        path = tmp_path / f"{part.id}.py"
        path.write_text(question_file(part))
        read = create_test_file(str(path), NBMetadataConfig())
        points = {check.id: check.points for check in part.checks}
        assert read.name == part.id
        assert [(case.name, case.points) for case in read.test_cases] == [(n, points[n]) for n in shown_checks(part)]
        assert not any(case.hidden for case in read.test_cases)


def test_the_source_notebook_is_valid_and_holds_no_answer(assignment: Assignment) -> None:
    text = source_notebook(assignment, ["hw11-1-py3-none-any.whl"], {"accept": "full", "seconds": 60})
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    raw = [cell.source for cell in notebook.cells if cell.cell_type == "raw"]
    assert raw.count("# BEGIN SOLUTION") == raw.count("# END SOLUTION") == 2
    config = yaml.safe_load(raw[0])
    assert config["plugins"] == [{"grader.platforms.otter.Plugin": {"accept": "full", "seconds": 60}}]
    assert config["requirements"] == ["/autograder/source/files/hw11-1-py3-none-any.whl"]
    for answer in ("m*k", "250000", "half the perimeter"):
        assert answer not in text


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """A submission as otter lays it out, with everything that otter would run or load."""
    folder = tmp_path / "autograder" / "submission"
    (folder / "tests").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "package").mkdir()
    for name in ("hw11.ipynb", ".OTTER_LOG", "pickle.py", "x.otter", "__init__.py", "tests/q.py", "data/a.csv"):
        (folder / name).write_text("{}")
    (folder / "package" / "__init__.py").write_text("")
    os.symlink("/etc/passwd", folder / "link.py")
    os.symlink("/etc", folder / "linked")
    return folder / "hw11.ipynb"


def test_otter_is_left_with_nothing_but_the_notebook(handed_in: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    take_away(handed_in, taken)
    assert [path.name for path in handed_in.parent.iterdir()] == ["hw11.ipynb"]
    kept = sorted(path.relative_to(taken).as_posix() for path in taken.rglob("*") if path.is_file())
    assert kept == [".OTTER_LOG", "data/a.csv", "hw11.ipynb", "package/__init__.py", "pickle.py", "x.otter"]
    assert Path("/etc/passwd").exists()


def made(handed_in: Path, **settings: Any) -> Plugin:
    return Plugin(str(handed_in), {}, settings)


class Config:
    grade_from_log = True
    debug = True


ANSWER = {
    "questions": [
        {
            "name": "qa",
            "score": 1.5,
            "cases": [
                {"name": "qa.x", "points": 1.0, "hidden": False, "passed": True, "message": "✓ Right"},
                {"name": "qa.y", "points": 2.0, "hidden": True, "passed": False, "message": "✗ hidden word"},
            ],
        }
    ],
    "score": 1.5,
    "says": ["1 of 1 public checks passed"],
    "log": ["qa.y: a note for staff"],
}


def graded(handed_in: Path, monkeypatch: pytest.MonkeyPatch, answer: Any) -> tuple[Plugin, dict[str, Any]]:
    """A plugin after `before_grading`, and the order that it gave."""
    orders: list[dict[str, Any]] = []

    def run_watched(_module: str, order: dict[str, Any], _seconds: float) -> Ended:
        orders.append(order)
        return Ended(answer, "last words", 1.0, 10)

    monkeypatch.setattr(plugin_module, "run_watched", run_watched)
    (handed_in.parent.parent / "source" / "files" / "hw11" / "assignment").mkdir(parents=True)
    plugin = made(handed_in)
    plugin.before_grading(Config())
    return plugin, orders[0]["order"]


def test_the_plugin_grades_from_the_autograders_own_folder(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, order = graded(handed_in, monkeypatch, ANSWER)
    folder = handed_in.parent.parent / "source" / "files" / "hw11"
    assert order["assignment"] == str(folder / "assignment")
    assert order["accept"] == "full"
    assert folder.stat().st_mode & 0o077 == 0
    assert plugin.before_execution(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])).cells == []


def test_our_questions_take_the_place_of_otters(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from otter.run import AutograderConfig
    from otter.test_files import GradingResults

    plugin, _ = graded(handed_in, monkeypatch, ANSWER)
    results = GradingResults([])
    plugin.after_grading(results)
    assert (results.total, results.possible) == (1.5, 3.0)
    told = results.to_gradescope_dict(AutograderConfig({}))
    public, question = told["tests"]
    assert "hidden word" not in public["output"]
    assert (question["score"], question["max_score"], question["visibility"]) == (1.5, 3.0, "hidden")
    assert "hidden word" in question["output"]
    assert told["output"] == "1 of 1 public checks passed"
    assert "a note for staff" in plugin.generate_report()
    assert "a note for staff" not in json.dumps(told)


def test_a_fault_of_ours_ends_the_run_and_never_reads_as_zero(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HarnessError, match=r"no points lost.*last words"):
        graded(handed_in, monkeypatch, None)


def test_a_missing_assignment_is_named(handed_in: Path) -> None:
    with pytest.raises(HarnessError, match="no folder hw11"):
        made(handed_in).before_grading(Config())


def test_questions_are_never_run() -> None:
    question = OtterQuestion.of(ANSWER["questions"][0])
    for forbidden in (
        question.run,
        lambda _: OtterQuestion.from_file("x"),
        lambda _: OtterQuestion.from_metadata({}, "x"),
    ):
        with pytest.raises(NotImplementedError):
            forbidden({})
