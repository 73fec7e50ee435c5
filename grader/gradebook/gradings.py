"""Gradings: how long each submission took, where its files were, and the results that need not be computed again.

Owns the stored entries of the cache. Append-only; of equal keys the newest counts. The content of an entry, and what
its key covers, belong to the modules that compute it. Losing all entries costs time, never points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from grader.cache import Entries
from grader.gradebook.engine import Tables, insert
from grader.gradebook.schema import Digest, Moment, Name, creates, table
from grader.submission.model import SubmissionSource

SHARED = ""
"""Stands for the submission of entries that hold for the whole class: the same answer is decided once."""
EntriesBySubmission = Mapping[str, Entries]
"""Results about submissions by their ids, and those of the whole class under `SHARED`."""


@dataclass(frozen=True)
class _Entry:
    """One result of the cache, about a submission or `SHARED`."""

    submission: Name
    namespace: Name
    key: Digest
    body: bytes


@dataclass(frozen=True)
class _Grading:
    """One grading: how long it took, and where the files were (`found`)."""

    submission: Name
    attempt: int
    seconds: float
    found: str
    made_at: Moment = ""


cache = table("cache", _Entry, index=["submission"])
_gradings = table("gradings", _Grading, index=["submission"])
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
        found = self._book.stored(_Entry, cache, cache.c.submission == submission)
        return {(one.namespace, one.key): bytes(one.body) for one in found}

    def add(self, source: SubmissionSource, seconds: float, computed: EntriesBySubmission) -> None:
        """Add one grading; on disk when this returns.

        Args:
            source: the submission, and where its files are.
            seconds: how long it took.
            computed: new results.
        """
        rows = [_Entry(whose, *at, body) for whose, entries in computed.items() for at, body in entries.items()]
        with self._book.writing() as connection:
            insert(connection, cache, *rows)
            insert(connection, _gradings, _Grading(source.id, source.attempt, seconds, _packed(source)))

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
