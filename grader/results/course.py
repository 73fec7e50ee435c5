"""A graded class: what almost everything that is told of it is read from."""

from __future__ import annotations

from dataclasses import dataclass

from grader.assignment.model import Assignment
from grader.gradebook import Gradebook
from grader.results.roster import Roster


@dataclass(frozen=True)
class Course:
    """A graded class: its gradebook, the assignment that was graded, and who is in it, if there is a roster."""

    gradebook: Gradebook
    assignment: Assignment
    roster: Roster | None = None
