"""Lint of problem files that runs author code.

Owns the mistakes that show only when a reference is imported, an input drawn or a listed wrong answer judged.
It takes seconds, so it runs once before a class is graded, in one worker, and in `validate`. Mistakes that show
without running anything belong to `load`.
"""

from __future__ import annotations

from grader.assignment.load import at
from grader.assignment.model import Assignment
from grader.errors import Diagnostic, SpecError
from grader.maths.judge_process import Judge


def lint(assignment: Assignment, judge: Judge) -> None:
    """Import every name, draw every input, and judge every right answer and every listed mistake.

    Raises:
        SpecError: some cannot be used; all of them are listed.
    """
    found: list[Diagnostic] = []
    for problem in assignment.problems:
        for i, part in enumerate(problem.parts):
            for place, check in part.places():
                complaints = check.problems() or check.problems_judged(judge)
                found += [at(problem, i, (*place, *path), what) for path, what in complaints]
    if found:
        raise SpecError(found)
