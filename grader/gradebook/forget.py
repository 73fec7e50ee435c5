"""Deleting one student's work for good: the one exception to append-only, because the law may ask for it.

Owns finding every row of a submission, whatever table it stands in. Tables name submissions in a column `submission`;
the marking desk's by the `key` of an entry, whether or not it is in the queue still; answers to requests by the
request's id. What lies in files is the caller's.
"""

from __future__ import annotations

import sqlalchemy as sa

from grader.gradebook.engine import Book, as_gradebook_error
from grader.gradebook.observations import decisions
from grader.gradebook.pending import entry_key, indexed
from grader.gradebook.records import records


def forget(book: Book, submission: str) -> int:
    """Delete every row about a submission and give the space back, so that nothing of it can be recovered.

    Returns:
        How many rows were deleted.
    """
    engine = book.engine
    with as_gradebook_error(book.where):
        metadata = sa.MetaData()
        metadata.reflect(engine)
        with engine.begin() as connection:
            several = connection.scalar(sa.select(records.c.id).where(records.c.attempt > 1).limit(1)) is not None
            deleted = sum(
                connection.execute(sa.delete(table).where(about)).rowcount
                for table, about in _places(connection, metadata, submission)
            )
            if deleted:  # nobody knows whose answers the decisions repeat: they are made again
                connection.execute(sa.delete(decisions))
            if several:  # another attempt of the same student may count now
                connection.execute(sa.delete(indexed))
        if engine.dialect.name == "sqlite":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM"))
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return deleted


def _places(
    connection: sa.Connection, metadata: sa.MetaData, submission: str
) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Every table that can hold something about a submission, with the rows that do; what refers to it comes first."""
    keys = {entry_key(check, submission) for check in _checks(connection, metadata)}
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
    return [*referring, *owning]


def _checks(connection: sa.Connection, metadata: sa.MetaData) -> set[str]:
    """Every check that somebody ever had an entry for."""
    tables = [table for table in metadata.sorted_tables if {"key", "check_id"} <= set(table.c.keys())]
    return {check for table in tables for check in connection.scalars(sa.select(table.c.check_id).distinct())}
