"""What people did at the marking desk.

Owns marks with their rubric items, versions of rubrics, and the log of reveals, flags and groups: append-only, the
latest row counts. Drafts and sessions are working state and are replaced. Every mark that counts goes in together with
its override, in one transaction. Knows neither assignments nor pages, and computes no score.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import sqlalchemy as sa

from grader.store.engine import as_store_error, now
from grader.store.leases import Round, leases
from grader.store.queue import LOTS, entries, set_state

if TYPE_CHECKING:
    from grader.store.gradebook import Override

Via = Literal["one", "group", "undo", "rubric", "again"]

_metadata = sa.MetaData()
_marks = sa.Table(
    "desk_marks",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, index=True),
    sa.Column("check_id", sa.String(200), nullable=False, index=True),
    sa.Column("round", sa.String(10), nullable=False),
    sa.Column("marker", sa.String(200), nullable=False),
    sa.Column("items", sa.Text, nullable=False),
    sa.Column("awarded", sa.Float, nullable=True),
    sa.Column("adjustment", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("via", sa.String(10), nullable=False),
    sa.Column("batch", sa.String(32), nullable=False, index=True),
    sa.Column("made_at", sa.String(40), nullable=False),
)
_drafts = sa.Table(
    "desk_drafts",
    _metadata,
    sa.Column("key", sa.String(16), primary_key=True),
    sa.Column("round", sa.String(10), primary_key=True),
    sa.Column("marker", sa.String(200), primary_key=True),
    sa.Column("check_id", sa.String(200), nullable=False, index=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("saved_at", sa.String(40), nullable=False),
)
_rubrics = sa.Table(
    "desk_rubrics",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("check_id", sa.String(200), nullable=False, index=True),
    sa.Column("items", sa.Text, nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(40), nullable=False),
)
_events = sa.Table(
    "desk_events",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("key", sa.String(32), nullable=False, index=True),
    sa.Column("check_id", sa.String(200), nullable=False, index=True),
    sa.Column("marker", sa.String(200), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(40), nullable=False),
)
_sessions = sa.Table(
    "desk_sessions",
    _metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("marker", sa.String(200), nullable=False),
    sa.Column("expires", sa.Float, nullable=False),
)


def create(connection: sa.Connection) -> None:
    """The migration step that adds the desk to a gradebook."""
    _metadata.create_all(connection)


@dataclass(frozen=True)
class Mark:
    """What one person decided about one entry.

    `items` are references of rubric items that are earned; `awarded` are points given without a rubric. `score` is
    None where the mark was taken back. `version` is the rubric's; `digest` the answer's. Marks of one group, or of
    one rubric change, share a `batch`.
    """

    key: str
    check_id: str
    marker: str
    score: float | None
    digest: str
    round: Round = "first"
    items: tuple[int, ...] = ()
    awarded: float | None = None
    adjustment: float = 0.0
    reason: str = ""
    comment: str = ""
    version: int = 0
    via: Via = "one"
    batch: str = ""
    made_at: str = ""
    id: int = 0


class Given(NamedTuple):
    """The points of one mark, and nothing else of it: for looking at a whole class at once."""

    id: int
    key: str
    check_id: str
    marker: str
    score: float


@dataclass(frozen=True)
class RubricItem:
    """One thing that earns points. `ref` stays the same for as long as the item is the same thing."""

    ref: int
    earns: str
    points: float


@dataclass(frozen=True)
class Rubric:
    """A version of a check's rubric, and in words what changed since the one before."""

    check_id: str
    items: tuple[RubricItem, ...]
    author: str
    change: str = ""
    made_at: str = ""
    id: int = 0


@dataclass(frozen=True)
class Event:
    """Something that was done and must be known later: a reveal, a flag, a split group, a group undone."""

    what: Literal["reveal", "flag", "unflag", "split", "join", "undo", "again"]
    key: str
    check_id: str
    marker: str
    value: str = ""
    made_at: str = ""
    id: int = 0


class Desk:
    """The desk's part of one gradebook.

    Args:
        engine: of the gradebook.
        where: its file, for messages.
        insert_override: adds overrides inside a transaction of the desk's.

    Raises:
        StoreError: the gradebook cannot be read or written.
    """

    def __init__(
        self, engine: sa.Engine, where: Path | str, insert_override: Callable[[sa.Connection, Sequence[Override]], None]
    ) -> None:
        self._engine = engine
        self._where = where
        self._insert_override = insert_override

    def commit(self, marks: Sequence[Mark], overrides: Sequence[Override], rubric: Rubric | None = None) -> None:
        """Keep marks, the overrides that follow from them, and the rubric version that caused them, all or nothing.

        What the marker held and had begun on these entries is let go of.
        """
        at = now()
        rows = [_row(mark, "id") | {"items": json.dumps(mark.items), "made_at": mark.made_at or at} for mark in marks]
        with as_store_error(self._where), self._engine.begin() as connection:
            if rubric is not None:
                connection.execute(sa.insert(_rubrics), _rubric_row(rubric))
            if rows:
                connection.execute(sa.insert(_marks), rows)
            if overrides:
                self._insert_override(connection, overrides)
            for mark in marks:
                if mark.round == "first":
                    set_state(connection, mark.key, "open" if mark.score is None else "marked", mark.marker, mark.score)
                for table in (_drafts, leases):
                    same = (table.c.key == mark.key, table.c.round == mark.round, table.c.marker == mark.marker)
                    connection.execute(sa.delete(table).where(*same))

    def marks(self, key: str) -> list[Mark]:
        """Every mark of an entry, oldest first."""
        return self._marks(_marks.c.key == key)

    def latest(self, key: str, round_: Round = "first", marker: str | None = None) -> Mark | None:
        """The mark of an entry that counts (of one marker, if named); None if there is none."""
        mine = [mark for mark in self.marks(key) if mark.round == round_ and marker in (None, mark.marker)]
        return mine[-1] if mine else None

    def latest_of_check(self, check_id: str, round_: Round = "first") -> dict[str, Mark]:
        """The latest mark of every entry of a check, by key."""
        return {mark.key: mark for mark in self._marks(_marks.c.check_id == check_id, _marks.c.round == round_)}

    def batch(self, batch: str) -> list[Mark]:
        """The marks of one group or of one rubric change."""
        return self._marks(_marks.c.batch == batch)

    def before(self, marks: Sequence[Mark]) -> dict[str, Mark]:
        """For marks of one batch: the mark that counted on the same entry before, by key."""
        if not marks:
            return {}
        first = min(mark.id for mark in marks)
        keys = {mark.key for mark in marks}
        earlier = self._marks(_marks.c.check_id == marks[0].check_id, _marks.c.round == "first", _marks.c.id < first)
        return {mark.key: mark for mark in earlier if mark.key in keys}

    def outdated(self) -> list[tuple[Mark, str, int]]:
        """(mark, submission, attempt) where the answer is another one than the one that was marked."""
        c = _marks.c
        newest = sa.select(sa.func.max(c.id)).where(c.round == "first").group_by(c.key)
        query = sa.select(c.id, entries.c.submission, entries.c.attempt).join(entries, entries.c.key == c.key)
        query = query.where(c.id.in_(newest), c.score.is_not(None), c.digest != entries.c.digest)
        with as_store_error(self._where), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        marks = {mark.id: mark for mark in self._marks(c.id.in_([row.id for row in rows]))}
        return [(marks[row.id], row.submission, row.attempt) for row in rows]

    def marked_twice(self) -> list[Mark]:
        """Every mark of the entries that were marked a second time, oldest first."""
        twice = sa.select(_marks.c.key).where(_marks.c.round == "second")
        return self._marks(_marks.c.key.in_(twice))

    def given(self, after: int) -> list[Given]:
        """The points that people gave one by one in first markings, since the mark with this id."""
        c = _marks.c
        columns = (c.id, c.key, c.check_id, c.marker, c.score)
        fresh = (c.id > after, c.round == "first", c.via == "one", c.score.is_not(None))
        with as_store_error(self._where), self._engine.connect() as connection:
            return [Given(*row) for row in connection.execute(sa.select(*columns).where(*fresh).order_by(c.id))]

    def second_keys(self, check_id: str) -> set[str]:
        """Keys of a check's entries that somebody marked a second time."""
        query = sa.select(_marks.c.key).where(_marks.c.check_id == check_id, _marks.c.round == "second")
        with as_store_error(self._where), self._engine.connect() as connection:
            return set(connection.scalars(query))

    def second_left(self, marker: str, share: float) -> dict[str, int]:
        """How many entries wait for a second marking by this marker, by check."""
        e = entries.c
        done = sa.select(_marks.c.key).where(_marks.c.round == "second")
        query = sa.select(e.check_id, sa.func.count()).where(
            e.lot < share * LOTS, e.state == "marked", e.marker.not_in(["", marker]), e.key.not_in(done)
        )
        with as_store_error(self._where), self._engine.connect() as connection:
            return {check: number for check, number in connection.execute(query.group_by(e.check_id))}

    def _marks(self, *where: sa.ColumnElement[bool]) -> list[Mark]:
        query = sa.select(_marks).where(*where).order_by(_marks.c.id)
        with as_store_error(self._where), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Mark(**{**row._mapping, "items": tuple(json.loads(row.items))}) for row in rows]

    def comments(self, check_id: str) -> list[tuple[str, str, int]]:
        """(comment, marker, uses) of a check's first marks, most used first."""
        c = _marks.c
        number = sa.func.count(sa.distinct(c.key))
        query = sa.select(c.comment, c.marker, number).where(c.check_id == check_id, c.comment != "", c.via == "one")
        query = query.group_by(c.comment, c.marker).order_by(number.desc(), c.comment)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def save_draft(self, key: str, round_: Round, marker: str, check_id: str, content: Mapping[str, Any]) -> None:
        """Replace what a marker has begun; on disk when this returns."""
        c = _drafts.c
        values = {"content": json.dumps(content), "saved_at": now()}
        same = {"key": key, "round": round_, "marker": marker}
        with as_store_error(self._where), self._engine.begin() as connection:
            where = (c.key == key, c.round == round_, c.marker == marker)
            if not connection.execute(sa.update(_drafts).where(*where).values(values)).rowcount:
                connection.execute(sa.insert(_drafts).values({**same, **values, "check_id": check_id}))

    def draft(self, key: str, round_: Round, marker: str) -> dict[str, Any] | None:
        """What a marker has begun and not saved as a mark."""
        c = _drafts.c
        query = sa.select(c.content).where(c.key == key, c.round == round_, c.marker == marker)
        with as_store_error(self._where), self._engine.connect() as connection:
            content = connection.scalar(query)
        return None if content is None else json.loads(content)

    def begun(self, marker: str) -> dict[str, int]:
        """How many drafts a marker has, by check."""
        c = _drafts.c
        query = sa.select(c.check_id, sa.func.count()).where(c.marker == marker).group_by(c.check_id)
        with as_store_error(self._where), self._engine.connect() as connection:
            return {check: number for check, number in connection.execute(query)}

    def rubrics(self, check_id: str | None = None) -> list[Rubric]:
        """Every version of a check's rubric (of every check's, if none is named), oldest first."""
        query = sa.select(_rubrics).order_by(_rubrics.c.id)
        if check_id is not None:
            query = query.where(_rubrics.c.check_id == check_id)
        with as_store_error(self._where), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Rubric(**{**row._mapping, "items": tuple(RubricItem(*one) for one in json.loads(row.items))})
            for row in rows
        ]

    def add_rubric(self, rubric: Rubric) -> None:
        """Keep a version that nothing was marked by yet."""
        with as_store_error(self._where), self._engine.begin() as connection:
            connection.execute(sa.insert(_rubrics), _rubric_row(rubric))

    def log(self, event: Event) -> None:
        """Remember something that was done; a flag also shows in the queue."""
        with as_store_error(self._where), self._engine.begin() as connection:
            connection.execute(sa.insert(_events), _row(event, "id") | {"made_at": now()})
            if event.what in ("flag", "unflag"):
                flagged = {"flagged": event.what == "flag"}
                connection.execute(sa.update(entries).where(entries.c.key == event.key).values(flagged))

    def events(self, *, key: str | None = None, check_id: str | None = None, last: int = 500) -> list[Event]:
        """What was done, oldest first: about one entry, one check, or all; not more than the `last`."""
        query = sa.select(_events).order_by(_events.c.id.desc()).limit(last)
        if key is not None:
            query = query.where(_events.c.key == key)
        if check_id is not None:
            query = query.where(_events.c.check_id == check_id)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [Event(**row._mapping) for row in connection.execute(query)][::-1]

    def batches(self, last: int = 50) -> list[tuple[str, str, str, str, int, str]]:
        """(batch, check, marker, via, entries, time) of groups and rubric changes, the newest first."""
        c = _marks.c
        query = sa.select(c.batch, c.check_id, c.marker, c.via, sa.func.count(), sa.func.max(c.made_at))
        query = query.where(c.batch != "").group_by(c.batch, c.check_id, c.marker, c.via)
        query = query.order_by(sa.func.max(c.id).desc()).limit(last)
        with as_store_error(self._where), self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def open_session(self, digest: str, marker: str, expires: float) -> None:
        """Remember a session by the digest of its cookie, so that it outlives the server."""
        row = {"digest": digest, "marker": marker, "expires": expires}
        with as_store_error(self._where), self._engine.begin() as connection:
            connection.execute(sa.insert(_sessions), row)

    def session(self, digest: str, at: float) -> str | None:
        """Whose session it is; None if there is none, or none any more."""
        c = _sessions.c
        with as_store_error(self._where), self._engine.connect() as connection:
            return connection.scalar(sa.select(c.marker).where(c.digest == digest, c.expires > at))


def _row(value: Any, without: str) -> dict[str, Any]:
    return {name: field for name, field in vars(value).items() if name != without}


def _rubric_row(rubric: Rubric) -> dict[str, Any]:
    items = json.dumps([(item.ref, item.earns, item.points) for item in rubric.items])
    return _row(rubric, "id") | {"items": items, "made_at": rubric.made_at or now()}
