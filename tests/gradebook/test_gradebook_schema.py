"""Dataclasses as rows: what is stored comes back as it was, of whatever type a field is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import pytest
import sqlalchemy as sa

from grader.gradebook.engine import Book, insert_one, open_engine
from grader.gradebook.schema import Moment, Name, metadata, table


class Colour(StrEnum):
    RED = "red"


class Item(NamedTuple):
    ref: int
    earns: str


@dataclass(frozen=True)
class Everything:
    name: Name
    text: str | None
    number: float | None
    what: Literal["first", "second"]
    colour: Colour
    items: tuple[Item, ...]
    facts: Mapping[str, Any]
    made_at: Moment = ""
    elsewhere: str = "not stored"
    id: int = 0


@pytest.fixture
def book(tmp_path):
    """A database of one table, which no gradebook has."""
    stored = table("everything", Everything, sa.Column("whose", sa.Integer), index=["name"], without=["elsewhere"])
    engine = open_engine(tmp_path / "book.sqlite")
    stored.create(engine)
    yield Book(engine, "book"), stored
    engine.dispose()
    metadata.remove(stored)


@pytest.mark.parametrize(
    "value",
    [
        Everything("ada", None, None, "first", Colour.RED, (), {}, "2026-11-20"),
        Everything("é", "zwei\nZeilen", 0.5, "second", Colour.RED, (Item(1, "x"), Item(2, "ü")), {"a": [1]}, "2026"),
    ],
)
def test_what_is_stored_comes_back(book, value):
    opened, stored = book
    opened.add(stored, value, whose=7)
    (back,) = opened.stored(Everything, stored, stored.c.whose == 7)
    assert back == Everything(**{**vars(value), "id": 1})
    assert [type(item) for item in back.items] == [Item] * len(value.items)


def test_rows_are_numbered_in_order_and_made_now_unless_they_say_when(book):
    opened, stored = book
    with opened.writing() as connection:
        numbers = [
            insert_one(connection, stored, Everything(name, None, 1.0, "first", Colour.RED, (), {}))
            for name in ("zoe", "ada")
        ]
    found = opened.stored(Everything, stored)
    assert ([one.id for one in found], [one.name for one in found]) == (numbers, ["zoe", "ada"])
    assert all(one.made_at.endswith("+00:00") for one in found)
    opened.add(stored)
    assert len(opened.stored(Everything, stored)) == 2, "nothing to add adds nothing"
