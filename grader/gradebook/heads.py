"""Heads of records: whose a submission is, when and with which files it was handed in.

Owns a small table beside the large one of records, so that finding a student, or looking over a whole class, reads no
record. It is made from records alone; which attempt counts belongs to `grader.results`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables
from grader.gradebook.records import records
from grader.gradebook.schema import creates, metadata
from grader.records import GradeRecord, Notice

heads = sa.Table(
    "record_heads",
    metadata,
    sa.Column("record", sa.Integer, primary_key=True, autoincrement=False),
    columns.name("submission", index=True),
    columns.attempt(),
    columns.text("student"),
    columns.text("submitted_at", nullable=True),
    columns.digest("files_sha256"),
    columns.text("notices"),
)


@dataclass(frozen=True)
class Head:
    """What a record says of an attempt as it was handed in. `record` is the number of the record."""

    record: int
    submission: str
    attempt: int
    student: Mapping[str, str]
    submitted_at: str | None
    files_sha256: str
    notices: tuple[Notice, ...]


def insert_head(connection: sa.Connection, number: int, record: GradeRecord) -> None:
    """Keep the head of a record, inside the transaction that keeps the record."""
    notices = [notice.model_dump() for notice in record.notices]
    connection.execute(sa.insert(heads), _row(number, {**vars(record), "notices": notices}))


def make_heads(connection: sa.Connection) -> None:
    """The migration step that makes the table, and a head for every record that there is."""
    creates(heads.name)(connection)
    connection.execute(sa.delete(heads))
    for number in connection.scalars(sa.select(records.c.id)).all():  # one at a time: together they may not fit
        text = connection.scalar(sa.select(records.c.record).where(records.c.id == number))
        connection.execute(sa.insert(heads), _row(number, json.loads(text or "{}")))


def _row(number: int, record: Mapping[str, object]) -> dict[str, object]:
    as_text = {name: json.dumps(record.get(name) or empty) for name, empty in (("student", {}), ("notices", []))}
    same = {name: record.get(name) for name in ("submission", "submitted_at", "files_sha256")}
    return {"record": number, "attempt": record.get("attempt", 1), **same, **as_text}


class Heads(Tables):
    """The heads in one gradebook."""

    def latest(self) -> list[Head]:
        """The head of the latest record of every attempt of every submission, by submission and attempt."""
        newest = sa.select(sa.func.max(heads.c.record)).group_by(heads.c.submission, heads.c.attempt)
        rows = self._book.rows(sa.select(heads).where(heads.c.record.in_(newest)))
        return sorted(map(_head, rows), key=lambda head: (head.submission, head.attempt))

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


def _head(row: sa.Row[Any]) -> Head:
    facts = dict(row._mapping)
    return Head(**{**facts, "student": _student(facts["student"]), "notices": _notices(facts["notices"])})


@lru_cache(maxsize=20_000)
def _student(text: str) -> Mapping[str, str]:
    """What is known of a student. A desk looks at the whole class again and again, and what is written is the same."""
    return MappingProxyType(json.loads(text))


@lru_cache(maxsize=1_000)
def _notices(text: str) -> tuple[Notice, ...]:
    return tuple(Notice(**one) for one in json.loads(text))
