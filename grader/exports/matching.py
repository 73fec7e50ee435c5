"""Whose row a submission belongs to, in a list that a learning platform wrote.

Owns recognising students by what both sides know: the platform's own number, an id, an address, a name. Matching is
exact, spelling of accents and order of names aside; where two could be meant, nobody is. Registers no format.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.files.csv_edit import CsvRow
from grader.records import GradeRecord

Key = Literal["canvas", "moodle", "id", "email", "submission", "name"]
_SUREST_FIRST: tuple[Key, ...] = ("canvas", "moodle", "id", "email", "submission", "name")
_OWN_NUMBERS: tuple[Key, ...] = ("canvas", "moodle")
"""Numbers of the platform itself: who has one is recognised by it or not at all."""


@dataclass(frozen=True)
class Person:
    """Somebody in a platform's list: the row, what staff calls them, and what is known of them by kind."""

    row: CsvRow
    label: str
    known: Mapping[Key, tuple[str, ...]]


@dataclass(frozen=True)
class Pairs:
    """Who is who. `doubts` are sentences about what matched but looks odd or could mean several."""

    found: tuple[tuple[Person, GradeRecord], ...]
    lone_people: tuple[Person, ...]
    lone_records: tuple[GradeRecord, ...]
    doubts: tuple[str, ...]


def pair(people: Sequence[Person], records: Sequence[GradeRecord]) -> Pairs:
    """Match rows with submissions, by the surest key that both sides have."""
    open_people = dict(enumerate(people))
    open_records = dict(enumerate(records))
    found: dict[int, int] = {}
    doubts: list[str] = []
    for key in _SUREST_FIRST:
        rows = _index({i: _values(one.known, key) for i, one in open_people.items()}, key)
        claims = _index({i: _values(_known(one), key) for i, one in open_records.items()}, key)
        for value in sorted(rows.keys() & claims.keys()):
            here, there = rows[value] & open_people.keys(), claims[value] & open_records.keys()
            if len(here) == len(there) == 1:
                (person,), (record,) = here, there
                found[person] = record
                doubts += _odd(people[person], records[record], key)
                del open_people[person], open_records[record]
            elif here and there:
                doubts.append(_ambiguous(key, value, [people[i] for i in here], [records[i] for i in there]))
                for i in there:  # a weaker key must not decide what a stronger one could not
                    del open_records[i]
        if key in _OWN_NUMBERS and rows:
            open_records = {i: one for i, one in open_records.items() if not _values(_known(one), key)}
    return Pairs(
        tuple((people[i], records[found[i]]) for i in sorted(found)),
        tuple(one for i, one in enumerate(people) if i not in found),
        tuple(one for i, one in enumerate(records) if i not in found.values()),
        tuple(doubts),
    )


def _known(record: GradeRecord) -> dict[Key, tuple[str, ...]]:
    student = record.student
    known: dict[Key, tuple[str, ...]] = {"submission": (record.submission,)}
    for key in ("canvas", "moodle", "id", "email", "name"):
        if student.get(key):
            known[key] = (student[key],)
    return known


def _values(known: Mapping[Key, tuple[str, ...]], key: Key) -> tuple[str, ...]:
    """What somebody is known by; a submission may be named like an id or a login."""
    return known.get(key, ()) or (known.get("id", ()) if key == "submission" else ())


def _index(values: Mapping[int, Iterable[str]], key: Key) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for i, texts in values.items():
        for text in texts:
            if normal := _normal(text, key):
                found[normal].add(i)
    return found


def _normal(text: str, key: Key) -> str:
    """A text as it is compared: case and composition aside, and for names also accents, commas and order."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    if key != "name":
        return folded
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else "" if c in "'’`´." else " " for c in bare).split()
    return " ".join(sorted(words))


def _odd(person: Person, record: GradeRecord, key: Key) -> list[str]:
    """A doubt where a number matched but the names have nothing in common: a typed number may be a typing slip."""
    name = _normal(record.student.get("name", ""), "name").split()
    theirs = {word for text in person.known.get("name", ()) for word in _normal(text, "name").split()}
    if key in (*_OWN_NUMBERS, "name") or not name or not theirs or theirs & set(name):
        return []
    who = record.student["name"]
    return [f"{record.submission} was matched with {person.label!r} by {key}, but calls itself {who!r}: look at it"]


def _ambiguous(key: Key, value: object, people: Sequence[Person], records: Sequence[GradeRecord]) -> str:
    rows = ", ".join(f"{one.label!r} (line {one.row.line})" for one in sorted(people, key=lambda one: one.row.line))
    which = ", ".join(sorted(one.submission for one in records))
    return f"the same {key} {value!r} for {rows} and for {which}: none of them was matched"
