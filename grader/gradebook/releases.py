"""Releases of results to students. Append-only.

Owns which results were released when, so that a later release can say whose changed, and a report shows what was
released and nothing else. Rendering belongs to `grader.results.publish`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert, insert_one
from grader.gradebook.heads import heads
from grader.gradebook.records import records
from grader.gradebook.schema import Digest, Moment, Name, add_column, table
from grader.grouping import by_key
from grader.records import EVERY_PART, GradeRecord


@dataclass(frozen=True)
class Result:
    """The released result of one student: points, points not decided, and a digest of what the report says.

    `parts` are the parts that are released, all of them if it is empty; the numbers are those of these parts.
    `files_sha256` is that of the files whose result it is: for any others nothing is released.
    """

    submission: Name
    score: float
    open_points: float
    digest: Digest
    files_sha256: Digest
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Made:
    """One release. `goes_back_to` is the release that stands again where one was taken back; 0 if nothing is then."""

    author: Name
    goes_back_to: int | None
    made_at: Moment = ""


_releases = table("releases", _Made)
_of_release = sa.Column("release", sa.Integer, nullable=False, index=True)
_results = table("released_results", Result, _of_release)


@dataclass(frozen=True)
class Release:
    """One release: who made it, when, and its results by submission id. Nothing is released by one without results.

    `stands` is the release whose results these are: an earlier one where a later one was taken back, 0 if none.
    """

    id: int = 0
    author: str = ""
    made_at: str = ""
    results: Mapping[str, Result] = field(default_factory=dict)
    stands: int = 0

    def parts_of(self, record: GradeRecord) -> Container[str]:
        """The parts of a record that its student may read: none if other files were released than those graded."""
        result = self.results.get(record.submission)
        if result is None or result.files_sha256 != record.files_sha256:
            return ()
        return result.parts or EVERY_PART

    def says(self, record: GradeRecord) -> str:
        """What is released of a record, in a few words."""
        result = self.results.get(record.submission)
        if result is None:
            return "not released"
        if result.files_sha256 != record.files_sha256:
            return "not what was released: other files were handed in since"
        return f"released: {', '.join(result.parts)}" if result.parts else "released"


class Releases(Tables):
    """The releases of one gradebook."""

    def add(self, results: Iterable[Result], author: str, *, goes_back_to: int | None = None) -> None:
        """Save a release of these results; one that takes another back says which release stands again."""
        with self._book.writing() as connection:
            release = insert_one(connection, _releases, _Made(author, goes_back_to))
            insert(connection, _results, *results, release=release)

    def latest(self) -> Release:
        """The last release, whose results are those that students may read; an empty one before the first."""
        return self._last(sa.true())

    def before(self, release: Release) -> Release:
        """What was released before the release whose results stand; nothing if that was the first."""
        return self._last(_releases.c.id < release.stands)

    def _last(self, which: sa.ColumnElement[bool]) -> Release:
        query = sa.select(_releases).where(which).order_by(_releases.c.id.desc()).limit(1)
        found = self._book.rows(query)
        if not found:
            return Release()
        (row,) = found
        results = self._book.stored(Result, _results, _results.c.release == row.id)
        stands = row.id if row.goes_back_to is None else row.goes_back_to
        return Release(row.id, row.author, row.made_at, {one.submission: one for one in results}, stands)


def mark_undone(connection: sa.Connection) -> None:
    """The migration step after which a release says whether it took another one back."""
    add_column(connection, _releases, "goes_back_to INTEGER")


def bind_releases(connection: sa.Connection) -> None:
    """The migration step that binds released results to the files they were about: those graded last before them."""
    add_column(connection, _results, "parts TEXT NOT NULL DEFAULT '[]'")
    add_column(connection, _results, "files_sha256 VARCHAR(64) NOT NULL DEFAULT ''")
    made = dict(connection.execute(sa.select(_releases.c.id, _releases.c.made_at)).all())
    query = sa.select(heads.c.submission, heads.c.files_sha256, records.c.made_at).join(
        records, records.c.id == heads.c.record
    )
    rows = connection.execute(query.order_by(heads.c.record))
    held = by_key((submission, (made_at, files)) for submission, files, made_at in rows)
    for row in connection.execute(sa.select(_results.c.id, _results.c.release, _results.c.submission)).all():
        before = [files for at, files in held[row.submission] if at <= made[row.release]]
        if before:
            connection.execute(sa.update(_results).where(_results.c.id == row.id).values(files_sha256=before[-1]))
