"""What was handed out, when, and to whom. Append-only.

Owns the memory of releases, so that a repeated one can say whose result changed. Renders nothing.
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
    """What one student was told: points, points still open, and a digest of all that stands in the report."""

    submission: str
    score: float
    open_points: float
    digest: str


@dataclass(frozen=True)
class Release:
    """One time at which results were handed out, by submission id."""

    id: int
    author: str
    made_at: str
    results: dict[str, Result]


class Releases:
    """The releases of one gradebook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def add(self, results: Iterable[Result], author: str) -> None:
        """Keep that these results were handed out together."""
        with self._book.writing() as connection:
            made = sa.insert(_releases).values(author=author, made_at=now()).returning(_releases.c.id)
            release = connection.execute(made).scalar_one()
            rows = [{**vars(result), "release": release} for result in results]
            if rows:
                connection.execute(sa.insert(_results), rows)

    def latest(self) -> Release | None:
        """The last release; None before the first."""
        with self._book.reading() as connection:
            row = connection.execute(sa.select(_releases).order_by(_releases.c.id.desc()).limit(1)).first()
            if row is None:
                return None
            told = connection.execute(sa.select(_results).where(_results.c.release == row.id)).all()
        results = {one.submission: Result(one.submission, one.score, one.open_points, one.digest) for one in told}
        return Release(row.id, row.author, row.made_at, results)

    def told(self) -> frozenset[str]:
        """The submissions whose results are out: what is written for them from now on is a released page."""
        latest = self.latest()
        return frozenset(latest.results) if latest else frozenset()
