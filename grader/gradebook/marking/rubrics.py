"""Versions of the rubrics that marks are made by. Append-only; the latest counts.

Owns what a version is and who made it. The differences between versions, and their effect on marks, belong to
`grader.review`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.schema import metadata

_rubrics = sa.Table(
    "desk_rubrics",
    metadata,
    columns.number(),
    columns.name("check_id", index=True),
    columns.text("items"),
    columns.name("author"),
    columns.text("change"),
    columns.moment(),
)


@dataclass(frozen=True)
class RubricItem:
    """One thing that earns points. `ref` identifies the item across versions of the rubric."""

    ref: int
    earns: str
    points: float


@dataclass(frozen=True)
class Rubric:
    """A version of a check's rubric; `change` says in words how it differs from the one before."""

    check_id: str
    items: tuple[RubricItem, ...]
    author: str
    change: str = ""
    made_at: str = ""
    id: int = 0


def insert_rubric(connection: sa.Connection, rubric: Rubric) -> None:
    """Save a version, inside the transaction that also saves the marks that it changes."""
    items = json.dumps([(item.ref, item.earns, item.points) for item in rubric.items])
    row = {"check_id": rubric.check_id, "items": items, "author": rubric.author, "change": rubric.change}
    connection.execute(sa.insert(_rubrics), {**row, "made_at": rubric.made_at or now()})


class Rubrics(Tables):
    """The rubrics in one gradebook."""

    def add(self, rubric: Rubric) -> None:
        """Save a version that changes no mark."""
        with self._book.writing() as connection:
            insert_rubric(connection, rubric)

    def versions(self, check_id: str | None = None) -> list[Rubric]:
        """Every version of a check's rubric (of every check's, if none is named), oldest first."""
        query = sa.select(_rubrics).order_by(_rubrics.c.id)
        if check_id is not None:
            query = query.where(_rubrics.c.check_id == check_id)
        rows = self._book.rows(query)
        return [
            Rubric(**{**row._mapping, "items": tuple(RubricItem(*one) for one in json.loads(row.items))})
            for row in rows
        ]
