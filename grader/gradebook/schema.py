"""The schema of a gradebook: one catalogue of its tables, and how migration steps make them.

Owns neither the tables (each stands in the module that reads and writes it) nor the order of the steps (`gradebook`).
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

Migration = Callable[[sa.Connection], None]
"""Takes a gradebook from one schema version to the next, inside a transaction."""

metadata = sa.MetaData()
"""Every table of a gradebook."""


def creates(*names: str) -> Migration:
    """The migration step that makes those of these tables that are not there yet."""

    def step(connection: sa.Connection) -> None:
        metadata.create_all(connection, tables=[metadata.tables[name] for name in names])

    return step


def add_column(connection: sa.Connection, table: sa.Table, column: str) -> None:
    """Add a column, as SQL declares it, unless the table was made with it."""
    known = {one["name"] for one in sa.inspect(connection).get_columns(table.name)}
    if column.partition(" ")[0] not in known:
        connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {column}"))


def drops(*names: str) -> Migration:
    """The migration step that removes tables of older versions, with what is in them."""

    def step(connection: sa.Connection) -> None:
        for name in names:
            sa.Table(name, sa.MetaData()).drop(connection, checkfirst=True)

    return step
