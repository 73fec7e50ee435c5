"""The index of entries that wait for a person, made from records and overrides.

Owns keeping entries up to date with what was graded and decided. They can be made again at any time, so their rows
are replaced; marks are kept elsewhere and stay. Which attempt counts, and which checks a mark opens, is decided by
the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.marking.events import flagged
from grader.gradebook.pending import Entry, Standing, State, entries, entries_of, indexed, set_states, undecided
from grader.gradebook.records import overrides, records, undecided_part

_AT_ONCE = 50
"""Submissions whose entries are replaced by one statement; SQLite takes 32,766 values in one."""


class PendingIndex(Tables):
    """The index of one gradebook."""

    def unread(self) -> int:
        """The number of records that were added since the index was last brought up to date."""
        last = self._book.value(sa.select(indexed.c.record)) or 0
        return self._book.value(sa.select(sa.func.count()).where(records.c.id > last)) or 0

    def read(self, apart: Mapping[str, Iterable[Entry]], progress: Callable[[int], None] = lambda done: None) -> int:
        """Bring the index up to date with new records and with overrides; returns how many records were read.

        Args:
            apart: the entries of the submissions of which not just the undecided checks of the latest record wait.
            progress: called after each record with the number read so far.
        """
        with self._book.writing() as connection:
            last = connection.scalar(sa.select(indexed.c.record)) or 0
            newest = sa.select(sa.func.max(records.c.id)).group_by(records.c.submission)
            query = sa.select(records).where(records.c.id > last, records.c.id.in_(newest)).order_by(records.c.id)
            done = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
            last = connection.scalar(sa.select(sa.func.max(records.c.id))) or 0
            fresh = self._undecided(connection.execute(query), apart, progress)
            _replace(connection, chain(fresh, apart.items()))
            connection.execute(sa.delete(indexed))
            connection.execute(sa.insert(indexed).values(record=last))
            _take_in_overrides(connection)
        return done

    def _undecided(
        self, rows: Iterable[sa.Row[Any]], apart: Container[str], progress: Callable[[int], None]
    ) -> Iterator[tuple[str, Iterable[Entry]]]:
        """The entries of records, by submission, without those that are apart."""
        for done, row in enumerate(rows, start=1):
            if row.submission not in apart:
                record = undecided_part(row, self._book.where)
                yield row.submission, entries_of(record, undecided(record))
            progress(done)

    def replace(self, submission: str, entries: Iterable[Entry]) -> None:
        """Make the entries of one submission again, such as after a mark on a check that others depend on."""
        with self._book.writing() as connection:
            _replace(connection, [(submission, entries)])
            _take_in_overrides(connection, submission)


def _replace(connection: sa.Connection, anew: Iterable[tuple[str, Iterable[Entry]]]) -> None:
    """Replace the entries of submissions. Unchanged ones keep their state; new ones of flagged keys are flagged."""
    left = iter(anew)
    while some := dict(islice(left, _AT_ONCE)):
        theirs = sa.select(entries).where(entries.c.submission.in_(some.keys()))
        known = {row.key: Entry(**row._mapping) for row in connection.execute(theirs)}
        wanted = {entry.key: entry for of_one in some.values() for entry in of_one}
        same = {key for key in known.keys() & wanted.keys() if _unmarked(known[key]) == _unmarked(wanted[key])}
        if gone := known.keys() - same:
            connection.execute(sa.delete(entries).where(entries.c.key.in_(gone)))
        fresh = sorted(wanted.keys() - same)
        flags = flagged(connection, fresh)
        insert(connection, entries, *(replace(wanted[key], flagged=key in flags) for key in fresh))


def _unmarked(entry: Entry) -> Entry:
    """An entry as it is made from a record, without what marking changes."""
    return replace(entry, state="open", marker="", score=None, flagged=False)


def _take_in_overrides(connection: sa.Connection, submission: str | None = None) -> None:
    """Set the state of entries by the latest overrides: marked, or open if taken back (one submission's, if named).

    An override that was made on another answer, or on other files, says nothing about an entry.
    """
    o, c = overrides.c, entries.c
    ours, theirs = (one.submission == submission if submission is not None else sa.true() for one in (c, o))
    newest = sa.select(sa.func.max(o.id)).where(theirs).group_by(o.submission, o.attempt, o.check_id, o.digest)
    decided = {
        (row.submission, row.attempt, row.check_id, row.digest): (row.score, row.author)
        for row in connection.execute(sa.select(overrides).where(o.id.in_(newest)))
    }
    columns = (c.key, c.submission, c.attempt, c.check_id, c.digest, c.state, c.marker, c.score)
    standings = []
    for row in connection.execute(sa.select(*columns).where(ours)).all() if decided else ():
        if (decision := decided.get((row.submission, row.attempt, row.check_id, row.digest))) is None:
            continue
        score, author = decision
        state: State = "open" if score is None else "marked"
        if (state, score) != (row.state, row.score) or (score is not None and author != row.marker):
            standings.append(Standing(row.key, state, author, score))
    set_states(connection, standings)
