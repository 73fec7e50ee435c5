"""The gradebook: append-only, and the files beside it.

Owns what survives a crash: records, overrides, and the order in which they were made. Nothing is ever changed or
deleted; the latest row counts. Only one process writes. Knows nothing of how a record came about.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from grader.errors import StoreError
from grader.record import GradeRecord

GRADEBOOK = "gradebook.sqlite"

_metadata = sa.MetaData()
_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("schema_version", sa.Integer, nullable=False),
)
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
    sa.Column("made_at", sa.String(40), nullable=False),
)


def _create_all(connection: sa.Connection) -> None:
    _metadata.create_all(connection)


_MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_create_all,)
"""Step i takes a gradebook from schema version i to i + 1. Never edit a step that was released: add one."""


@dataclass(frozen=True)
class Override:
    """A person's later decision about one check: it stands above every record, with author and reason.

    `score` is None where the person took an earlier override back.
    """

    submission: str
    attempt: int
    check_id: str
    score: float | None
    author: str
    reason: str
    made_at: str = ""


class Store:
    """One gradebook. Use as a context manager.

    Raises:
        StoreError: it cannot be opened, is newer than this program, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / GRADEBOOK
        with _as_store_error(self.path):
            folder.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._engine = sa.create_engine(f"sqlite:///{self.path}")
            self._migrate()

    def _migrate(self) -> None:
        with self._engine.begin() as connection:
            known = sa.inspect(connection).has_table("meta")
            version = connection.scalar(sa.select(_meta.c.schema_version)) if known else 0
            if version is None or version > len(_MIGRATIONS):
                raise StoreError(
                    f"{self.path} has schema version {version}; this program knows up to {len(_MIGRATIONS)}: update it"
                )
            for step in _MIGRATIONS[version:]:
                step(connection)
            connection.execute(sa.delete(_meta))
            connection.execute(sa.insert(_meta).values(schema_version=len(_MIGRATIONS)))

    def append(self, record: GradeRecord, fingerprint: str) -> None:
        """Add one record; on disk when this returns."""
        row = {
            "submission": record.submission,
            "attempt": record.attempt,
            "fingerprint": fingerprint,
            "record": record.model_dump_json(by_alias=True),
            "made_at": now(),
        }
        with _as_store_error(self.path), self._engine.begin() as connection:
            connection.execute(sa.insert(_records), row)

    def records(self) -> dict[str, tuple[GradeRecord, str]]:
        """The latest record of every submission with its fingerprint, by submission id, sorted."""
        newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission)
        query = sa.select(_records).where(_records.c.id.in_(newest)).order_by(_records.c.submission)
        with _as_store_error(self.path), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return {row.submission: (GradeRecord.model_validate_json(row.record), row.fingerprint) for row in rows}

    def add_override(self, override: Override) -> None:
        """Add a person's decision."""
        row = {**vars(override), "made_at": override.made_at or now()}
        with _as_store_error(self.path), self._engine.begin() as connection:
            connection.execute(sa.insert(_overrides), row)

    def overrides(self) -> list[Override]:
        """Every decision of a person, oldest first."""
        query = sa.select(*(c for c in _overrides.c if c.name != "id")).order_by(_overrides.c.id)
        with _as_store_error(self.path), self._engine.connect() as connection:
            return [Override(**row._mapping) for row in connection.execute(query)]

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def now() -> str:
    """The time as records carry it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file in one step, so that a reader finds the old content or the new, never a part.

    Raises:
        StoreError: the folder cannot be written.
    """
    with _as_store_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


@contextmanager
def _as_store_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sa.exc.SQLAlchemyError) as error:
        raise StoreError(f"cannot use {path}: {getattr(error, 'orig', None) or error}") from error
