"""The gradebook of one class: records, people's decisions over them, and everything else that is kept.

Owns records and overrides, the order of the migrations, and which of several records is the latest. It is append-only:
rows are neither changed nor deleted, and the latest row counts. One process grades at a time (`lock`); people's
decisions may come meanwhile. Other tables belong to the other modules of this folder; how a record is made belongs to
`grader.grading`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from grader.errors import UsageError
from grader.files.atomic import clear_leftovers, write_atomically
from grader.gradebook import (
    gradings,
    holds,
    pending_index,
    problem_snapshots,
    records,
    regrade_requests,
    releases,
)
from grader.gradebook.bound_decisions import bind_decisions
from grader.gradebook.engine import Book, as_gradebook_error, insert_one, migrate, open_engine
from grader.gradebook.forget import forget
from grader.gradebook.heads import Heads, insert_head, make_heads
from grader.gradebook.location import GRADEBOOK, GRADEBOOK_URL, exists, kept_text, place_of, shown
from grader.gradebook.lock import lock_database, lock_folder
from grader.gradebook.marking import leases, queue, tables
from grader.gradebook.pending import index_waiting
from grader.gradebook.records import Kept, Override, Row, kept
from grader.gradebook.schema import Migration, creates, drops
from grader.records import GradeRecord, Verdict

_records, _overrides = records.records, records.overrides

_MIGRATIONS: tuple[Migration, ...] = (
    creates("records", "overrides"),
    creates("requests", "request_answers"),
    creates("releases", "released_results"),
    creates("desk_entries", "desk_indexed"),
    creates("desk_leases"),
    creates("desk_marks", "desk_drafts", "desk_rubrics", "desk_events"),
    creates("gradings"),
    creates("problem_versions"),
    creates(),  # added tables of findings and decisions, which the next step moves and drops
    gradings.move_to_cache,
    drops("desk_sessions"),  # sessions are signed cookies now
    bind_decisions,
    make_heads,
    releases.bind_releases,
    creates("holds", "desk_shares"),
    index_waiting,
    releases.mark_undone,
)
"""Step i takes a gradebook from schema version i to i + 1. Never change a released step, as gradebooks have run it."""


class Gradebook:
    """The gradebook of one class. Use as a context manager.

    Args:
        folder: the output folder of the class. The gradebook is a SQLite file in it, or the PostgreSQL database whose
            address is in its file `gradebook.url`.
        url: the PostgreSQL database for a new gradebook; one database holds one class.

    Raises:
        GradebookError: it cannot be opened, is newer than this program, or cannot be written.
        UsageError: the address cannot be used, or the folder's gradebook lies elsewhere.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        place = place_of(folder, url)
        self.path: Path | str = place if isinstance(place, Path) else shown(place)
        with as_gradebook_error(self.path), ExitStack() as if_it_fails:
            self._book = Book(open_engine(place), self.path)
            if_it_fails.callback(self.close)
            migrate(self._book.engine, _MIGRATIONS, str(self.path))
            if_it_fails.pop_all()
        if not isinstance(place, Path) and not (folder / GRADEBOOK_URL).is_file():
            write_atomically(folder / GRADEBOOK_URL, kept_text(place))
        self.heads = Heads(self._book)
        self.index = pending_index.PendingIndex(self._book)
        self.queue = queue.Queue(self._book)
        self.leases = leases.Leases(self._book)
        self.marking = tables.MarkingTables(self._book)
        self.gradings = gradings.Gradings(self._book)
        self.problems = problem_snapshots.Problems(self._book)
        self.requests = regrade_requests.Requests(self._book)
        self.releases = releases.Releases(self._book)
        self.holds = holds.Holds(self._book)

    @classmethod
    def existing(cls, folder: Path) -> Gradebook:
        """The gradebook of a class that was graded into a folder.

        Raises:
            UsageError: there is none.
        """
        if not exists(folder):
            raise UsageError(f"{folder} holds no {GRADEBOOK}: it was not made by `hw11 grade`")
        return cls(folder)

    @contextmanager
    def lock(self, command: str) -> Iterator[None]:
        """Hold the lock for grading this class, and remove the temporary files of runs that were killed.

        Args:
            command: who holds it, for the message that other programs get.

        Raises:
            UsageError: another program holds the lock; it is named.
        """
        in_file = isinstance(self.path, Path)
        with lock_folder(self.folder, command) if in_file else lock_database(self._book, command):
            clear_leftovers(self.folder)
            yield

    def append(self, record: GradeRecord, fingerprint: str) -> None:
        """Add one record; on disk when this returns."""
        row = Row(record.submission, record.attempt, fingerprint, record.model_dump_json(by_alias=True))
        with self._book.writing() as connection:
            insert_head(connection, insert_one(connection, _records, row), vars(record))

    def records(self) -> dict[str, tuple[GradeRecord, str]]:
        """The latest record of every submission with its fingerprint, by submission id, sorted."""
        newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission)
        found = self._kept(_records.c.id.in_(newest))
        return {one.record.submission: (one.record, one.fingerprint) for one in found}

    def graded_at(self) -> dict[str, str]:
        """When the latest record of every submission was made, by submission id."""
        newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission)
        query = sa.select(_records.c.submission, _records.c.made_at).where(_records.c.id.in_(newest))
        return {row.submission: row.made_at for row in self._book.rows(query)}

    def fingerprints(self) -> dict[tuple[str, int], str]:
        """The fingerprint of the latest record by (submission, attempt), without records that hold a fault of ours."""
        whose = (_records.c.submission, _records.c.attempt)
        newest = sa.select(sa.func.max(_records.c.id)).group_by(*whose)
        open_ones = f'%"verdict":"{Verdict.HARNESS_ERROR}"%'
        query = sa.select(*whose, _records.c.fingerprint).where(
            _records.c.id.in_(newest), _records.c.record.not_like(open_ones)
        )
        return {(row.submission, row.attempt): row.fingerprint for row in self._book.rows(query)}

    def attempts(self) -> list[GradeRecord]:
        """The latest record of every attempt of every submission, by submission and attempt."""
        newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission, _records.c.attempt)
        return [one.record for one in self._kept(_records.c.id.in_(newest))]

    def numbered(self, numbers: Collection[int]) -> list[GradeRecord]:
        """The records with these numbers (`Head.record`), by submission and attempt."""
        return [one.record for one in self._kept(_records.c.id.in_(numbers))]

    def history(self, submission: str) -> list[Kept]:
        """Every record of one submission, oldest first."""
        return sorted(self._kept(_records.c.submission == submission), key=lambda one: one.id)

    def earlier_work(self, record: GradeRecord) -> GradeRecord | None:
        """The newest record of what the same student handed in before; None if it was always these files."""
        number = self.heads.with_other_files(record)
        return None if number is None else self._kept(_records.c.id == number)[0].record

    def record(self, submission: str, attempt: int) -> GradeRecord | None:
        """The latest record of one attempt of a submission; None if there is none."""
        kept = self._kept(sa.and_(_records.c.submission == submission, _records.c.attempt == attempt))
        return kept[-1].record if kept else None

    def _kept(self, which: sa.ColumnElement[bool]) -> list[Kept]:
        """Records by submission and attempt; sorted in Python, since databases differ in how they sort text."""
        rows = self._book.rows(sa.select(_records).where(which))
        rows = sorted(rows, key=lambda row: (row.submission, row.attempt, row.id))
        return [kept(row, self.path) for row in rows]

    def overrides(self, submissions: Collection[str] | None = None) -> list[Override]:
        """Every decision of a person (about some submissions, if these are given), oldest first."""
        which = () if submissions is None else (_overrides.c.submission.in_(submissions),)
        return self._book.stored(Override, _overrides, *which)

    def forget(self, submission: str) -> int:
        """Delete every row about a submission for good; see `grader.gradebook.forget`. Returns how many there were."""
        return forget(self._book, submission)

    def close(self) -> None:
        """Close every connection."""
        self._book.engine.dispose()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
