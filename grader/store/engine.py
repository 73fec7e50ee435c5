"""Opening a gradebook: where it lies, its schema version, and how faults of it are told.

Owns the connection, the migrations and atomic files. What the tables hold belongs to its siblings, one per kind
of thing that is kept; each gives its tables as migration steps.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from grader.errors import StoreError

GRADEBOOK = "gradebook.sqlite"

Migration = Callable[[sa.Connection], None]

_meta = sa.Table("meta", sa.MetaData(), sa.Column("schema_version", sa.Integer, nullable=False))


def open_engine(path: Path) -> sa.Engine:
    """The engine of the gradebook in a file, which is made (for its owner alone) where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return sa.create_engine(f"sqlite:///{path}")


def migrate(engine: sa.Engine, steps: Sequence[Migration], where: str) -> None:
    """Bring a gradebook to the version that this program knows: step i takes it from version i to i + 1.

    Raises:
        StoreError: it is newer than this program.
    """
    with engine.begin() as connection:
        _meta.create(connection, checkfirst=True)
        version = connection.scalar(sa.select(_meta.c.schema_version)) or 0
        if version > len(steps):
            raise StoreError(f"{where} has schema version {version}; this program knows up to {len(steps)}: update it")
        for step in steps[version:]:
            step(connection)
        connection.execute(sa.delete(_meta))
        connection.execute(sa.insert(_meta).values(schema_version=len(steps)))


def now() -> str:
    """The time as records carry it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file in one step, so that a reader finds the old content or the new, never a part.

    Raises:
        StoreError: the folder cannot be written.
    """
    with as_store_error(path):
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
def as_store_error(path: Path | str) -> Iterator[None]:
    """Tell whatever the system or the database says as a fault of ours, with the place."""
    try:
        yield
    except (OSError, sa.exc.SQLAlchemyError) as error:
        raise StoreError(f"cannot use {path}: {getattr(error, 'orig', None) or error}") from error
