"""Matching submissions with the rows of a learning platform's list.

Owns matching by the platform's own number, an id, an e-mail address or a name. Matches are exact but for accents and
the order of names; a key that several rows or submissions share matches none of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.files.csv_edit import CsvRow
from grader.grouping import by_key
from grader.records import GradeRecord
from grader.results.lookup import without_accents

Key = Literal["canvas", "moodle", "id", "email", "submission", "name"]
_SUREST_FIRST: tuple[Key, ...] = ("canvas", "moodle", "submission", "id", "email", "name")
"""The name of a file or folder comes before an id, which a student may have typed who is somebody else."""
_OWN_NUMBERS: tuple[Key, ...] = ("canvas", "moodle")
"""Numbers that the platform assigns: a record that has one is matched by it or not at all."""


@dataclass(frozen=True)
class Person:
    """A student in a platform's list: the row, a label for messages, and the values to match by."""

    row: CsvRow
    label: str
    known: Mapping[Key, tuple[str, ...]]


@dataclass(frozen=True)
class Pairs:
    """The result of matching. `doubts` are messages about matches that look wrong, and about ambiguous keys."""

    found: tuple[tuple[Person, GradeRecord], ...]
    lone_people: tuple[Person, ...]
    lone_records: tuple[GradeRecord, ...]
    doubts: tuple[str, ...]


def pair(people: Sequence[Person], records: Sequence[GradeRecord]) -> Pairs:
    """Match rows with submissions, by the most reliable key that both have."""
    open_people = dict(enumerate(people))
    open_records = dict(enumerate(records))
    found: dict[int, int] = {}
    doubts: list[str] = []
    for key in _SUREST_FIRST:
        rows = _index({i: _values(one.known, key) for i, one in open_people.items()}, key)
        claims = _index({i: _values(_known(one), key) for i, one in open_records.items()}, key)
        for value in sorted(rows.keys() & claims.keys()):
            here, there = open_people.keys() & rows[value], open_records.keys() & claims[value]
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
    said = {**record.student, "submission": record.submission}
    return {key: (said[key],) for key in _SUREST_FIRST if said.get(key)}


def _values(known: Mapping[Key, tuple[str, ...]], key: Key) -> tuple[str, ...]:
    """The values of a key; for `submission` the student's ids, as submissions may be named by id or login."""
    return known.get(key, ()) or (known.get("id", ()) if key == "submission" else ())


def _index(values: Mapping[int, Iterable[str]], key: Key) -> Mapping[str, list[int]]:
    said = ((_normal(text, key), i) for i, texts in values.items() for text in texts)
    return by_key((normal, i) for normal, i in said if normal)


def _normal(text: str, key: Key) -> str:
    """A text in the form in which it is compared: case folded; names also without accents, commas and order."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    if key != "name":
        return re.sub(r"^(\d{1,30})\.0+$", r"\1", folded)  # as spreadsheets write a number
    words = "".join(c if c.isalnum() else "" if c in "'’`´." else " " for c in without_accents(text)).split()
    return " ".join(sorted(words))


def _odd(person: Person, record: GradeRecord, key: Key) -> list[str]:
    """A doubt if the key matched but the names have no word in common, since a student may mistype an id."""
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
