"""Records and what people decided over them, append-only.

Owns what survives a crash: records, overrides, and the order in which they were made. Nothing is ever changed or
deleted; the latest row counts. Only one process writes. Knows nothing of how a record came about.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from grader.record import GradeRecord
from grader.store import releases, requests
from grader.store.engine import GRADEBOOK, Migration, as_store_error, migrate, now, open_engine

_metadata = sa.MetaData()
_records = sa.Table(
    "records",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("submission", sa.String(200), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(40), nullable=False),
)
_overrides = sa.Table(
    "overrides",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("submission", sa.String(200), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("check_id", sa.String(200), nullable=False),
    sa.Column("score", sa.Float, nullable=True),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("says", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(40), nullable=False),
)


def _create_all(connection: sa.Connection) -> None:
    _metadata.create_all(connection)


_MIGRATIONS: tuple[Migration, ...] = (_create_all, requests.create, releases.create)
"""Step i takes a gradebook from schema version i to i + 1. Never edit a step that was released: add one."""


@dataclass(frozen=True)
class Override:
    """A person's later decision about one check: it stands above every record, with author and reason.

    `score` is None where the person took an earlier override back. `reason` is for staff, `says` for the student.
    """

    submission: str
    attempt: int
    check_id: str
    score: float | None
    author: str
    reason: str
    says: str = ""
    made_at: str = ""


class Store:
    """One gradebook. Use as a context manager.

    Raises:
        StoreError: it cannot be opened, is newer than this program, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / GRADEBOOK
        with as_store_error(self.path):
            self._engine = open_engine(self.path)
            migrate(self._engine, _MIGRATIONS, str(self.path))
        self.requests = requests.Requests(self._engine, self.path)
        self.releases = releases.Releases(self._engine, self.path)

    def append(self, record: GradeRecord, fingerprint: str) -> None:
        """Add one record; on disk when this returns."""
        row = {
            "submission": record.submission,
            "attempt": record.attempt,
            "fingerprint": fingerprint,
            "record": record.model_dump_json(by_alias=True),
            "made_at": now(),
        }
        with as_store_error(self.path), self._engine.begin() as connection:
            connection.execute(sa.insert(_records), row)

    def records(self) -> dict[str, tuple[GradeRecord, str]]:
        """The latest record of every submission with its fingerprint, by submission id, sorted."""
        newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission)
        query = sa.select(_records).where(_records.c.id.in_(newest)).order_by(_records.c.submission)
        with as_store_error(self.path), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {row.submission: (GradeRecord.model_validate_json(row.record), row.fingerprint) for row in rows}

    def add_override(self, override: Override) -> None:
        """Add a person's decision."""
        row = {**vars(override), "made_at": override.made_at or now()}
        with as_store_error(self.path), self._engine.begin() as connection:
            connection.execute(sa.insert(_overrides), row)

    def overrides(self) -> list[Override]:
        """Every decision of a person, oldest first."""
        query = sa.select(*(c for c in _overrides.c if c.name != "id")).order_by(_overrides.c.id)
        with as_store_error(self.path), self._engine.connect() as connection:
            return [Override(**row._mapping) for row in connection.execute(query)]

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
