"""Trying what problem files name.

Owns the mistakes that show only when a reference is imported, an input drawn or a listed wrong answer judged.
Costs seconds, so it runs once before a class is graded, in one worker, and in `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.assignment.load import at
from grader.assignment.model import Assignment
from grader.checks.base import Complaint
from grader.checks.formula import FormulaCheck
from grader.errors import Diagnostic, SpecError, UnusableQuestion
from grader.maths.judge_process import Judge


def lint(assignment: Assignment, judge: Judge) -> None:
    """Try every name, draw, right answer and listed mistake.

    Raises:
        SpecError: some cannot be used; all of them are listed.
    """
    found: list[Diagnostic] = []
    for problem in assignment.problems:
        for i, part in enumerate(problem.parts):
            for place, check in part.places():
                complaints = list(check.problems())
                if not complaints and isinstance(check, FormulaCheck) and assignment.author_code.has_reference:
                    complaints = _judged(check, judge)
                found += [at(problem, i, (*place, *path), what) for path, what in complaints]
    if found:
        raise SpecError(found)


def _judged(check: FormulaCheck, judge: Judge) -> list[Complaint]:
    """A right answer that cannot be read, an alternative that is not right, a mistake that is in fact right."""
    try:
        return list(_tried(check, judge))
    except UnusableQuestion as error:
        return [(("expect",), str(error))]


def _tried(check: FormulaCheck, judge: Judge) -> Iterator[Complaint]:
    spec = check.spec
    right = check.right_answer()
    if not right:
        return
    question = replace(check.question(right), mistakes=())
    decision = judge.decide(replace(question, alternatives=()), right, {})
    if decision.verdict != "equal":
        yield ("expect",), f"{spec.expect} gives {right!r}, which is {decision.verdict}: {decision.message}"
        return
    for i, other in enumerate(getattr(spec, "also", ())):
        decision = judge.decide(question, other.answer, {})
        if decision.verdict != "equal":
            yield ("also", i, "answer"), f"{other.answer!r} cannot be read: {decision.message}"
    for i, mistake in enumerate(spec.mistakes):
        decision = judge.decide(question, mistake.answer, {})
        if decision.verdict == "equal":
            yield ("mistakes", i, "answer"), f"{mistake.answer!r} is listed as a mistake but is right"
        elif decision.verdict == "invalid":
            yield ("mistakes", i, "answer"), f"{mistake.answer!r} cannot be read: {decision.message}"
