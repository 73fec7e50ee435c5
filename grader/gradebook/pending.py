"""Entries of the marking queue: one per check that waits for a person's decision.

Owns what an entry is, how it is made from a record, and its row. It holds what a page shows, so that no page has to
read a record. Which entries there are belongs to `pending_index`, queries to `marking.queue`, people's decisions to
`marking.marks`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sqlalchemy as sa

from grader.gradebook.records import made_on
from grader.gradebook.schema import Digest, Key, Name, metadata, table
from grader.records import CheckRecord, GradeRecord, Verdict

State = Literal["open", "marked"]
LOTS = 10_000
"""Every entry has a lot below this number: those with the lowest are the share that is marked a second time."""

OPENED = "a person gave credit for what this depends on, so it waits for a person too"
"""The message of a check that the grader blocked and a person's decision on an earlier check unblocked."""
CHANGED = "a person decided this on what was handed in before; it has changed since, so a person decides it again"
"""The message of a check whose last decision by a person was made on another answer or on other files."""


@dataclass(frozen=True)
class Entry:
    """One check of one submission that waits, or waited, for a person.

    `key` identifies it everywhere without telling who wrote it; entries are marked in the order of their keys.
    `digest` is that of the answer or files, by which a mark on earlier ones is recognised.
    """

    key: Key
    submission: Name
    attempt: int
    check_id: Name
    part: Name
    kind: Name
    verdict: Verdict
    max_score: float
    answer: str | None
    reading: str | None
    message: str
    details: tuple[tuple[str, str], ...]
    staff: str
    student: Mapping[str, str]
    digest: Digest
    lot: int
    state: State = "open"
    marker: Name = ""
    score: float | None = None
    flagged: bool = False


_waiting = sa.Index("desk_entries_waiting", "state", "verdict", "check_id", "submission")
entries = table(
    "desk_entries",
    Entry,
    sa.Index("desk_entries_next", "check_id", "state", "key"),
    sa.Index("desk_entries_counts", "check_id", "state", "flagged", "verdict", "part"),
    _waiting,
    sa.Index("desk_entries_markers", "marker", "state", "part"),
    sa.Index("desk_entries_lots", "state", "lot", "check_id", "marker", "key"),
    sa.Index("desk_entries_flagged", "flagged", "check_id", "key"),
    keys=["key"],
    index=["submission"],
)
indexed = sa.Table("desk_indexed", metadata, sa.Column("record", sa.Integer, nullable=False))
"""One row: the id of the last record that entries were made from. Without it, all entries are made again."""


def index_waiting(connection: sa.Connection) -> None:
    """The migration step that lets what waits be listed from an index alone."""
    _waiting.create(connection, checkfirst=True)


def entry_key(check_id: str, submission: str) -> str:
    """The key of an entry: 16 hexadecimal digits of a hash, so that every check has its own order of submissions."""
    return hashlib.sha256(f"{check_id}\0{submission}".encode()).hexdigest()[:16]


def undecided(record: GradeRecord) -> dict[str, str]:
    """The checks that nobody has decided, by id; `entries_of` makes their entries."""
    return {check.id: "" for check in record.checks if not check.verdict.decided}


def entries_of(record: GradeRecord, waits: Mapping[str, str]) -> Iterator[Entry]:
    """The entries of some checks of a record.

    Args:
        record: the record as the grader made it.
        waits: the checks by id, each with the reason why it waits although the grader decided it, if there is one.
    """
    for part in record.parts:
        for check in part.checks:
            if reason := waits.get(check.id):
                waiting = {"verdict": Verdict.UNDECIDED, "score": None, "message": reason}
                yield _entry(record, part.id, check.model_copy(update=waiting))
            elif check.id in waits:
                yield _entry(record, part.id, check)


_OF_CHECK = ("kind", "verdict", "max_score", "answer", "reading", "message", "details", "staff", "score")
"""What an entry says as its check does."""


def _entry(record: GradeRecord, part: str, check: CheckRecord) -> Entry:
    key = entry_key(check.id, record.submission)
    return Entry(
        key=key,
        submission=record.submission,
        attempt=record.attempt,
        check_id=check.id,
        part=part,
        student=record.student,
        digest=made_on(record, check),
        lot=int(hashlib.sha256(f"second\0{key}".encode()).hexdigest()[:8], 16) % LOTS,
        state="marked" if check.verdict.decided else "open",
        **{name: getattr(check, name) for name in _OF_CHECK},
    )


class Standing(NamedTuple):
    """The state of the entry with a key, as the latest decision about it leaves it."""

    key: str
    state: State
    marker: str
    score: float | None


def set_states(connection: sa.Connection, standings: Sequence[Standing]) -> None:
    """Set the state of entries, all in one statement, inside the transaction that saves the decisions."""
    rows = [{"of": key, "state": state, "marker": marker, "score": score} for key, state, marker, score in standings]
    if rows:
        connection.execute(sa.update(entries).where(entries.c.key == sa.bindparam("of")), rows)
