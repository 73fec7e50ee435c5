"""The queue of the marking desk: entries in the order of marking, and counts of their states.

Owns the queries on entries. What an entry is belongs to `grader.gradebook.pending`, which entries there are to
`pending_index`, who holds one to `leases`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sqlalchemy as sa

from grader.gradebook.engine import Tables
from grader.gradebook.pending import Entry, State, entries
from grader.records import Verdict

_AT_ONCE = 500
"""Keys in one query: SQLite allows 999 parameters in older versions."""


class Said(NamedTuple):
    """The answer of one entry, without its other texts: small enough to read those of a whole class."""

    key: str
    answer: str | None
    reading: str | None


@dataclass(frozen=True)
class Count:
    """The number of entries of a check that have the same verdict, state and flag."""

    check_id: str
    part: str
    verdict: Verdict
    state: State
    flagged: bool
    number: int


class Queue(Tables):
    """The entries of one gradebook."""

    def entry(self, key: str) -> Entry | None:
        """One entry by its key."""
        return self.some([key]).get(key)

    def entries(self, check_id: str) -> list[Entry]:
        """Every entry of a check, in the order of marking."""
        return self._book.stored(Entry, entries, entries.c.check_id == check_id)

    def said(self, check_id: str) -> list[Said]:
        """The answer of every entry of a check, in the order of marking."""
        c = entries.c
        query = sa.select(c.key, c.answer, c.reading).where(c.check_id == check_id).order_by(c.key)
        return [Said(*row) for row in self._book.rows(query)]

    def states(self, check_id: str) -> dict[str, State]:
        """The state of every entry of a check, by key, in the order of marking."""
        query = sa.select(entries.c.key, entries.c.state).where(entries.c.check_id == check_id).order_by(entries.c.key)
        return {key: state for key, state in self._book.rows(query)}

    def some(self, keys: Collection[str]) -> dict[str, Entry]:
        """Entries by key; keys that are unknown are left out."""
        wanted = list(keys)
        parts = [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]
        return {one.key: one for part in parts for one in self._book.stored(Entry, entries, entries.c.key.in_(part))}

    def of(self, submissions: Collection[str]) -> list[Entry]:
        """Every entry of some submissions."""
        return self._book.stored(Entry, entries, entries.c.submission.in_(submissions))

    def waiting(self) -> list[tuple[str, Verdict, tuple[str, ...]]]:
        """(check, verdict, submissions) of the answers that nobody has decided, most submissions first."""
        c = entries.c
        undecided = [verdict for verdict in Verdict if not verdict.decided]
        names = sa.func.aggregate_strings(c.submission, "\n")  # one row a check: a class has ten thousands of answers
        query = sa.select(c.check_id, c.verdict, names).where(c.state == "open", c.verdict.in_(undecided))
        rows = self._book.rows(query.group_by(c.check_id, c.verdict).order_by(c.check_id))
        found = [(check, verdict, tuple(sorted(who.split("\n")))) for check, verdict, who in rows]
        return sorted(found, key=lambda one: -len(one[2]))

    def flagged(self, most: int) -> list[Entry]:
        """Entries that somebody flagged, at most `most`."""
        query = sa.select(entries).where(entries.c.flagged).order_by(entries.c.check_id, entries.c.key).limit(most)
        return [Entry(**row._mapping) for row in self._book.rows(query)]

    def counts(self) -> list[Count]:
        """The numbers of entries by check, verdict, state and flag."""
        c = entries.c
        by = (c.check_id, c.part, c.verdict, c.state, c.flagged)
        rows = self._book.rows(sa.select(*by, sa.func.count().label("number")).group_by(*by))
        return [Count(**row._mapping) for row in rows]

    def counts_by_marker(self) -> list[tuple[str, str, int]]:
        """(marker, part, number of entries marked), most first."""
        c = entries.c
        by = (c.marker, c.state, c.part)  # as the index has them: a condition on the state would read whole rows
        rows = self._book.rows(sa.select(*by, sa.func.count()).group_by(*by))
        marked = [(marker, part, number) for marker, state, part, number in rows if state == "marked"]
        return sorted(marked, key=lambda one: (-one[2], one[0], one[1]))

    def position(self, entry: Entry) -> tuple[int, int, int]:
        """(position of an entry in its check from 1, number of entries, number of open ones)."""
        c = entries.c
        of_check = c.check_id == entry.check_id
        query = sa.select(
            sa.select(sa.func.count()).where(of_check, c.key <= entry.key).scalar_subquery(),
            sa.select(sa.func.count()).where(of_check).scalar_subquery(),
            sa.select(sa.func.count()).where(of_check, c.state != "marked").scalar_subquery(),
        )
        ((place, total, left),) = self._book.rows(query)
        return place, total, left

    def neighbour(self, entry: Entry, step: Literal[1, -1]) -> str | None:
        """The key of the next (1) or previous (-1) entry of the check, in whatever state; None at either end."""
        c = entries.c
        beyond, order = (c.key > entry.key, c.key.asc()) if step == 1 else (c.key < entry.key, c.key.desc())
        query = sa.select(c.key).where(c.check_id == entry.check_id, beyond).order_by(order).limit(1)
        return self._book.value(query)
