"""Deleting one student's work: the one exception to append-only, because the law may require it.

Owns finding every row of a submission in every table: by a column `submission`, by the `key` of an entry of the
marking queue (even if the entry has left the queue), by the id of a regrade request, or by its name in what somebody
has seen before a release. Deleting files belongs to the caller.
"""

from __future__ import annotations

import re

import sqlalchemy as sa

from grader.gradebook.engine import Book, as_gradebook_error
from grader.gradebook.gradings import SHARED, cache
from grader.gradebook.pending import entry_key, indexed
from grader.gradebook.records import records
from grader.gradebook.schema import metadata


def forget(book: Book, submission: str) -> int:
    """Delete every row about a submission, then vacuum the database, so that nothing can be recovered from the file.

    Returns:
        How many rows were deleted.
    """
    engine = book.engine
    with as_gradebook_error(book.where):
        with engine.begin() as connection:
            several = connection.scalar(sa.select(records.c.id).where(records.c.attempt > 1).limit(1)) is not None
            deleted = sum(
                connection.execute(sa.delete(table).where(about)).rowcount
                for table, about in _places(connection, submission)
            )
            if deleted:  # nobody knows whose answers are repeated there: they are decided again
                connection.execute(sa.delete(cache).where(cache.c.submission == SHARED))
            if several:  # another attempt of the same student may count now
                connection.execute(sa.delete(indexed))
        if engine.dialect.name == "sqlite":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM"))
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return deleted


def _places(connection: sa.Connection, submission: str) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """(table, condition) of every row about a submission; rows that refer to others are deleted before these."""
    keys = {entry_key(check, submission) for check in _checks(connection)}
    asked = metadata.tables["requests"]
    requests = sa.select(asked.c.id).where(asked.c.submission == submission)
    referring: list[tuple[sa.Table, sa.ColumnElement[bool]]] = []
    owning: list[tuple[sa.Table, sa.ColumnElement[bool]]] = []
    for table in metadata.sorted_tables:
        if "submission" in table.c:
            owning.append((table, table.c.submission == submission))
        elif "request" in table.c:
            referring.append((table, table.c.request.in_(requests)))
        elif "key" in table.c:
            referring.append((table, table.c.key.in_(keys)))
    events = metadata.tables["desk_events"]
    return [*referring, (events, events.c.id.in_(_named(connection, events, submission))), *owning]


def _named(connection: sa.Connection, events: sa.Table, submission: str) -> list[int]:
    """The events that keep what somebody has seen before a release and that name a submission."""
    word = re.compile(rf"(?<![\w.-]){re.escape(submission)}(?![\w-])")
    seen = sa.select(events.c.id, events.c.value).where(events.c.what == "settle")
    return [number for number, says in connection.execute(seen) if word.search(says)]


def _checks(connection: sa.Connection) -> set[str]:
    """Every check that ever had an entry in the marking queue."""
    tables = [table for table in metadata.sorted_tables if {"key", "check_id"} <= set(table.c.keys())]
    return {check for table in tables for check in connection.scalars(sa.select(table.c.check_id).distinct())}
