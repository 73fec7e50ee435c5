"""The template as a notebook: prompt, answers, code and a check cell for every part.

Owns the cells and their order. What stands in them is the template's own text, so that notebook and files ask for the
same; how a filled notebook is read belongs to `grader.submission.notebook`, the check cells to `grader.notebook`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from grader.assignment.model import Assignment, Part, Problem
from grader.authoring.kit.template import answers_of, file_names, files_in, stub, uses_torch
from grader.errors import UsageError
from reports.words import worth

Cell = Mapping[str, Any]

_SETUP = """\
# Run this cell first. If it fails, install the wheel that came with this notebook and restart the kernel:
# %pip install hw11-*.whl
{imports}from grader.notebook import check"""
_HOW = """\
**How this notebook works.** Type your answers between the triple quotes of the cells that begin with `answers`, below
each question that starts with `#`; write your functions in the code cells. You may add cells wherever you like: a
function counts in whichever cell it stands, together with what it uses. Run a cell before you check it:
`check("PART")` shows how each answer was read and every public check. Hidden checks run after the deadline. Hand in the
notebook as it is{with_files}."""


def notebook_text(assignment: Assignment) -> str:
    """The template notebook as the text of an `.ipynb` file; equal problems give equal bytes."""
    _refuse_equal_names(assignment)
    cells = [*opening_cells(assignment)]
    for problem in assignment.problems:
        cells.append(heading(problem))
        for part in problem.parts:
            cells += [*question_cells(assignment, part), check_cell(part)]
    return as_notebook(cells)


def opening_cells(assignment: Assignment) -> Iterator[Cell]:
    """Title, how it works, what to import, and who hands in."""
    files = ", ".join(f"`{name}`" for name in file_names(assignment))
    with_files = f", in a zip together with {files}" if files else ""
    how = _HOW.format(with_files=with_files)
    yield cell("markdown", "title", f"# {assignment.title}\n\n{assignment.intro.strip()}\n\n{how}")
    yield cell("code", "setup", _SETUP.format(imports="import torch\n\n" if uses_torch(assignment) else ""))
    yield cell("code", "student", _answers(["student: {name: , id: }"]))


def question_cells(assignment: Assignment, part: Part) -> Iterator[Cell]:
    """What is asked in one part, and the cells to answer it in."""
    asked = "\n\n".join([part.spec.prompt.strip(), *files_in(part)])
    yield cell("markdown", part.id, f"### {part.id} · {part.spec.title} ({worth(part.points)})\n\n{asked}")
    if part.fields:
        yield cell("code", f"{part.id}-answers", _answers(answers_of(part)))
    for i, name in enumerate(part.spec.functions, 1):
        yield cell("code", f"{part.id}-code-{i}", stub(assignment, part, name))


def check_cell(part: Part) -> Cell:
    """The cell that checks one part."""
    return cell("code", f"{part.id}-check", f'check("{part.id}")')


def as_notebook(cells: list[Cell]) -> str:
    """A notebook of format 4.5, without outputs, as nbformat writes it."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def heading(problem: Problem) -> Cell:
    """Title and introduction of a problem."""
    return cell("markdown", problem.id, f"## {problem.title}\n\n{problem.intro.strip()}".rstrip())


def _answers(lines: list[str]) -> str:
    return "\n".join(['answers = r"""', *lines, '"""'])


def cell(kind: Literal["markdown", "code", "raw"], name: str, text: str) -> Cell:
    """A cell whose id is made from a name."""
    source = text.rstrip("\n").splitlines(keepends=True)
    made: dict[str, Any] = {"cell_type": kind, "id": re.sub(r"\W", "-", name)[:64], "metadata": {}, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _refuse_equal_names(assignment: Assignment) -> None:
    """All cells of a notebook share their names, whichever module a function is for."""
    seen: dict[str, str] = {}
    for part in assignment.parts:
        for name in part.spec.functions:
            bare = name.rpartition(".")[2]
            if bare in seen:
                raise UsageError(f"{seen[bare]} and {name} have one name in {assignment.notebook}: rename one of them")
            seen[bare] = name
