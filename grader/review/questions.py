"""The checks of an assignment, as the marking desk shows them.

Owns what a marker must know about a check: its part, its texts, its rubric in the problem file. Submissions belong to
the gradebook.
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
        """The specification of a free-text answer, with its rubric; None for other checks."""
        spec = self.part.fields.get(self.name)
        return spec if isinstance(spec, TextSpec) else None

    @property
    def prompt(self) -> str:
        """The texts that the student saw: the part's prompt and the title."""
        return f"{self.part.spec.prompt}\n{self.title}"

    @property
    def wanted(self) -> tuple[tuple[str, float], ...]:
        """The rubric in the problem file, as (what earns, points)."""
        return tuple((item.earns, item.points) for item in self.text.rubric) if self.text else ()


def questions(assignment: Assignment) -> Mapping[str, ReviewQuestion]:
    """Every check as a question, by id, in the order of the assignment."""
    return {
        check.id: ReviewQuestion(check.id, check.title, check.points, part, problem)
        for problem in assignment.problems
        for part in problem.parts
        for check in part.checks
    }


def by_rubric(question: ReviewQuestion, entry: Entry) -> bool:
    """Whether an entry is marked by a rubric: it is a free-text answer and not missing."""
    return question.text is not None and entry.answer is not None
