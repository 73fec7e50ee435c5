"""What is wrong with an assignment, as annotations at file and line.

Owns GitHub's form of a message (`::error file=…,line=…,col=…::…`) and where in the authors' files a trial of `validate`
stands. What is wrong is found elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from grader.assignment.model import Assignment, Problem
from grader.authoring.trial import Trial
from grader.checks.base import Claim, Variant
from grader.errors import Diagnostic


def wanted() -> bool:
    """Whether somebody reads annotations: a workflow of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def as_annotations(diagnostics: Iterable[Diagnostic], level: str = "error") -> Iterator[str]:
    """One line for each diagnostic, with its file relative to the workspace."""
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    for found in diagnostics:
        file = found.file.resolve()
        shown = file.relative_to(workspace) if file.is_relative_to(workspace) else file
        says = str(found).partition(f":{found.line}:{found.column}: ")[2]
        place = f"file={_property(shown.as_posix())},line={found.line},col={found.column}"
        yield f"::{level} {place}::{_message(says)}"


def diagnose(assignment: Assignment, trial: Trial) -> Diagnostic:
    """Where a failed trial stands: its mistake, its check, or the file that it is about."""
    name, _, planted = trial.name.partition(": ")
    for problem in assignment.problems:
        for path in _paths(problem, name, planted):
            place = problem.source.place(path)
            return Diagnostic(problem.file, place.line, place.column, f"{trial.name}: {trial.fault}")
    file = assignment.root / name
    return Diagnostic(file if file.is_file() else assignment.root / "problems", 1, 1, f"{trial.name}: {trial.fault}")


def _paths(problem: Problem, name: str, planted: str) -> Iterator[tuple[str | int, ...]]:
    """Where a check of this name stands in a problem file, or what was planted for it, or a function of this name."""
    for i, part in enumerate(problem.parts):
        for path, check in part.places():
            if check.id == name:
                tried: Iterable[Variant | Claim] = chain(check.planted_mistakes(), check.accepted(), check.claims())
                yield ("parts", i, *path, *next((one.place for one in tried if one.name == planted), ()))
        if name in part.spec.functions:
            yield "parts", i, "functions", name


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
