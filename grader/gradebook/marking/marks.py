"""Marks that people gave to entries, one by one, in groups, and in a second round. Append-only; the latest counts.

Owns marks and the queries on them. A first mark is saved together with its override (`Marking.commit`); a second one
counts for agreement alone. Computing a score belongs to `grader.review`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sqlalchemy as sa

from grader.gradebook.engine import Tables
from grader.gradebook.marking.leases import Round
from grader.gradebook.pending import LOTS, entries
from grader.gradebook.schema import Digest, Key, Moment, Name, table
from grader.grouping import by_key

Via = Literal["one", "group", "table", "card", "undo", "rubric", "again"]
"""How a mark was made: one by one, for a group, in a table, for all that waits of a student, by undoing, by a change of
the rubric, or taken back to be marked again."""


@dataclass(frozen=True)
class Mark:
    """One person's mark on one entry.

    `items` are references of the rubric items that are earned; `awarded` are points given without a rubric. `score`
    is None if the mark was taken back. `version` is the rubric's, `digest` that of the answer or files. Marks of
    one group, or of one rubric change, have the same `batch`.
    """

    key: Key
    check_id: Name
    marker: Name
    score: float | None
    digest: Digest
    round: Round = "first"
    items: tuple[int, ...] = ()
    awarded: float | None = None
    adjustment: float = 0.0
    reason: str = ""
    comment: str = ""
    version: int = 0
    via: Via = "one"
    batch: Key = ""
    made_at: Moment = ""
    id: int = 0


marks = table("desk_marks", Mark, index=["key", "check_id", "batch"])


@dataclass(frozen=True)
class TableMark:
    """One person's mark on one entry as a table gives it.

    `items` are positions in the rubric, from 1; None where points alone are given. `says` is the comment.
    """

    key: str
    submission: str
    check_id: str
    score: float
    author: str
    reason: str
    says: str
    digest: str
    items: tuple[int, ...] | None = None


class Given(NamedTuple):
    """The points of one mark, without its texts: small enough to read those of a whole class."""

    id: int
    key: str
    check_id: str
    marker: str
    score: float


class Batch(NamedTuple):
    """Marks that were made together: how many (`number`), by whom, and when the last of them.

    `check_id` is the check that they are about, the first of them where they are about `checks` of them.
    """

    batch: str
    check_id: str
    checks: int
    marker: str
    via: Via
    number: int
    made_at: str


class Marks(Tables):
    """The marks in one gradebook."""

    def of(self, key: str) -> list[Mark]:
        """Every mark of an entry, oldest first."""
        return self._where(marks.c.key == key)

    def latest(self, key: str, round_: Round = "first", marker: str | None = None) -> Mark | None:
        """The mark of an entry that counts (of one marker, if named); None if there is none."""
        mine = [mark for mark in self.of(key) if mark.round == round_ and marker in (None, mark.marker)]
        return mine[-1] if mine else None

    def latest_of_check(self, check_id: str) -> dict[str, Mark]:
        """The latest first mark of every entry of a check, by key."""
        return {mark.key: mark for mark in self._where(marks.c.check_id == check_id, marks.c.round == "first")}

    def firsts_of(self, keys: Collection[str]) -> Mapping[str, Sequence[Mark]]:
        """Every first mark of each of these entries, by key, oldest first."""
        return by_key((mark.key, mark) for mark in self._where(marks.c.key.in_(keys), marks.c.round == "first"))

    def latest_firsts(self) -> dict[str, Mark]:
        """The latest first mark of every entry, by key."""
        return {mark.key: mark for mark in self._where(marks.c.round == "first")}

    def of_batch(self, batch: str) -> list[Mark]:
        """The marks that were made together under this name."""
        return self._where(marks.c.batch == batch)

    def marked_twice(self) -> list[Mark]:
        """Every mark of the entries that were marked a second time, oldest first."""
        twice = sa.select(marks.c.key).where(marks.c.round == "second")
        return self._where(marks.c.key.in_(twice))

    def given(self, after: int) -> list[Given]:
        """The points of first marks made one by one, with a larger id than `after`."""
        c = marks.c
        query = sa.select(c.id, c.key, c.check_id, c.marker, c.score).order_by(c.id)
        query = query.where(c.id > after, c.round == "first", c.via == "one", c.score.is_not(None))
        return [Given(*row) for row in self._book.rows(query)]

    def second_keys(self, check_id: str) -> set[str]:
        """Keys of a check's entries that somebody marked a second time."""
        query = sa.select(marks.c.key).where(marks.c.check_id == check_id, marks.c.round == "second")
        return set(self._book.values(query))

    def second_left(self, marker: str, share: float) -> dict[str, int]:
        """How many entries wait for a second marking by this marker, by check.

        Args:
            marker: who would mark; what they marked first themselves does not wait for them.
            share: which share of the entries is marked a second time, from 0 to 1.
        """
        e = entries.c
        done = sa.select(marks.c.key).where(marks.c.round == "second")
        query = sa.select(e.check_id, sa.func.count()).where(
            e.lot < share * LOTS, e.state == "marked", e.marker.not_in(["", marker]), e.key.not_in(done)
        )
        return {check: number for check, number in self._book.rows(query.group_by(e.check_id))}

    def comments(self, check_id: str) -> list[tuple[str, str, int]]:
        """(comment, marker, number of answers) of a check's marks that were made one by one, most used first."""
        c = marks.c
        number = sa.func.count(sa.distinct(c.key))
        query = sa.select(c.comment, c.marker, number).where(c.check_id == check_id, c.comment != "", c.via == "one")
        query = query.group_by(c.comment, c.marker).order_by(number.desc(), c.comment)
        return [tuple(row) for row in self._book.rows(query)]

    def recent(self, last: int) -> list[Mark]:
        """The last marks of either round, the newest first."""
        query = sa.select(marks.c.id).order_by(marks.c.id.desc()).limit(last)
        return self._where(marks.c.id.in_(query))[::-1]

    def batches(self, last: int = 50) -> list[Batch]:
        """Marks that were made together, the newest first."""
        c = marks.c
        about = (sa.func.min(c.check_id), sa.func.count(sa.distinct(c.check_id)))
        query = sa.select(c.batch, *about, c.marker, c.via, sa.func.count(), sa.func.max(c.made_at))
        query = query.where(c.batch != "").group_by(c.batch, c.marker, c.via)
        query = query.order_by(sa.func.max(c.id).desc()).limit(last)
        return [Batch(*row) for row in self._book.rows(query)]

    def _where(self, *which: sa.ColumnElement[bool]) -> list[Mark]:
        return self._book.stored(Mark, marks, *which)
