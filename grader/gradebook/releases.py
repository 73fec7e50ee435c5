"""Releases of results to students. Append-only.

Owns which results were released when, so that a later release can say whose changed. Rendering belongs to
`grader.results.publish`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Book, now
from grader.gradebook.schema import metadata

_releases = sa.Table(
    "releases",
    metadata,
    columns.number(),
    columns.name("author"),
    columns.moment(),
)
_results = sa.Table(
    "released_results",
    metadata,
    columns.number(),
    sa.Column("release", sa.Integer, nullable=False, index=True),
    columns.name("submission"),
    columns.points("score"),
    columns.points("open_points"),
    columns.digest("digest"),
)


@dataclass(frozen=True)
class Result:
    """The released result of one student: points, points not decided, and a digest of what the report says."""

    submission: str
    score: float
    open_points: float
    digest: str


@dataclass(frozen=True)
class Release:
    """One release: who made it, when, and its results by submission id."""

    id: int
    author: str
    made_at: str
    results: dict[str, Result]


class Releases:
    """The releases of one gradebook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def add(self, results: Iterable[Result], author: str) -> None:
        """Save a release of these results."""
        with self._book.writing() as connection:
            made = sa.insert(_releases).values(author=author, made_at=now()).returning(_releases.c.id)
            release = connection.execute(made).scalar_one()
            rows = [{**vars(result), "release": release} for result in results]
            if rows:
                connection.execute(sa.insert(_results), rows)

    def latest(self) -> Release | None:
        """The last release; None before the first."""
        return self._from_last(0)

    def before_latest(self) -> Release | None:
        """The release before the last; None if there were not two."""
        return self._from_last(1)

    def _from_last(self, place: int) -> Release | None:
        query = sa.select(_releases).order_by(_releases.c.id.desc()).limit(1).offset(place)
        with self._book.reading() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            rows = connection.execute(sa.select(_results).where(_results.c.release == row.id)).all()
        results = {one.submission: Result(one.submission, one.score, one.open_points, one.digest) for one in rows}
        return Release(row.id, row.author, row.made_at, results)

    def released(self) -> frozenset[str]:
        """The submissions whose results are released: their reports are written with hidden outcomes from then on."""
        latest = self.latest()
        return frozenset(latest.results) if latest else frozenset()
