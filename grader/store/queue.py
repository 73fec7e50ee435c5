"""What waits for a person: an index of the records.

Owns the queue of the marking desk: one entry per check that no machine decided or that a student asked about, small
enough that no page has to read a record. The index is made from the records and the overrides and could be made again
at any time, so its rows are replaced. Decides nothing about a mark.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from grader.record import CheckRecord, GradeRecord, Verdict
from grader.store.engine import as_store_error

State = Literal["open", "marked"]
Place = tuple[str, str]
"""A submission, and the id of a check."""
LOTS = 10_000
"""Every entry has drawn one of so many lots: a share of them is marked a second time."""

OPENED = "a person gave credit for what this stands on, so it waits for a person too"
_AT_ONCE = 500

_metadata = sa.MetaData()
entries = sa.Table(
    "desk_entries",
    _metadata,
    sa.Column("key", sa.String(16), primary_key=True),
    sa.Column("submission", sa.String(200), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("check_id", sa.String(200), nullable=False),
    sa.Column("part", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("verdict", sa.String(40), nullable=False),
    sa.Column("max_score", sa.Float, nullable=False),
    sa.Column("answer", sa.Text, nullable=True),
    sa.Column("reading", sa.Text, nullable=True),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("staff", sa.Text, nullable=False),
    sa.Column("student", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("lot", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("marker", sa.String(200), nullable=False),
    sa.Column("score", sa.Float, nullable=True),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Index("desk_entries_next", "check_id", "state", "key"),
    sa.Index("desk_entries_counts", "check_id", "state", "flagged", "verdict", "part"),
    sa.Index("desk_entries_markers", "marker", "state", "part"),
    sa.Index("desk_entries_lots", "state", "lot", "check_id", "marker", "key"),
    sa.Index("desk_entries_flagged", "flagged", "check_id", "key"),
)
_indexed = sa.Table("desk_indexed", _metadata, sa.Column("record", sa.Integer, nullable=False))
_records = sa.table("records", sa.column("id"), sa.column("submission"), sa.column("record"))
_overrides = sa.table(
    "overrides", *(sa.column(name) for name in ("id", "submission", "attempt", "check_id", "score", "author"))
)


def create(connection: sa.Connection) -> None:
    """The migration step that adds the queue to a gradebook."""
    _metadata.create_all(connection)


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


class Said(NamedTuple):
    """What one entry says, and nothing else of it: for looking at a whole class at once."""

    key: str
    answer: str | None
    reading: str | None


@dataclass(frozen=True)
class Count:
    """How many entries of a check stand alike."""

    check_id: str
    part: str
    verdict: Verdict
    state: State
    flagged: bool
    number: int


def entry_key(check_id: str, submission: str) -> str:
    """The name of an entry: 16 hexadecimal digits, another order of submissions for every check."""
    return hashlib.sha256(f"{check_id}\0{submission}".encode()).hexdigest()[:16]


def normalised(text: str) -> str:
    """The text as far as it counts for being the same answer: width, case, spaces and end marks aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(" .!,;")


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


def set_state(connection: sa.Connection, key: str, state: State, marker: str, score: float | None) -> None:
    """Say where an entry stands, inside the transaction that makes it so."""
    values = {"state": state, "marker": marker, "score": score}
    connection.execute(sa.update(entries).where(entries.c.key == key).values(values))


class Queue:
    """The entries of one gradebook.

    Raises:
        StoreError: the gradebook cannot be read or written.
    """

    def __init__(self, engine: sa.Engine, where: Path | str) -> None:
        self._engine = engine
        self._where = where

    def unread(self) -> int:
        """How many records were made since the index was last brought up to date."""
        with as_store_error(self._where), self._engine.connect() as connection:
            last = connection.scalar(sa.select(_indexed.c.record)) or 0
            return connection.scalar(sa.select(sa.func.count()).where(_records.c.id > last)) or 0

    def index(
        self,
        asked: Collection[Place] = (),
        opened: Collection[Place] = (),
        told: Callable[[int], None] = lambda done: None,
    ) -> int:
        """Read what records were made since, and take in what overrides say; returns how many records were read.

        Args:
            asked: decided checks that should have an entry all the same.
            opened: decided checks that wait for a person, because a person decided what they stand on.
            told: hears after each record how many are done.
        """
        more = {*asked, *opened}
        with as_store_error(self._where), self._engine.begin() as connection:
            last = connection.scalar(sa.select(_indexed.c.record)) or 0
            pairs = sa.select(entries.c.submission, entries.c.check_id)
            known = {tuple(row) for row in connection.execute(pairs)} if more else set()
            anew = {submission for submission, check in more if (submission, check) not in known}
            newest = sa.select(sa.func.max(_records.c.id)).group_by(_records.c.submission)
            news = sa.or_(_records.c.id > last, _records.c.submission.in_(anew))
            query = sa.select(_records).where(news, _records.c.id.in_(newest)).order_by(_records.c.id)
            done = 0
            for done, row in enumerate(connection.execute(query), start=1):
                mine = [
                    {check for submission, check in some if submission == row.submission} for some in (asked, opened)
                ]
                self._replace(connection, GradeRecord.model_validate_json(row.record), *mine)
                last = max(last, row.id)
                told(done)
            connection.execute(sa.delete(_indexed))
            connection.execute(sa.insert(_indexed).values(record=last))
            self._take_in_overrides(connection)
        return done

    @staticmethod
    def _replace(
        connection: sa.Connection, record: GradeRecord, asked: Collection[str], opened: Collection[str]
    ) -> None:
        where = entries.c.submission == record.submission
        flagged = set(connection.scalars(sa.select(entries.c.key).where(where, entries.c.flagged)))
        connection.execute(sa.delete(entries).where(where))
        rows = [_to_row(entry) | {"flagged": entry.key in flagged} for entry in entries_of(record, asked, opened)]
        if rows:
            connection.execute(sa.insert(entries), rows)

    @staticmethod
    def _take_in_overrides(connection: sa.Connection) -> None:
        """Whoever decided a check, here or elsewhere, its entry is marked; taken back, it is open."""
        o = _overrides.c
        newest = sa.select(sa.func.max(o.id)).group_by(o.submission, o.attempt, o.check_id)
        decided = {
            (row.submission, row.attempt, row.check_id): (row.score, row.author)
            for row in connection.execute(sa.select(_overrides).where(o.id.in_(newest)))
        }
        c = entries.c
        columns = (c.key, c.submission, c.attempt, c.check_id, c.state, c.marker, c.score)
        for row in connection.execute(sa.select(*columns)).all() if decided else ():
            if (decision := decided.get((row.submission, row.attempt, row.check_id))) is None:
                continue
            score, author = decision
            state: State = "open" if score is None else "marked"
            if (state, score) != (row.state, row.score) or (score is not None and author != row.marker):
                set_state(connection, row.key, state, author, score)

    def entry(self, key: str) -> Entry | None:
        """One entry by its key."""
        with as_store_error(self._where), self._engine.connect() as connection:
            row = connection.execute(sa.select(entries).where(entries.c.key == key)).first()
        return None if row is None else _from_row(row)

    def entries(self, check_id: str) -> list[Entry]:
        """Every entry of a check, in the order of marking."""
        query = sa.select(entries).where(entries.c.check_id == check_id).order_by(entries.c.key)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def said(self, check_id: str) -> list[Said]:
        """What every entry of a check says, in the order of marking."""
        c = entries.c
        query = sa.select(c.key, c.answer, c.reading).where(c.check_id == check_id).order_by(c.key)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [Said(*row) for row in connection.execute(query)]

    def states(self, check_id: str) -> dict[str, State]:
        """Where every entry of a check stands, by key, in the order of marking."""
        query = sa.select(entries.c.key, entries.c.state).where(entries.c.check_id == check_id).order_by(entries.c.key)
        with as_store_error(self._where), self._engine.connect() as connection:
            return {key: state for key, state in connection.execute(query)}

    def some(self, keys: Collection[str]) -> dict[str, Entry]:
        """Entries by key; keys that are unknown are left out."""
        found: dict[str, Entry] = {}
        wanted = list(keys)
        with as_store_error(self._where), self._engine.connect() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                query = sa.select(entries).where(entries.c.key.in_(wanted[start : start + _AT_ONCE]))
                found |= {row.key: _from_row(row) for row in connection.execute(query)}
        return found

    def flagged(self, most: int) -> list[Entry]:
        """Entries that somebody flagged, at most so many."""
        query = sa.select(entries).where(entries.c.flagged).order_by(entries.c.check_id, entries.c.key).limit(most)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def counts(self) -> list[Count]:
        """How many entries stand where."""
        c = entries.c
        by = (c.check_id, c.part, c.verdict, c.state, c.flagged)
        with as_store_error(self._where), self._engine.connect() as connection:
            rows = connection.execute(sa.select(*by, sa.func.count().label("number")).group_by(*by)).all()
        return [Count(**{**row._mapping, "verdict": Verdict(row.verdict)}) for row in rows]

    def counts_by_marker(self) -> list[tuple[str, str, int]]:
        """(marker, part, number of entries marked), most first."""
        c = entries.c
        number = sa.func.count()
        query = sa.select(c.marker, c.part, number).where(c.state == "marked").group_by(c.marker, c.part)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(number.desc(), c.marker, c.part))]

    def position(self, entry: Entry) -> tuple[int, int, int]:
        """Which one it is in its check, of how many, and how many of those are open."""
        c = entries.c
        of_check = c.check_id == entry.check_id
        query = sa.select(
            sa.select(sa.func.count()).where(of_check, c.key <= entry.key).scalar_subquery(),
            sa.select(sa.func.count()).where(of_check).scalar_subquery(),
            sa.select(sa.func.count()).where(of_check, c.state != "marked").scalar_subquery(),
        )
        with as_store_error(self._where), self._engine.connect() as connection:
            place, total, left = connection.execute(query).one()
        return place, total, left

    def neighbour(self, entry: Entry, step: Literal[1, -1]) -> str | None:
        """The key after or before it, whatever its state; None at either end."""
        c = entries.c
        beyond, order = (c.key > entry.key, c.key.asc()) if step == 1 else (c.key < entry.key, c.key.desc())
        query = sa.select(c.key).where(c.check_id == entry.check_id, beyond).order_by(order).limit(1)
        with as_store_error(self._where), self._engine.connect() as connection:
            return connection.scalar(query)


def _to_row(entry: Entry) -> dict[str, Any]:
    row = dict(vars(entry))
    return row | {"details": json.dumps(entry.details), "student": json.dumps(dict(entry.student))}


def _from_row(row: Any) -> Entry:
    facts = dict(row._mapping)
    facts["details"] = tuple((label, value) for label, value in json.loads(facts["details"]))
    facts["student"] = json.loads(facts["student"])
    facts["verdict"] = Verdict(facts["verdict"])
    return Entry(**facts)
