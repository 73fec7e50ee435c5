"""Drafts of marks: what a marker has typed and not saved yet.

Owns drafts, one per marker, entry and round. They are working state: replaced while the marker types, and deleted
when the mark is saved. What a draft contains belongs to `grader.review`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert, now
from grader.gradebook.marking.leases import Round
from grader.gradebook.schema import Key, Moment, Name, table


@dataclass(frozen=True)
class _Draft:
    """What a marker has typed about one entry."""

    key: Key
    round: Round
    marker: Name
    check_id: Name
    content: Mapping[str, Any]
    saved_at: Moment


_drafts = table("desk_drafts", _Draft, keys=["key", "round", "marker"], index=["check_id"])


def discard(connection: sa.Connection, key: str, round_: Round, marker: str) -> None:
    """Delete a draft, inside the transaction that saves its mark."""
    connection.execute(sa.delete(_drafts).where(*_same(key, round_, marker)))


class Drafts(Tables):
    """The drafts in one gradebook."""

    def keep(self, key: str, round_: Round, marker: str, check_id: str, content: Mapping[str, Any]) -> None:
        """Save a marker's draft in place of the one before; on disk when this returns."""
        draft = _Draft(key, round_, marker, check_id, content, now())
        again = sa.update(_drafts).where(*_same(key, round_, marker)).values(vars(draft))
        with self._book.writing() as connection:  # not deleted first: two pages at once would both make the row again
            if not connection.execute(again).rowcount:
                insert(connection, _drafts, draft)

    def of(self, key: str, round_: Round, marker: str) -> dict[str, Any] | None:
        """A marker's draft of an entry; None if there is none."""
        return self._book.value(sa.select(_drafts.c.content).where(*_same(key, round_, marker)))

    def begun(self, marker: str) -> dict[str, int]:
        """How many drafts a marker has, by check."""
        c = _drafts.c
        query = sa.select(c.check_id, sa.func.count()).where(c.marker == marker).group_by(c.check_id)
        return {check: number for check, number in self._book.rows(query)}


def _same(key: str, round_: Round, marker: str) -> tuple[sa.ColumnElement[bool], ...]:
    c = _drafts.c
    return c.key == key, c.round == round_, c.marker == marker
