"""Deleting one student's work for good: the one exception to append-only, because the law may ask for it.

Owns finding every row of a submission, whatever table it stands in. Tables name submissions in a column `submission`;
the marking desk's by the `key` of an entry, answers to requests by the request's id. What lies in files is the
caller's.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from grader.store.engine import as_store_error


def forget(engine: sa.Engine, where: Path | str, submission: str) -> int:
    """Delete every row about a submission and give the space back, so that nothing of it can be recovered.

    Returns:
        How many rows were deleted.
    """
    with as_store_error(where):
        metadata = sa.MetaData()
        metadata.reflect(engine)
        with engine.begin() as connection:
            deleted = sum(
                connection.execute(sa.delete(table).where(about)).rowcount
                for table, about in _places(connection, metadata, submission)
            )
        if engine.dialect.name == "sqlite":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM"))
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return deleted


def _places(
    connection: sa.Connection, metadata: sa.MetaData, submission: str
) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Every table that can hold something about a submission, with the rows that do; what refers to it comes first."""
    keys = _column(connection, metadata, "desk_entries", "key", submission)
    requests = _column(connection, metadata, "requests", "id", submission)
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


def _column(
    connection: sa.Connection, metadata: sa.MetaData, table: str, column: str, submission: str
) -> list[str | int]:
    if table not in metadata.tables:
        return []
    found = metadata.tables[table]
    return list(connection.scalars(sa.select(found.c[column]).where(found.c.submission == submission)))
