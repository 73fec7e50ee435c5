"""Opening a gradebook: its connection, its schema version, and how faults of it are told.

Owns the connection and running the migrations. Where a gradebook lies belongs to `location`; what the tables hold
belongs to its siblings, one per kind of thing that is kept, which read and write through a `Book`.

SQLite keeps its rollback journal: a write-ahead log needs memory that is shared between processes, which network file
systems do not give.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from grader.errors import GradebookError
from grader.files.atomic import as_store_error
from grader.gradebook.location import Place
from grader.gradebook.schema import Migration

BUSY_SECONDS = 60
"""How long one write waits for another to end. Every write is short."""

_MIGRATION_LOCK = 0x68773131
_meta = sa.Table("meta", sa.MetaData(), sa.Column("schema_version", sa.Integer, nullable=False))


@dataclass(frozen=True)
class Book:
    """A gradebook that is open: its engine, and where it lies, for messages."""

    engine: sa.Engine
    where: Path | str

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read by.

        Raises:
            GradebookError: the gradebook cannot be read.
        """
        with as_gradebook_error(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection in a transaction: what is written is on disk at its end, or none of it if something is raised.

        Raises:
            GradebookError: the gradebook cannot be written.
        """
        with as_gradebook_error(self.where), self.engine.begin() as connection:
            yield connection


def open_engine(place: Place) -> sa.Engine:
    """The engine of a gradebook; a file is made (for its owner alone) where it is missing."""
    if not isinstance(place, Path):
        return sa.create_engine(place, pool_pre_ping=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        os.close(os.open(place, os.O_CREAT | os.O_RDWR, 0o600))
    url = sa.URL.create("sqlite", database=str(place))
    return sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})


def migrate(engine: sa.Engine, steps: Sequence[Migration], where: str) -> None:
    """Bring a gradebook to the version that this program knows: step i takes it from version i to i + 1.

    One that has it already is not written to, so it may lie in a folder that is read-only.

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
    """Two programs that open a new gradebook at once must not both make its tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))


def now() -> str:
    """The time as records carry it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def as_gradebook_error(place: Path | str) -> AbstractContextManager[None]:
    """Turn errors of the system and of the database into a `GradebookError` with the place and what to do."""
    return as_store_error(place, (OSError, sa.exc.SQLAlchemyError))
