"""Holds: results that a person keeps back from a release, and lets go again. Append-only; the latest counts.

Owns who holds what of whom, and why. What a release makes of it belongs to `grader.results.release`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.gradebook.engine import Tables
from grader.gradebook.records import part_of
from grader.gradebook.schema import Moment, Name, table


@dataclass(frozen=True)
class Hold:
    """A person's decision to keep back a result, or (`holds` is False) to keep it back no longer.

    `target` is a check's or part's id, or `TOTAL` for everything. `reason` is for staff, `says` for the student.
    """

    submission: Name
    target: Name
    author: Name
    reason: str
    says: str = ""
    holds: bool = True
    made_at: Moment = ""

    @property
    def part(self) -> str:
        """The part that is kept back; `TOTAL` where everything is."""
        return part_of(self.target)


_holds = table("holds", Hold, index=["submission"])


def in_effect(holds: Sequence[Hold]) -> list[Hold]:
    """Those of some holds, oldest first, that were not ended."""
    latest = {(one.submission, one.target): one for one in holds}
    return [one for one in latest.values() if one.holds]


class Holds(Tables):
    """The holds of one gradebook."""

    def add(self, hold: Hold) -> None:
        """Save a hold, or the end of one."""
        self._book.add(_holds, hold)

    def all(self, submissions: Collection[str] | None = None) -> list[Hold]:
        """Every hold and end of one (about some submissions, if these are given), oldest first."""
        which = () if submissions is None else (_holds.c.submission.in_(submissions),)
        return self._book.stored(Hold, _holds, *which)

    def in_force(self) -> list[Hold]:
        """The holds of the class that were not ended, oldest first."""
        return in_effect(self.all())
