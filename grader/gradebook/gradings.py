"""Gradings: how long each submission took, where its files were, and the results that need not be computed again.

Owns the stored entries of the cache. Append-only; of equal keys the newest counts. The content of an entry, and what
its key covers, belong to the modules that compute it. Losing all entries costs time, never points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from grader.cache import Entries
from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.schema import creates, metadata
from grader.submission.model import SubmissionSource

SHARED = ""
"""Stands for the submission of entries that hold for the whole class: the same answer is decided once."""
EntriesBySubmission = Mapping[str, Entries]
"""Results about submissions by their ids, and those of the whole class under `SHARED`."""

cache = sa.Table(
    "cache",
    metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.word("namespace"),
    columns.digest("key"),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
_gradings = sa.Table(
    "gradings",
    metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.attempt(),
    sa.Column("seconds", sa.Float, nullable=False),
    columns.text("found"),
    columns.moment(),
)
_ONE_TABLE_EACH = {"observations": "probes", "judged_parts": "parts", "findings": "functions", "decisions": "answers"}
"""Tables that gradebooks had before there was one, and the namespace of what they held."""


def move_to_cache(connection: sa.Connection) -> None:
    """The migration step that creates the table of entries and moves the rows of four older tables into it.

    Keys and bodies stay as they are, so that a class that was graded before is still judged again from them.
    """
    creates(cache.name)(connection)
    for name in set(_ONE_TABLE_EACH) & set(sa.inspect(connection).get_table_names()):
        held = sa.Table(name, sa.MetaData(), autoload_with=connection)
        whose = held.c.submission if "submission" in held.c else sa.literal(SHARED)
        rows = sa.select(whose, sa.literal(_ONE_TABLE_EACH[name]), held.c.key, held.c.body).order_by(held.c.id)
        connection.execute(sa.insert(cache).from_select(["submission", "namespace", "key", "body"], rows))
        held.drop(connection)


class Gradings(Tables):
    """The gradings in one gradebook."""

    def entries(self, submission: str) -> Entries:
        """Stored results about one submission, or those that are `SHARED`."""
        query = sa.select(cache.c.namespace, cache.c.key, cache.c.body).where(cache.c.submission == submission)
        rows = self._book.rows(query.order_by(cache.c.id))
        return {(row.namespace, row.key): bytes(row.body) for row in rows}

    def add(self, source: SubmissionSource, seconds: float, computed: EntriesBySubmission) -> None:
        """Add one grading; on disk when this returns.

        Args:
            source: the submission, and where its files are.
            seconds: how long it took.
            computed: new results.
        """
        rows = [
            {"submission": whose, "namespace": namespace, "key": key, "body": body}
            for whose, entries in computed.items()
            for (namespace, key), body in entries.items()
        ]
        row = {"submission": source.id, "attempt": source.attempt, "seconds": seconds, "made_at": now()}
        with self._book.writing() as connection:
            if rows:
                connection.execute(sa.insert(cache), rows)
            connection.execute(sa.insert(_gradings), {**row, "found": _packed(source)})

    def seconds(self) -> Mapping[str, float]:
        """The longest time that grading each submission took; shorter ones found results in the cache."""
        longest = sa.select(_gradings.c.submission, sa.func.max(_gradings.c.seconds)).group_by(_gradings.c.submission)
        return {submission: seconds for submission, seconds in self._book.rows(longest)}

    def source(self, submission: str, attempt: int) -> SubmissionSource | None:
        """Where the files of one attempt were when it was last graded; None if that is not known."""
        mine = (_gradings.c.submission == submission, _gradings.c.attempt == attempt)
        found = self._book.value(sa.select(_gradings.c.found).where(*mine).order_by(_gradings.c.id.desc()).limit(1))
        return None if found is None else _unpacked(found)

    def sources(self) -> list[SubmissionSource]:
        """Where the files of every submission were when it was last graded, by submission and attempt."""
        newest = sa.select(sa.func.max(_gradings.c.id)).group_by(_gradings.c.submission, _gradings.c.attempt)
        order = (_gradings.c.submission, _gradings.c.attempt)
        query = sa.select(_gradings.c.found).where(_gradings.c.id.in_(newest)).order_by(*order)
        return [_unpacked(text) for text in self._book.values(query)]


def _packed(source: SubmissionSource) -> str:
    return json.dumps({**asdict(source), "path": str(source.path.resolve())})


def _unpacked(text: str) -> SubmissionSource:
    facts = json.loads(text)
    notices = tuple((where, sentence) for where, sentence in facts["notices"])
    return SubmissionSource(**{**facts, "path": Path(facts["path"]), "notices": notices})
