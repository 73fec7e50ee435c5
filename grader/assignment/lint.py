"""Lint of problem files that runs author code.

Owns the mistakes that show only when a reference is imported, an input drawn or a listed wrong answer judged.
It takes seconds, so it runs once before a class is graded, in one worker, and in `validate`. Mistakes that show
without running anything belong to `load`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from grader.assignment.load import at
from grader.assignment.model import Assignment, Part, Problem
from grader.checks.base import Check, Complaint
from grader.errors import Diagnostic, SpecError, UnusableQuestion
from grader.files.author_code import raised
from grader.maths.judge_process import Judge
from grader.maths.reading.question import Question

_RAISED = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError),
    *(TypeError, ValueError),
)
_UNKNOWN = re.compile(r"'(\w+)' is not a name of this question")


def lint(assignment: Assignment, judge: Judge, known: Sequence[Diagnostic] = ()) -> None:
    """Import every name, draw every input, and judge every right answer and every listed mistake.

    Args:
        assignment: what of the problem files could be read.
        judge: judges the author's formulas.
        known: mistakes that were found before.

    Raises:
        SpecError: some cannot be used; all of them are listed, with those that were known.
    """
    found = [*known]
    for problem in assignment.problems:
        found += _unread_aliases(problem, judge)
        for i, part in enumerate(problem.parts):
            for place, check in part.places():
                found += [at(problem, i, (*place, *path), what) for path, what in _complaints(check, judge)]
    if found:
        raise SpecError(found)


def _complaints(check: Check, judge: Judge) -> Sequence[Complaint]:
    """What is wrong with a check; an exception in an author's function is one thing more, and hides no other check."""
    try:
        found = check.problems() or check.problems_judged(judge)
        return [(path, _with_sizes(what, check.part.symbols)) for path, what in found]
    except _RAISED as error:
        return [((), f"a function that it names raises {raised(error)}")]


def _with_sizes(what: str, symbols: Mapping[str, object]) -> str:
    """A complaint, with advice where a name that it does not know is the size of a declared matrix."""
    unknown = _UNKNOWN.search(what)
    matrices = [facts["matrix"] for facts in symbols.values() if isinstance(facts, dict) and "matrix" in facts]
    if unknown and any(unknown[1] in sizes for sizes in matrices):
        return what.replace(unknown[0], f"{unknown[0]} (it is a size: declare it, too, if answers may hold it)")
    return what


def _unread_aliases(problem: Problem, judge: Judge) -> Iterator[Diagnostic]:
    """Aliases that are never read as their symbol."""
    for i, part in enumerate(problem.parts):
        for name, symbol in part.declared.items():
            place = ("parts", i) if name in part.spec.symbols else ()
            for j, alias in enumerate(symbol.aliases if place or i == 0 else ()):
                if what := _misread(part, name, alias, judge):
                    where = problem.source.place((*place, "symbols", name, "aliases", j))
                    yield Diagnostic(problem.file, where.line, where.column, what)


def _misread(part: Part, name: str, alias: str, judge: Judge) -> str:
    """Why an alias never means its symbol; empty if it does."""
    facts = part.symbols[name]
    kind = "matrix" if isinstance(facts, dict) and "matrix" in facts else "expr"
    try:
        read = judge.read(Question(id=part.id, kind=kind, reference="", symbols=part.symbols), alias)
    except UnusableQuestion:
        return ""  # what is wrong with the symbols is told beside every formula
    if read.verdict != "invalid" and read.reading == name:
        return ""
    return f"{alias!r} never means {name}: {f'it is read as {read.reading}' if read.reading else read.message}"
