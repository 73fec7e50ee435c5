"""The checks of an assignment as the desk asks them.

Owns what a marker must know of a check: its place, its texts, its rubric as written. Knows no submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.assignment.model import Assignment, Part, Problem
from grader.checks.text import TextSpec
from grader.gradebook.pending import Entry


@dataclass(frozen=True)
class ReviewQuestion:
    """One check of one part. `title` is one line of Markdown."""

    id: str
    title: str
    points: float
    part: Part
    problem: Problem

    @property
    def name(self) -> str:
        """The check's name inside its part."""
        return self.id.partition(".")[2]

    @property
    def text(self) -> TextSpec | None:
        """The texts and the rubric; None for what is no free answer."""
        spec = self.part.fields.get(self.name)
        return spec if isinstance(spec, TextSpec) else None

    @property
    def prompt(self) -> str:
        """Everything that the student was shown for it."""
        return f"{self.part.spec.prompt}\n{self.title}"

    @property
    def wanted(self) -> tuple[tuple[str, float], ...]:
        """The rubric as the problem file has it now."""
        return tuple((item.earns, item.points) for item in self.text.rubric) if self.text else ()


def questions(assignment: Assignment) -> Mapping[str, ReviewQuestion]:
    """Every check by its id, in the order of the assignment."""
    return {
        check.id: ReviewQuestion(check.id, check.title, check.points, part, problem)
        for problem in assignment.problems
        for part in problem.parts
        for check in part.checks
    }


def by_rubric(question: ReviewQuestion, entry: Entry) -> bool:
    """Whether an entry is marked by the rubric: a free answer that is there."""
    return question.text is not None and entry.answer is not None
