"""Log of what markers do besides marking. Append-only.

Owns the log of revealed names, flags, and groups that were changed or undone. A flag is also kept in its entry.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.pending import entries
from grader.gradebook.schema import Key, Moment, Name, table

What = Literal["reveal", "flag", "unflag", "split", "join", "undo", "settle", "assign"]


@dataclass(frozen=True)
class Event:
    """One action of a marker. `key` is an entry's key, or the batch that was undone."""

    what: What
    key: Key
    check_id: Name
    marker: Name
    value: str = ""
    made_at: Moment = ""
    id: int = 0


_events = table("desk_events", Event, index=["key", "check_id"])


def flagged(connection: sa.Connection, keys: Collection[str]) -> set[str]:
    """Those of the entries with these keys whose latest flag was not taken away again."""
    c = _events.c
    query = sa.select(c.key, c.what).where(c.key.in_(keys), c.what.in_(["flag", "unflag"])).order_by(c.id)
    latest = {key: what for key, what in connection.execute(query)}
    return {key for key, what in latest.items() if what == "flag"}


class Events(Tables):
    """The log of one gradebook."""

    def log(self, *events: Event) -> None:
        """Append events, in one transaction; a flag is also set in the queue."""
        with self._book.writing() as connection:
            insert(connection, _events, *events)
            for event in events:
                if event.what in ("flag", "unflag"):
                    flagged = {"flagged": event.what == "flag"}
                    connection.execute(sa.update(entries).where(entries.c.key == event.key).values(flagged))

    def keys(self, what: What) -> set[str]:
        """To what somebody did this: entries, batches that were undone, what was seen before a release."""
        return set(self._book.values(sa.select(_events.c.key).where(_events.c.what == what)))

    def latest(self, number: int = 500, *, key: str | None = None, check_id: str | None = None) -> list[Event]:
        """The last events, oldest first and at most `number`: of one entry, of one check, or of all."""
        query = sa.select(_events).order_by(_events.c.id.desc()).limit(number)
        if key is not None:
            query = query.where(_events.c.key == key)
        if check_id is not None:
            query = query.where(_events.c.check_id == check_id)
        return [Event(**row._mapping) for row in self._book.rows(query)][::-1]
