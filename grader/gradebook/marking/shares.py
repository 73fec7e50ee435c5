"""Who marks which question: questions assigned to markers, who share its answers evenly.

Owns assignments (append-only; the latest counts), and which answers are a marker's share: a stretch of the order of
marking, as long for each. That order is random, so a share is a fair sample.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.pending import entries
from grader.gradebook.schema import metadata

_shares = sa.Table(
    "desk_shares",
    metadata,
    columns.number(),
    columns.name("check_id", index=True),
    columns.text("markers"),
    columns.name("author"),
    columns.moment(),
)
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
        row = {"check_id": check_id, "markers": json.dumps(sorted(markers)), "author": author, "made_at": now()}
        self._book.write(sa.insert(_shares), row)

    def assigned(self) -> Mapping[str, tuple[str, ...]]:
        """The markers of every question that is assigned, by check id."""
        newest = sa.select(sa.func.max(_shares.c.id)).group_by(_shares.c.check_id)
        query = sa.select(_shares.c.check_id, _shares.c.markers).where(_shares.c.id.in_(newest))
        found = {row.check_id: tuple(json.loads(row.markers)) for row in self._book.rows(query)}
        return {check: markers for check, markers in found.items() if markers}

    def left(self, check_id: str, stretch: Stretch) -> int:
        """How many answers of a question wait in a stretch of the order of marking."""
        c = entries.c
        mine = (c.check_id == check_id, c.state == "open", c.key >= stretch.first, c.key < stretch.end)
        return self._book.value(sa.select(sa.func.count()).where(*mine)) or 0
