"""Versions of the rubrics that marks are made by. Append-only; the latest counts.

Owns what a version is and who made it. The differences between versions, and their effect on marks, belong to
`grader.review`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from grader.gradebook.engine import Tables
from grader.gradebook.schema import Moment, Name, table


class RubricItem(NamedTuple):
    """One thing that earns points. `ref` identifies the item across versions of the rubric."""

    ref: int
    earns: str
    points: float


@dataclass(frozen=True)
class Rubric:
    """A version of a check's rubric; `change` says in words how it differs from the one before."""

    check_id: Name
    items: tuple[RubricItem, ...]
    author: Name
    change: str = ""
    made_at: Moment = ""
    id: int = 0


rubrics = table("desk_rubrics", Rubric, index=["check_id"])


class Rubrics(Tables):
    """The rubrics in one gradebook."""

    def add(self, rubric: Rubric) -> None:
        """Save a version that changes no mark."""
        self._book.add(rubrics, rubric)

    def versions(self, check_id: str | None = None) -> list[Rubric]:
        """Every version of a check's rubric (of every check's, if none is named), oldest first."""
        which = () if check_id is None else (rubrics.c.check_id == check_id,)
        return self._book.stored(Rubric, rubrics, *which)
