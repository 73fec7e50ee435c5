"""Leases on entries of the queue, so that no two markers mark the same answer.

Owns leases, and taking the next free entry without a race. Leases are working state: they are replaced, and expire.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.marking.shares import EVERYTHING, Stretch
from grader.gradebook.pending import LOTS, entries
from grader.gradebook.schema import Key, Name, table

Round = Literal["first", "second"]
LEASE_SECONDS = 600.0  # an open page renews its lease; after ten minutes without, the marker has gone away


@dataclass(frozen=True)
class _Lease:
    """A marker's hold on one entry, until a time in seconds since the epoch."""

    key: Key
    round: Round
    marker: Name
    expires: float


leases = table("desk_leases", _Lease, keys=["key", "round"])


def end(connection: sa.Connection, key: str, round_: Round, marker: str) -> None:
    """End a lease, inside the transaction that saves the mark."""
    c = leases.c
    connection.execute(sa.delete(leases).where(c.key == key, c.round == round_, c.marker == marker))


class Leases(Tables):
    """The leases in one gradebook. Times are seconds since the epoch."""

    def next_open(self, check_id: str, after: str, marker: str, at: float, share: Stretch = EVERYTHING) -> str | None:
        """Lease the next open entry of a check, in a share, after `after`, wrapping around; None if none is free."""
        c = entries.c
        mine = (c.key >= share.first, c.key < share.end)
        free = (c.check_id == check_id, c.state != "marked", *mine)
        return self._first_taken(free, after, "first", marker, at)

    def next_second(
        self, check_id: str, after: str, marker: str, share: float, done: Collection[str], at: float
    ) -> str | None:
        """Lease the next entry for blind second marking: marked by another, in the share, and not among `done`."""
        c = entries.c
        by_another = (c.state == "marked", c.marker.not_in(["", marker]))
        free = (c.check_id == check_id, *by_another, c.lot < share * LOTS, c.key.not_in(done))
        return self._first_taken(free, after, "second", marker, at)

    def _first_taken(
        self, free: Sequence[sa.ColumnElement[bool]], after: str, round_: Round, marker: str, at: float
    ) -> str | None:
        c, of = entries.c, leases.c
        held = sa.select(of.key).where(of.round == round_, of.expires > at, of.marker != marker)
        for beyond in (c.key > after, c.key <= after):
            passed = ""
            query = sa.select(c.key).where(*free, beyond, c.key.not_in(held)).order_by(c.key).limit(1)
            while (key := self._book.value(query.where(c.key > passed))) is not None:
                if self.take(key, round_, marker, at) is None:
                    return str(key)
                passed = key
        return None

    def take(self, key: str, round_: Round, marker: str, at: float) -> str | None:
        """Take or renew the lease on an entry. Returns None, or the marker who holds it.

        Args:
            key: the entry.
            round_: first or second marking; each has its own lease.
            marker: who takes it.
            at: the time now, in seconds since the epoch; the lease ends `LEASE_SECONDS` later.
        """
        c = leases.c
        this = (c.key == key, c.round == round_)
        mine = sa.or_(c.marker == marker, c.expires <= at)
        lease = _Lease(key, round_, marker, at + LEASE_SECONDS)
        with self._book.writing() as connection:
            if connection.execute(sa.update(leases).where(*this, mine).values(vars(lease))).rowcount:
                return None
            try:
                with connection.begin_nested():
                    insert(connection, leases, lease)
            except sa.exc.IntegrityError:
                return connection.scalar(sa.select(c.marker).where(*this)) or ""
        return None

    def release(self, marker: str, but: str) -> None:
        """End every lease of a marker but the one on the entry `but`."""
        with self._book.writing() as connection:
            connection.execute(sa.delete(leases).where(leases.c.marker == marker, leases.c.key != but))

    def held_by_others(self, check_id: str, marker: str, at: float) -> set[str]:
        """Keys of a check's entries that other markers hold."""
        query = sa.select(leases.c.key).join(entries, entries.c.key == leases.c.key)
        query = query.where(entries.c.check_id == check_id, leases.c.marker != marker, leases.c.expires > at)
        return set(self._book.values(query))
