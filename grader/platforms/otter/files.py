"""The assignment's files for otter-grader: a source notebook for `otter assign`, and test files.

Owns otter's blocks and test files; the cells between the blocks belong to `grader.authoring.kit`. The tests hold no
answer: each calls this program, which students install from the kit's wheel.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from grader.assignment.model import Assignment, Part
from grader.authoring.kit import kit_files
from grader.authoring.kit.notebook import Cell, as_notebook, cell, heading, opening_cells, question_cells
from grader.authoring.kit.template import uses_torch
from grader.files.atomic import write_atomically
from grader.platforms.gradescope.bundle import assignment_files
from grader.platforms.otter.check import shown_checks
from grader.seeding import SECRET_FILE, class_secret

FOLDER = "hw11"
PLUGIN = "grader.platforms.otter.Plugin"

_TEST = """\
def test_{number}():
    from grader.platforms.otter.check import check
    check({check!r})
"""
_FILE = """\
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
points = None
"""


def write(assignment: Assignment, out: Path, secret_file: Path | None, accept: str, seconds: float) -> Iterator[Path]:
    """Write all files; yields each file or folder as it is written.

    Args:
        assignment: the assignment that is graded.
        out: the folder for `source/`, the input of `otter assign`, and `tests/`, for notebooks made otherwise.
        secret_file: the class secret; if there is none, a new one is made.
        accept: the isolation that the plugin accepts, `full` or `user`.
        seconds: the plugin's time limit for one submission.

    Raises:
        UsageError: the secret cannot be used.
    """
    source = out / "source"
    given = kit_files(assignment)
    beside = {name: given[name] for name in given if name.endswith(".whl") or name in assignment.handout}
    settings = {"accept": accept, "seconds": seconds}
    write_atomically(source / assignment.notebook, source_notebook(assignment, list(beside), settings), 0o644)
    yield source / assignment.notebook
    for name, content in beside.items():
        write_atomically(source / name, content, 0o644)
        yield source / name
    secret = class_secret(out, secret_file) if secret_file else secrets.token_hex(32).encode()
    write_atomically(source / FOLDER / SECRET_FILE, secret + b"\n")
    for name, content in assignment_files(assignment.root):
        write_atomically(source / FOLDER / "assignment" / name, content)
    (source / FOLDER).chmod(0o700)
    yield source / FOLDER
    for part in assignment.parts:
        if shown_checks(part):
            write_atomically(out / "tests" / f"{part.id}.py", question_file(part), 0o644)
    yield out / "tests"


def question_file(part: Part) -> str:
    """Otter's exception-style test file of one part: a case for every check that is shown before release."""
    cases = [f"@test_case(name={check!r}, points={points!r})\n{test}" for check, points, test in _tests(part)]
    return "\n\n".join([_FILE.format(name=part.id), *cases])


def source_notebook(assignment: Assignment, beside: list[str], settings: Mapping[str, Any]) -> str:
    """The notebook that `otter assign` turns into the students' and the autograder's.

    Args:
        assignment: the assignment.
        beside: names of the files that students get with it, this program's wheel among them.
        settings: the plugin's settings.
    """
    cells: list[Cell] = [cell("raw", "config", _config(beside, settings))]
    setup = [cell("code", "setup", "import torch")] if uses_torch(assignment) else []
    for one in opening_cells(assignment):
        cells += setup if one["id"] == "setup" else [one]
    for problem in assignment.problems:
        cells.append(heading(problem))
        for part in problem.parts:
            cells += _question(assignment, part)
    return as_notebook(cells)


def _config(beside: list[str], settings: Mapping[str, Any]) -> str:
    wheels = [f"/autograder/source/files/{name}" for name in beside if name.endswith(".whl")]
    config = {
        "files": beside,
        "autograder_files": [FOLDER],
        "requirements": wheels,
        "python_version": "3.12",
        "run_tests": False,  # the source holds no solution: `hw11 validate` tries the reference
        "export_cell": {"pdf": False, "run_tests": False, "ignore_log": True},
        "tests": {"files": True, "ok_format": False},
        "plugins": [{PLUGIN: dict(settings)}],
    }
    return "# ASSIGNMENT CONFIG\n" + yaml.safe_dump(config, sort_keys=False)


def _question(assignment: Assignment, part: Part) -> Iterator[Cell]:
    asked, *to_fill = question_cells(assignment, part)
    yield cell("raw", f"{part.id}-begin", f"# BEGIN QUESTION\nname: {part.id}")
    yield asked
    yield cell("raw", f"{part.id}-begin-solution", "# BEGIN SOLUTION")
    yield from to_fill
    yield cell("raw", f"{part.id}-end-solution", "# END SOLUTION")
    if tests := _tests(part):
        yield cell("raw", f"{part.id}-begin-tests", "# BEGIN TESTS")
        for number, (_, points, test) in enumerate(tests, 1):
            head = f'""" # BEGIN TEST CONFIG\npoints: {points!r}\n""" # END TEST CONFIG\n'
            yield cell("code", f"{part.id}-test-{number}", head + test)
        yield cell("raw", f"{part.id}-end-tests", "# END TESTS")
    yield cell("raw", f"{part.id}-end", "# END QUESTION")


def _tests(part: Part) -> list[tuple[str, float, str]]:
    """(check, points, code) of the case for every check that is shown before release."""
    points = {check.id: 0.0 if check.bonus else check.points for check in part.checks}
    shown = enumerate(shown_checks(part), 1)
    return [(check, points[check], _TEST.format(number=number, check=check)) for number, check in shown]
