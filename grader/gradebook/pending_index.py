"""The index of entries that wait for a person, made from records, overrides and the caller's wishes.

Owns keeping entries up to date with what was graded and decided. They can be made again at any time, so their rows
are replaced; marks are kept elsewhere and stay. Which attempt counts, and which checks a mark opens, is decided by
the caller (`Wanted`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.marking.events import flagged
from grader.gradebook.pending import Entry, Standing, State, entries, entries_of, indexed, set_states
from grader.gradebook.records import kept_in_part, overrides, records
from grader.records import GradeRecord

Place = tuple[str, str]
"""A submission, and the id of a check."""

_AT_ONCE = 50
"""Submissions whose entries are replaced by one statement; SQLite takes 32,766 values in one."""


@dataclass(frozen=True)
class Wanted:
    """What should wait besides the undecided checks of every submission's latest record.

    `asked` are decided checks that get an entry because a student asked about them. `opened` are decided checks that
    wait for a person, each with the reason, and `shut` undecided ones that do not, because a person decided what they
    depend on. `anew` are
    records whose entries are made again although the records are not new or not the latest. `passed_over` are records
    of attempts that do not count: of these, only what was asked about waits. `anew` and `passed_over` together hold
    at most one record of a submission.
    """

    asked: Collection[Place] = ()
    opened: Mapping[Place, str] = field(default_factory=dict)
    shut: Collection[Place] = ()
    anew: Collection[GradeRecord] = ()
    passed_over: Collection[GradeRecord] = ()


class PendingIndex(Tables):
    """The index of one gradebook."""

    def unread(self) -> int:
        """The number of records that were added since the index was last brought up to date."""
        with self._book.reading() as connection:
            last = connection.scalar(sa.select(indexed.c.record)) or 0
            return connection.scalar(sa.select(sa.func.count()).where(records.c.id > last)) or 0

    def read(self, wanted: Wanted = Wanted(), progress: Callable[[int], None] = lambda done: None) -> int:
        """Bring the index up to date with new records and with overrides; returns how many records were read.

        Args:
            wanted: what should wait besides, in the whole class.
            progress: called after each record with the number read so far.
        """
        places = _Places.of(wanted)
        given = {record.submission for record in (*wanted.anew, *wanted.passed_over)}
        with self._book.writing() as connection:
            last = connection.scalar(sa.select(indexed.c.record)) or 0
            newest = sa.select(sa.func.max(records.c.id)).group_by(records.c.submission)
            news = sa.or_(records.c.id > last, records.c.submission.in_(_unknown(connection, wanted.asked)))
            query = sa.select(records).where(news, records.c.id.in_(newest)).order_by(records.c.id)
            done = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
            last = connection.scalar(sa.select(sa.func.max(records.c.id))) or 0
            counting = ((record.submission, places.waiting(record)) for record in wanted.anew)
            aside = ((record.submission, places.asked_about(record)) for record in wanted.passed_over)
            fresh = self._waiting(connection.execute(query), places, given, progress)
            _replace(connection, chain(fresh, counting, aside))
            connection.execute(sa.delete(indexed))
            connection.execute(sa.insert(indexed).values(record=last))
            _take_in_overrides(connection)
        return done

    def _waiting(
        self, rows: Iterable[sa.Row[Any]], places: _Places, given: Collection[str], progress: Callable[[int], None]
    ) -> Iterator[tuple[str, Iterable[Entry]]]:
        """What waits of records, by submission, without those that were given."""
        for done, row in enumerate(rows, start=1):
            if row.submission not in given:
                read = kept_in_part(row, self._book.where, places.of_interest(row.submission))
                yield row.submission, places.waiting(read.record)
            progress(done)

    def read_one(self, record: GradeRecord, wanted: Wanted) -> None:
        """Make the entries of one submission again, such as after a mark on a check that others depend on.

        Args:
            record: the submission's attempt that counts.
            wanted: what should wait besides, in this submission.
        """
        with self._book.writing() as connection:
            _replace(connection, [(record.submission, _Places.of(wanted).waiting(record))])
            _take_in_overrides(connection, record.submission)


@dataclass(frozen=True)
class _Places:
    """The checks of a `Wanted`, by submission."""

    asked: Mapping[str, set[str]]
    opened: Mapping[str, Mapping[str, str]]
    shut: Mapping[str, set[str]]

    @classmethod
    def of(cls, wanted: Wanted) -> _Places:
        opened: dict[str, dict[str, str]] = defaultdict(dict)
        for (submission, check), why in wanted.opened.items():
            opened[submission][check] = why
        return cls(_by_submission(wanted.asked), opened, _by_submission(wanted.shut))

    def waiting(self, record: GradeRecord) -> Iterable[Entry]:
        asked, shut = (some.get(record.submission, set()) for some in (self.asked, self.shut))
        opened = self.opened.get(record.submission, {})
        return (entry for entry in entries_of(record, asked, opened) if entry.check_id not in shut - asked)

    def of_interest(self, submission: str) -> set[str]:
        """The decided checks of a submission that may get an entry."""
        return self.asked.get(submission, set()) | self.opened.get(submission, {}).keys()

    def asked_about(self, record: GradeRecord) -> Iterable[Entry]:
        asked = self.asked.get(record.submission, ())
        return (entry for entry in entries_of(record, asked) if entry.check_id in asked)


def _by_submission(places: Iterable[Place]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for submission, check in places:
        found[submission].add(check)
    return found


def _unknown(connection: sa.Connection, asked: Collection[Place]) -> set[str]:
    """The submissions with a check that is asked about and has no entry yet."""
    if not asked:
        return set()
    known = {tuple(row) for row in connection.execute(sa.select(entries.c.submission, entries.c.check_id))}
    return {submission for submission, check in asked if (submission, check) not in known}


def _replace(connection: sa.Connection, anew: Iterable[tuple[str, Iterable[Entry]]]) -> None:
    """Replace the entries of submissions. Unchanged ones keep their state; new ones of flagged keys are flagged."""
    left = iter(anew)
    while some := dict(islice(left, _AT_ONCE)):
        theirs = sa.select(entries).where(entries.c.submission.in_(some.keys()))
        known = {row.key: Entry(**row._mapping) for row in connection.execute(theirs)}
        wanted = {entry.key: entry for of_one in some.values() for entry in of_one}
        same = {key for key in known.keys() & wanted.keys() if _unmarked(known[key]) == _unmarked(wanted[key])}
        if gone := known.keys() - same:
            connection.execute(sa.delete(entries).where(entries.c.key.in_(gone)))
        fresh = sorted(wanted.keys() - same)
        flags = flagged(connection, fresh)
        insert(connection, entries, *(replace(wanted[key], flagged=key in flags) for key in fresh))


def _unmarked(entry: Entry) -> Entry:
    """An entry as it is made from a record, without what marking changes."""
    return replace(entry, state="open", marker="", score=None, flagged=False)


def _take_in_overrides(connection: sa.Connection, submission: str | None = None) -> None:
    """Set the state of entries by the latest overrides: marked, or open if taken back (one submission's, if named).

    An override that was made on another answer, or on other files, says nothing about an entry.
    """
    o, c = overrides.c, entries.c
    ours, theirs = (one.submission == submission if submission is not None else sa.true() for one in (c, o))
    newest = sa.select(sa.func.max(o.id)).where(theirs).group_by(o.submission, o.attempt, o.check_id, o.digest)
    decided = {
        (row.submission, row.attempt, row.check_id, row.digest): (row.score, row.author)
        for row in connection.execute(sa.select(overrides).where(o.id.in_(newest)))
    }
    columns = (c.key, c.submission, c.attempt, c.check_id, c.digest, c.state, c.marker, c.score)
    standings = []
    for row in connection.execute(sa.select(*columns).where(ours)).all() if decided else ():
        if (decision := decided.get((row.submission, row.attempt, row.check_id, row.digest))) is None:
            continue
        score, author = decision
        state: State = "open" if score is None else "marked"
        if (state, score) != (row.state, row.score) or (score is not None and author != row.marker):
            standings.append(Standing(row.key, state, author, score))
    set_states(connection, standings)
