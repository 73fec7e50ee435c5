"""Heads of records: whose a submission is, when and with which files it was handed in.

Owns a small table beside the large one of records, so that finding a student, or looking over a whole class, reads no
record. It is made from records alone; which attempt counts belongs to `grader.results`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.records import records
from grader.gradebook.schema import Digest, Name, creates, table
from grader.records import GradeRecord, Notice


@dataclass(frozen=True)
class Head:
    """What a record says of an attempt as it was handed in. `record` is the number of the record."""

    record: int
    submission: Name
    attempt: int
    student: Mapping[str, str]
    submitted_at: str | None
    files_sha256: Digest
    notices: tuple[Notice, ...]


heads = table("record_heads", Head, keys=["record"], index=["submission"])


def insert_head(connection: sa.Connection, number: int, record: Mapping[str, Any]) -> None:
    """Keep the head of a record with these facts, inside the transaction that keeps the record."""
    known = {"attempt": 1, "student": {}, "submitted_at": None, "notices": (), **record, "record": number}
    insert(connection, heads, Head(**{one.name: known[one.name] for one in fields(Head)}))


def make_heads(connection: sa.Connection) -> None:
    """The migration step that makes the table, and a head for every record that there is."""
    creates(heads.name)(connection)
    connection.execute(sa.delete(heads))
    for number in connection.scalars(sa.select(records.c.id)).all():  # one at a time: together they may not fit
        text = connection.scalar(sa.select(records.c.record).where(records.c.id == number))
        insert_head(connection, number, json.loads(text or "{}"))


class Heads(Tables):
    """The heads in one gradebook."""

    def latest(self) -> list[Head]:
        """The head of the latest record of every attempt of every submission, by submission and attempt."""
        newest = sa.select(sa.func.max(heads.c.record)).group_by(heads.c.submission, heads.c.attempt)
        found = self._book.stored(Head, heads, heads.c.record.in_(newest))
        return sorted(found, key=lambda head: (head.submission, head.attempt))

    def has(self, submission: str) -> bool:
        """Whether there is a record of a submission."""
        query = sa.select(heads.c.record).where(heads.c.submission == submission).limit(1)
        return self._book.value(query) is not None

    def with_other_files(self, record: GradeRecord) -> int | None:
        """The number of the newest record of what the same submission held before; None if it was always this."""
        c = heads.c
        mine = (c.submission == record.submission, c.attempt <= record.attempt)
        query = sa.select(c.record).where(*mine, c.files_sha256 != record.files_sha256)
        query = query.order_by(c.attempt.desc(), c.record.desc()).limit(1)
        return self._book.value(query)
