"""What student code showed and what was decided about it, kept so that nothing is done twice. Append-only.

Owns observations, judged parts and findings by what they depend on, decisions about typed answers, how long each
submission took, and where it was found. What stands in the bytes, and what a key covers, belongs to those who make
them. Losing all of it costs time, never a mark.
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
"""About answers, whoever typed them: the same answer to the same question is decided once in a class."""
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
    """The migration step that makes those tables that are not there."""
    _metadata.create_all(connection)


@dataclass(frozen=True)
class Known:
    """What earlier gradings of one submission learnt: observations of turns, judged parts, findings, each by key."""

    observations: Mapping[str, bytes] = field(default_factory=dict)
    parts: Mapping[str, bytes] = field(default_factory=dict)
    findings: Mapping[str, bytes] = field(default_factory=dict)


class Observations:
    """What one gradebook remembers."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def recall(self, found: SubmissionSource) -> Known:
        """Whatever is known of a submission; of equal keys, the newest."""
        with self._book.reading() as connection:
            return Known(
                *(
                    {
                        row.key: bytes(row.body)
                        for row in connection.execute(
                            sa.select(table.c.key, table.c.body)
                            .where(table.c.submission == found.id)
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

    def keep(self, found: SubmissionSource, learnt: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Add what grading a submission taught, and how many seconds it took; on disk when this returns.

        Args:
            found: the submission.
            learnt: about this submission.
            decided: about answers, whoever typed them.
            seconds: how long it took.
        """
        with self._book.writing() as connection:
            for table, bodies in zip(_kept.values(), (learnt.observations, learnt.parts, learnt.findings), strict=True):
                rows = [{"submission": found.id, "key": key, "body": body} for key, body in bodies.items()]
                if rows:
                    connection.execute(sa.insert(table), rows)
            if decided:
                connection.execute(sa.insert(decisions), [{"key": key, "body": body} for key, body in decided.items()])
            row = {"submission": found.id, "attempt": found.attempt, "seconds": seconds, "made_at": now()}
            connection.execute(sa.insert(_gradings), {**row, "found": _packed(found)})

    def seconds(self) -> dict[str, float]:
        """How long grading took where student code ran: the longest time of each submission."""
        longest = sa.select(_gradings.c.submission, sa.func.max(_gradings.c.seconds)).group_by(_gradings.c.submission)
        with self._book.reading() as connection:
            return {submission: seconds for submission, seconds in connection.execute(longest)}

    def sources(self) -> list[SubmissionSource]:
        """Where every submission that was graded lay when that was last done, by submission and attempt."""
        newest = sa.select(sa.func.max(_gradings.c.id)).group_by(_gradings.c.submission, _gradings.c.attempt)
        order = (_gradings.c.submission, _gradings.c.attempt)
        query = sa.select(_gradings.c.found).where(_gradings.c.id.in_(newest)).order_by(*order)
        with self._book.reading() as connection:
            return [_unpacked(text) for text in connection.scalars(query)]


def _packed(found: SubmissionSource) -> str:
    return json.dumps({**asdict(found), "path": str(found.path.resolve())})


def _unpacked(text: str) -> SubmissionSource:
    told = json.loads(text)
    notices = tuple((where, sentence) for where, sentence in told["notices"])
    return SubmissionSource(**{**told, "path": Path(told["path"]), "notices": notices})
