"""Who marks which question: questions assigned to markers, who share its answers evenly.

Owns assignments (append-only; the latest counts), and which answers are a marker's share: a stretch of the order of
marking, as long for each. That order is random, so a share is a fair sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from grader.gradebook.engine import Tables
from grader.gradebook.pending import entries
from grader.gradebook.schema import Moment, Name, table


@dataclass(frozen=True)
class _Assignment:
    """Who marks a question, by order of whom."""

    check_id: Name
    markers: tuple[str, ...]
    author: Name
    made_at: Moment = ""


_shares = table("desk_shares", _Assignment, index=["check_id"])
_DIGITS = 16  # of an entry's key


class Stretch(NamedTuple):
    """Keys from `first` on, and before `end`."""

    first: str
    end: str


EVERYTHING = Stretch("", "g")
"""Every key: `g` comes after all hexadecimal digits."""


def share_of(marker: str, markers: Sequence[str]) -> Stretch | None:
    """The keys of a marker's share of a question; None if the question is assigned, and not to this marker."""
    if not markers:
        return EVERYTHING
    if marker not in markers:
        return None
    number, most = markers.index(marker), 16**_DIGITS
    first, end = (most * place // len(markers) for place in (number, number + 1))
    return Stretch(f"{first:0{_DIGITS}x}", EVERYTHING.end if end == most else f"{end:0{_DIGITS}x}")


class Shares(Tables):
    """The assignments in one gradebook."""

    def assign(self, check_id: str, markers: Sequence[str], author: str) -> None:
        """Assign a question to markers; to nobody in particular if there are none."""
        self._book.add(_shares, _Assignment(check_id, tuple(sorted(markers)), author))

    def assigned(self) -> Mapping[str, tuple[str, ...]]:
        """The markers of every question that is assigned, by check id."""
        latest = {one.check_id: one.markers for one in self._book.stored(_Assignment, _shares)}
        return {check: markers for check, markers in latest.items() if markers}

    def left(self, check_id: str, stretch: Stretch) -> int:
        """How many answers of a question wait in a stretch of the order of marking."""
        c = entries.c
        mine = (c.check_id == check_id, c.state == "open", c.key >= stretch.first, c.key < stretch.end)
        return self._book.value(sa.select(sa.func.count()).where(*mine)) or 0
