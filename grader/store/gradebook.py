"""Records and what people decided over them, append-only.

Owns what survives a crash: records, overrides, and the order in which they were made. Nothing is ever changed or
deleted; the latest row counts. Only one process grades at a time (`alone`); people's decisions may come meanwhile.
Knows nothing of how a record came about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from grader.errors import StoreError, UsageError
from grader.record import GradeRecord, Verdict
from grader.store import desk, leases, observations, problems, queue, releases, requests
from grader.store.alone import alone_at, alone_in
from grader.store.engine import (
    Migration,
    as_store_error,
    clear_leftovers,
    migrate,
    now,
    open_engine,
    write_atomically,
)
from grader.store.forget import forget
from grader.store.place import GRADEBOOK, GRADEBOOK_URL, exists, kept_text, place_of, shown

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


_MIGRATIONS: tuple[Migration, ...] = (
    _create_all,
    requests.create,
    releases.create,
    queue.create,
    leases.create,
    desk.create,
    observations.create,
    problems.create,
)
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


@dataclass(frozen=True)
class Entry:
    """One record as it was kept, and when; `id` grows with every record of the class."""

    id: int
    record: GradeRecord
    fingerprint: str
    made_at: str


class Store:
    """The gradebook of one class. Use as a context manager.

    Args:
        folder: where the class is graded into. The gradebook is a SQLite file in it, or lies at the address that
            `gradebook.url` in it names.
        url: the PostgreSQL database that a new gradebook lies in; one database holds one class.

    Raises:
        StoreError: it cannot be opened, is newer than this program, or cannot be written.
        UsageError: the address cannot be used, or the folder's gradebook lies elsewhere.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._folder = folder
        place = place_of(folder, url)
        self.path: Path | str = place if isinstance(place, Path) else shown(place)
        with as_store_error(self.path):
            self._engine = open_engine(place)
            migrate(self._engine, _MIGRATIONS, str(self.path))
        if not isinstance(place, Path) and not (folder / GRADEBOOK_URL).is_file():
            write_atomically(folder / GRADEBOOK_URL, kept_text(place))
        self.queue = queue.Queue(self._engine, self.path)
        self.leases = leases.Leases(self._engine, self.path)
        self.desk = desk.Desk(self._engine, self.path, _insert_overrides)
        self.observations = observations.Observations(self._engine, self.path)
        self.problems = problems.Problems(self._engine, self.path)
        self.requests = requests.Requests(self._engine, self.path)
        self.releases = releases.Releases(self._engine, self.path)

    @classmethod
    def existing(cls, folder: Path) -> Store:
        """The gradebook of a class that was graded into a folder.

        Raises:
            UsageError: there is none.
        """
        if not exists(folder):
            raise UsageError(f"{folder} holds no {GRADEBOOK}: it was not made by `hw11 grade`")
        return cls(folder)

    @contextmanager
    def alone(self, command: str) -> Iterator[None]:
        """Be the only one who grades this class; what a run that was killed left half written is cleared away.

        Raises:
            UsageError: another program grades it; it is named.
        """
        where = self.path
        held = alone_in(self._folder, command) if isinstance(where, Path) else alone_at(self._engine, where, command)
        with held:
            clear_leftovers(self._folder)
            yield

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
        found = self._entries(_records.c.id.in_(newest))
        return {one.record.submission: (one.record, one.fingerprint) for one in found}

    def fingerprints(self) -> dict[tuple[str, int], str]:
        """What the latest record of every (submission, attempt) depends on, unless a fault of ours left it open."""
        whose = (_records.c.submission, _records.c.attempt)
        newest = sa.select(sa.func.max(_records.c.id)).group_by(*whose)
        open_ones = f'%"verdict":"{Verdict.HARNESS_ERROR}"%'
        query = sa.select(*whose, _records.c.fingerprint).where(
            _records.c.id.in_(newest), _records.c.record.not_like(open_ones)
        )
        with as_store_error(self.path), self._engine.connect() as connection:
            return {(row.submission, row.attempt): row.fingerprint for row in connection.execute(query)}

    def attempts(self) -> list[GradeRecord]:
        """The latest record of every attempt of every submission, by submission and attempt."""
        newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission, _records.c.attempt)
        return [one.record for one in self._entries(_records.c.id.in_(newest))]

    def history(self, submission: str) -> list[Entry]:
        """Every record of one submission, oldest first."""
        return sorted(self._entries(_records.c.submission == submission), key=lambda one: one.id)

    def _entries(self, which: sa.ColumnElement[bool]) -> list[Entry]:
        """Rows by submission and attempt; sorted here, since databases differ in how they sort text."""
        with as_store_error(self.path), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_records).where(which)).all()
        return [_entry(row, self.path) for row in sorted(rows, key=lambda row: (row.submission, row.attempt, row.id))]

    def add_override(self, override: Override) -> None:
        """Add a person's decision."""
        with as_store_error(self.path), self._engine.begin() as connection:
            _insert_overrides(connection, [override])

    def overrides(self) -> list[Override]:
        """Every decision of a person, oldest first."""
        query = sa.select(*(c for c in _overrides.c if c.name != "id")).order_by(_overrides.c.id)
        with as_store_error(self.path), self._engine.connect() as connection:
            return [Override(**row._mapping) for row in connection.execute(query)]

    def forget(self, submission: str) -> int:
        """Delete every row about a submission for good; see `grader.store.forget`. Returns how many there were."""
        return forget(self._engine, self.path, submission)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _insert_overrides(connection: sa.Connection, decisions: Sequence[Override]) -> None:
    rows = [{**vars(one), "made_at": one.made_at or now()} for one in decisions]
    connection.execute(sa.insert(_overrides), rows)


def _entry(row: sa.Row[Any], where: Path | str) -> Entry:
    try:
        record = GradeRecord.model_validate_json(row.record)
    except ValidationError as error:
        raise StoreError(
            f"{where}: record {row.id} of {row.submission} cannot be read: it is damaged, or a newer program wrote it "
            f"— update hw11, or grade {row.submission} again with --fresh ({error.error_count()} faults)"
        ) from error
    return Entry(row.id, record, row.fingerprint, row.made_at)
