"""An assignment to start from: it runs as it is, and names nothing of another homework."""

import pytest
from click.testing import CliRunner

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.authoring.kit import template_files
from grader.cli.group import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "exercise"
    done = CliRunner().invoke(main, ["new", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def test_it_is_sound(folder, judge):
    assignment = load_assignment(folder)
    lint(assignment, judge)
    assert assignment.points == 10
    assert set(template_files(assignment)) == {"answers.yaml", "discs.py", "exercise1.ipynb"}


def test_nothing_is_written_over(folder):
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    done = CliRunner().invoke(main, ["new", str(folder)])
    assert done.exit_code == 2
    assert "is not empty" in done.output
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.slow
def test_its_checks_hold(folder):
    done = CliRunner().invoke(main, ["validate", "--part", "a1", "--jobs", "1", "--assignment", str(folder)])
    assert done.exit_code == 0, done.output
