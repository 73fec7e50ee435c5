"""What waits for a person: one entry per check that no machine decided, or that is asked for all the same.

Owns what an entry is, how it comes from a record, and its row. Small enough that no page has to read a record. Which
entries there are belongs to the queue, what became of them to marks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.schema import metadata
from grader.records import CheckRecord, GradeRecord, Verdict

State = Literal["open", "marked"]
LOTS = 10_000
"""Every entry has drawn one of so many lots: a share of them is marked a second time."""

OPENED = "a person gave credit for what this stands on, so it waits for a person too"
"""What is said of a check that a machine shut and a person opened."""

entries = sa.Table(
    "desk_entries",
    metadata,
    columns.key(primary_key=True),
    columns.name("submission", index=True),
    columns.attempt(),
    columns.name("check_id"),
    columns.name("part"),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("verdict", sa.String(40), nullable=False),
    columns.points("max_score"),
    columns.text("answer", nullable=True),
    columns.text("reading", nullable=True),
    columns.text("message"),
    columns.text("details"),
    columns.text("staff"),
    columns.text("student"),
    columns.digest("digest"),
    sa.Column("lot", sa.Integer, nullable=False),
    columns.word("state"),
    columns.name("marker"),
    columns.points_if_any("score"),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Index("desk_entries_next", "check_id", "state", "key"),
    sa.Index("desk_entries_counts", "check_id", "state", "flagged", "verdict", "part"),
    sa.Index("desk_entries_markers", "marker", "state", "part"),
    sa.Index("desk_entries_lots", "state", "lot", "check_id", "marker", "key"),
    sa.Index("desk_entries_flagged", "flagged", "check_id", "key"),
)
indexed = sa.Table("desk_indexed", metadata, sa.Column("record", sa.Integer, nullable=False))
"""One row: the last record that entries were made from. Without it, all of them are made again."""


@dataclass(frozen=True)
class Entry:
    """One check of one submission that waits, or waited, for a person.

    `key` names it everywhere and says nothing about who wrote it; keys in order are the order of marking. `digest`
    changes when the answer does.
    """

    key: str
    submission: str
    attempt: int
    check_id: str
    part: str
    kind: str
    verdict: Verdict
    max_score: float
    answer: str | None
    reading: str | None
    message: str
    details: tuple[tuple[str, str], ...]
    staff: str
    student: Mapping[str, str]
    digest: str
    lot: int
    state: State = "open"
    marker: str = ""
    score: float | None = None
    flagged: bool = False


def entry_key(check_id: str, submission: str) -> str:
    """The name of an entry: 16 hexadecimal digits, another order of submissions for every check."""
    return hashlib.sha256(f"{check_id}\0{submission}".encode()).hexdigest()[:16]


def entries_of(record: GradeRecord, asked: Collection[str] = (), opened: Collection[str] = ()) -> Iterator[Entry]:
    """Every check of a record that no machine decided, and others by check id: asked about, or opened by a person."""
    for part in record.parts:
        for check in part.checks:
            if check.id in opened and check.verdict.decided:
                waits = {"verdict": Verdict.UNDECIDED, "score": None, "message": OPENED}
                yield _entry(record, part.id, check.model_copy(update=waits))
            elif not check.verdict.decided or check.id in asked:
                yield _entry(record, part.id, check)


def _entry(record: GradeRecord, part: str, check: CheckRecord) -> Entry:
    key = entry_key(check.id, record.submission)
    return Entry(
        key=key,
        submission=record.submission,
        attempt=record.attempt,
        check_id=check.id,
        part=part,
        kind=check.kind,
        verdict=check.verdict,
        max_score=check.max_score,
        answer=check.answer,
        reading=check.reading,
        message=check.message,
        details=check.details,
        staff=check.staff,
        student=record.student,
        digest=hashlib.sha256((check.answer or check.message).encode("utf-8", "surrogatepass")).hexdigest(),
        lot=int(hashlib.sha256(f"second\0{key}".encode()).hexdigest()[:8], 16) % LOTS,
        state="marked" if check.verdict.decided else "open",
        score=check.score,
    )


def to_row(entry: Entry) -> dict[str, Any]:
    """An entry as its table holds it."""
    row = dict(vars(entry))
    return row | {"details": json.dumps(entry.details), "student": json.dumps(dict(entry.student))}


def from_row(row: sa.Row[Any]) -> Entry:
    """An entry from a whole row of its table."""
    facts = dict(row._mapping)
    facts["details"] = tuple((label, value) for label, value in json.loads(facts["details"]))
    facts["student"] = json.loads(facts["student"])
    facts["verdict"] = Verdict(facts["verdict"])
    return Entry(**facts)


def set_state(connection: sa.Connection, key: str, state: State, marker: str, score: float | None) -> None:
    """Say where an entry stands, inside the transaction that makes it so."""
    values = {"state": state, "marker": marker, "score": score}
    connection.execute(sa.update(entries).where(entries.c.key == key).values(values))
