"""Opening a gradebook: its connection, its schema version, and its errors.

Owns the connection and running the migrations. Where a gradebook lies belongs to `location`; the tables belong to the
other modules of this folder, which read and write through a `Book`.

SQLite keeps its default rollback journal: a write-ahead log needs memory shared between processes, which network
file systems do not provide.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from grader.errors import GradebookError
from grader.files.atomic import translate_errors
from grader.gradebook.location import Place
from grader.gradebook.schema import Migration

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value")
Stored = TypeVar("Stored", bound="DataclassInstance")

BUSY_SECONDS = 60
"""How long one write waits for another. Writes take milliseconds, so a minute is exceeded only if something hangs."""

_MIGRATION_LOCK = 0x68773131  # any number that no other program locks by in the same database; here "hw11"
_meta = sa.Table("meta", sa.MetaData(), sa.Column("schema_version", sa.Integer, nullable=False))


@dataclass(frozen=True)
class Book:
    """An open gradebook: its engine, and its location for messages."""

    engine: sa.Engine
    where: Path | str

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection in a transaction, which is committed at the end, or rolled back if an exception is raised.

        Raises:
            GradebookError: the gradebook cannot be written.
        """
        with as_gradebook_error(self.where), self.engine.begin() as connection:
            yield connection

    def rows(self, query: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        """Every row that a query finds.

        Raises:
            GradebookError: the gradebook cannot be read.
        """
        with as_gradebook_error(self.where), self.engine.connect() as connection:
            return connection.execute(query).all()

    def values(self, query: sa.Select[Value]) -> Sequence[Value]:
        """The first value of every row that a query finds."""
        return [row[0] for row in self.rows(query)]

    def value(self, query: sa.Select[Value]) -> Value | None:
        """The first value that a query finds; None if it finds none."""
        return next(iter(self.values(query)), None)

    def stored(self, shape: type[Stored], table: sa.Table, *which: sa.ColumnElement[bool]) -> list[Stored]:
        """The values in a table that fulfil some conditions, in the order of its keys: as a rule that of adding."""
        columns = [table.c[one.name] for one in fields(shape) if one.name in table.c]
        rows = self.rows(sa.select(*columns).where(*which).order_by(*table.primary_key))
        return [shape(**row._mapping) for row in rows]

    def add(self, table: sa.Table, *values: object, **more: object) -> None:
        """Add values to a table in a transaction of their own; see `insert`."""
        with self.writing() as connection:
            insert(connection, table, *values, **more)


def insert(connection: sa.Connection, table: sa.Table, *values: object, **more: object) -> None:
    """Add values as rows, inside a transaction: numbered by the database, and made now unless they say when.

    `more` are columns that the values do not know.
    """
    if values:
        connection.execute(sa.insert(table), [_row(table, value) | more for value in values])


def insert_one(connection: sa.Connection, table: sa.Table, value: object) -> int:
    """Add one value as a row, inside a transaction; returns its number."""
    return int(connection.execute(sa.insert(table).returning(table.c.id), _row(table, value)).scalar_one())


def _row(table: sa.Table, value: object) -> dict[str, object]:
    row = {name: known for name, known in vars(value).items() if name in table.c and name != "id"}
    return row | {"made_at": now()} if row.get("made_at") == "" else row


class Tables:
    """Some tables of one gradebook, as the module that owns them reads and writes them.

    Raises:
        GradebookError: the gradebook cannot be read or written.
    """

    def __init__(self, book: Book) -> None:
        self._book = book


def open_engine(place: Place) -> sa.Engine:
    """The engine of a gradebook. A missing SQLite file is created, readable by its owner alone."""
    if not isinstance(place, Path):
        return sa.create_engine(place, pool_pre_ping=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        os.close(os.open(place, os.O_CREAT | os.O_RDWR, 0o600))
    url = sa.URL.create("sqlite", database=str(place))
    return sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})


def migrate(engine: sa.Engine, steps: Sequence[Migration], where: str) -> None:
    """Bring a gradebook to the schema version of this program: step i takes it from version i to i + 1.

    A gradebook of that version is not written to, so it can be read in a read-only folder.

    Raises:
        GradebookError: it is newer than this program.
    """
    with engine.connect() as connection:
        if _version(connection, steps, where) == len(steps):
            return
    with engine.begin() as connection:
        _one_at_a_time(connection)
        version = _version(connection, steps, where)
        _meta.create(connection, checkfirst=True)
        for step in steps[version:]:
            step(connection)
        connection.execute(sa.delete(_meta))
        connection.execute(sa.insert(_meta).values(schema_version=len(steps)))


def _version(connection: sa.Connection, steps: Sequence[Migration], where: str) -> int:
    if not sa.inspect(connection).has_table(_meta.name):
        return 0
    version = connection.scalar(sa.select(_meta.c.schema_version)) or 0
    if version > len(steps):
        raise GradebookError(f"{where} has schema version {version}; this program knows up to {len(steps)}: update it")
    return version


def _one_at_a_time(connection: sa.Connection) -> None:
    """Lock the schema for this transaction: two programs that open a new gradebook must not both create its tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))


def now() -> str:
    """The time as records carry it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def as_gradebook_error(place: Path | str) -> AbstractContextManager[None]:
    """Turn errors of the system and of the database into a `GradebookError` that says where, why and what to do."""
    return translate_errors(place, (OSError, sa.exc.SQLAlchemyError))
