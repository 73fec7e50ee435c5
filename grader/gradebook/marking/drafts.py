"""Drafts of marks: what a marker has typed and not saved yet.

Owns drafts, one per marker, entry and round. They are working state: replaced while the marker types, and deleted
when the mark is saved. What a draft contains belongs to `grader.review`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.marking.leases import Round
from grader.gradebook.schema import metadata

_drafts = sa.Table(
    "desk_drafts",
    metadata,
    columns.key(primary_key=True),
    columns.word("round", primary_key=True),
    columns.name("marker", primary_key=True),
    columns.name("check_id", index=True),
    columns.text("content"),
    columns.moment("saved_at"),
)


def discard(connection: sa.Connection, key: str, round_: Round, marker: str) -> None:
    """Delete a draft, inside the transaction that saves its mark."""
    connection.execute(sa.delete(_drafts).where(*_same(key, round_, marker)))


class Drafts(Tables):
    """The drafts in one gradebook."""

    def keep(self, key: str, round_: Round, marker: str, check_id: str, content: Mapping[str, Any]) -> None:
        """Save a marker's draft in place of the one before; on disk when this returns."""
        same = {"key": key, "round": round_, "marker": marker}
        values = {"content": json.dumps(content), "saved_at": now()}
        with self._book.writing() as connection:
            where = _same(key, round_, marker)
            if not connection.execute(sa.update(_drafts).where(*where).values(values)).rowcount:
                connection.execute(sa.insert(_drafts).values({**same, **values, "check_id": check_id}))

    def of(self, key: str, round_: Round, marker: str) -> dict[str, Any] | None:
        """A marker's draft of an entry; None if there is none."""
        content = self._book.value(sa.select(_drafts.c.content).where(*_same(key, round_, marker)))
        return None if content is None else json.loads(content)

    def begun(self, marker: str) -> dict[str, int]:
        """How many drafts a marker has, by check."""
        c = _drafts.c
        query = sa.select(c.check_id, sa.func.count()).where(c.marker == marker).group_by(c.check_id)
        return {check: number for check, number in self._book.rows(query)}


def _same(key: str, round_: Round, marker: str) -> tuple[sa.ColumnElement[bool], ...]:
    c = _drafts.c
    return c.key == key, c.round == round_, c.marker == marker
