"""Markers' sessions, kept so that they survive a restart of the server.

Owns whose each session cookie is and when it expires; only the cookie's digest is kept. Opening sessions belongs to
`grader.review.auth`.
"""

from __future__ import annotations

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Book

_metadata = sa.MetaData()
_sessions = sa.Table(
    "desk_sessions",
    _metadata,
    columns.digest("digest", primary_key=True),
    columns.name("marker"),
    sa.Column("expires", sa.Float, nullable=False),
)


def create(connection: sa.Connection) -> None:
    """The migration step that creates the table."""
    _metadata.create_all(connection)


class Sessions:
    """The sessions in one gradebook. Times are seconds since the epoch.

    Raises:
        GradebookError: the gradebook cannot be read or written.
    """

    def __init__(self, book: Book) -> None:
        self._book = book

    def add(self, digest: str, marker: str, expires: float) -> None:
        """Save a session by the digest of its cookie."""
        row = {"digest": digest, "marker": marker, "expires": expires}
        with self._book.writing() as connection:
            connection.execute(sa.insert(_sessions), row)

    def marker(self, digest: str, at: float) -> str | None:
        """The marker whose session this is; None if there is no such session or it has expired."""
        c = _sessions.c
        with self._book.reading() as connection:
            return connection.scalar(sa.select(c.marker).where(c.digest == digest, c.expires > at))
