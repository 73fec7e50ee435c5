"""Holds: results that a person keeps back from a release, and lets go again. Append-only; the latest counts.

Owns who holds what of whom, and why. What a release makes of it belongs to `grader.results.release`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.records import part_of
from grader.gradebook.schema import metadata

_holds = sa.Table(
    "holds",
    metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.name("target"),
    sa.Column("holds", sa.Boolean, nullable=False),
    columns.name("author"),
    columns.text("reason"),
    columns.text("says"),
    columns.moment(),
)


@dataclass(frozen=True)
class Hold:
    """A person's decision to keep back a result, or (`holds` is False) to keep it back no longer.

    `target` is a check's or part's id, or `TOTAL` for everything. `reason` is for staff, `says` for the student.
    """

    submission: str
    target: str
    author: str
    reason: str
    says: str = ""
    holds: bool = True
    made_at: str = ""

    @property
    def part(self) -> str:
        """The part that is kept back; `TOTAL` where everything is."""
        return part_of(self.target)


def in_effect(holds: Sequence[Hold]) -> list[Hold]:
    """Those of some holds, oldest first, that were not ended."""
    latest = {(one.submission, one.target): one for one in holds}
    return [one for one in latest.values() if one.holds]


class Holds(Tables):
    """The holds of one gradebook."""

    def add(self, hold: Hold) -> None:
        """Save a hold, or the end of one."""
        self._book.write(sa.insert(_holds).values(**{**vars(hold), "made_at": now()}))

    def all(self, submissions: Collection[str] | None = None) -> list[Hold]:
        """Every hold and end of one (about some submissions, if these are given), oldest first."""
        query = sa.select(*(c for c in _holds.c if c.name != "id")).order_by(_holds.c.id)
        if submissions is not None:
            query = query.where(_holds.c.submission.in_(submissions))
        return [Hold(**row._mapping) for row in self._book.rows(query)]

    def in_force(self) -> list[Hold]:
        """The holds of the class that were not ended, oldest first."""
        return in_effect(self.all())
