"""Cached results of grading, so that nothing is computed twice. Append-only.

Owns observations, judged parts and findings by the key of what they depend on, decisions about typed answers, how
long each submission took, and where its files were. The content of an entry, and what its key covers, belong to the
modules that make it. Losing all of it costs time, never points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Book, now
from grader.submission.model import SubmissionSource

_metadata = sa.MetaData()
_kept = {
    name: sa.Table(
        name,
        _metadata,
        columns.number(),
        columns.name("submission", index=True),
        columns.digest("key"),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    for name in ("observations", "judged_parts", "findings")
}
decisions = sa.Table(
    "decisions",
    _metadata,
    columns.number(),
    columns.digest("key"),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""Decisions by answer, not by submission: the same answer to the same question is decided once in a class."""
_gradings = sa.Table(
    "gradings",
    _metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.attempt(),
    sa.Column("seconds", sa.Float, nullable=False),
    columns.text("found"),
    columns.moment(),
)


def create(connection: sa.Connection) -> None:
    """The migration step that creates those of the tables that are missing."""
    _metadata.create_all(connection)


@dataclass(frozen=True)
class Known:
    """Cached results of one submission: observations of probe batches, judged parts, findings, each by key."""

    observations: Mapping[str, bytes] = field(default_factory=dict)
    parts: Mapping[str, bytes] = field(default_factory=dict)
    findings: Mapping[str, bytes] = field(default_factory=dict)


class Observations:
    """The cached results in one gradebook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def recall(self, source: SubmissionSource) -> Known:
        """The cached results of a submission; of equal keys, the newest."""
        with self._book.reading() as connection:
            return Known(
                *(
                    {
                        row.key: bytes(row.body)
                        for row in connection.execute(
                            sa.select(table.c.key, table.c.body)
                            .where(table.c.submission == source.id)
                            .order_by(table.c.id)
                        )
                    }
                    for table in _kept.values()
                )
            )

    def decisions(self) -> dict[str, bytes]:
        """Every decision about a typed answer, by its key."""
        with self._book.reading() as connection:
            return {
                row.key: bytes(row.body) for row in connection.execute(sa.select(decisions.c.key, decisions.c.body))
            }

    def keep(self, source: SubmissionSource, new: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Add the new results of grading a submission; on disk when this returns.

        Args:
            source: the submission, and where its files are.
            new: results of this submission.
            decided: decisions about typed answers, by key.
            seconds: how long grading took.
        """
        with self._book.writing() as connection:
            for table, bodies in zip(_kept.values(), (new.observations, new.parts, new.findings), strict=True):
                rows = [{"submission": source.id, "key": key, "body": body} for key, body in bodies.items()]
                if rows:
                    connection.execute(sa.insert(table), rows)
            if decided:
                connection.execute(sa.insert(decisions), [{"key": key, "body": body} for key, body in decided.items()])
            row = {"submission": source.id, "attempt": source.attempt, "seconds": seconds, "made_at": now()}
            connection.execute(sa.insert(_gradings), {**row, "found": _packed(source)})

    def seconds(self) -> dict[str, float]:
        """The longest time that grading each submission took; shorter ones repeated cached results."""
        longest = sa.select(_gradings.c.submission, sa.func.max(_gradings.c.seconds)).group_by(_gradings.c.submission)
        with self._book.reading() as connection:
            return {submission: seconds for submission, seconds in connection.execute(longest)}

    def sources(self) -> list[SubmissionSource]:
        """Where the files of every submission were when it was last graded, by submission and attempt."""
        newest = sa.select(sa.func.max(_gradings.c.id)).group_by(_gradings.c.submission, _gradings.c.attempt)
        order = (_gradings.c.submission, _gradings.c.attempt)
        query = sa.select(_gradings.c.found).where(_gradings.c.id.in_(newest)).order_by(*order)
        with self._book.reading() as connection:
            return [_unpacked(text) for text in connection.scalars(query)]


def _packed(source: SubmissionSource) -> str:
    return json.dumps({**asdict(source), "path": str(source.path.resolve())})


def _unpacked(text: str) -> SubmissionSource:
    facts = json.loads(text)
    notices = tuple((where, sentence) for where, sentence in facts["notices"])
    return SubmissionSource(**{**facts, "path": Path(facts["path"]), "notices": notices})
