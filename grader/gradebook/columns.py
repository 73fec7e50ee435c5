"""Columns that tables of a gradebook have in common, each said once.

Owns how wide a name, a digest or a time is. What a table holds belongs to the module of that table.
"""

from __future__ import annotations

import sqlalchemy as sa


def number() -> sa.Column[int]:
    """`id`, which grows with every row: the latest row is the one with the largest."""
    return sa.Column("id", sa.Integer, primary_key=True)


def name(column: str, *, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    """Whom or what a row is about: a submission, a check, a part, a person."""
    return sa.Column(column, sa.String(200), nullable=False, index=index, primary_key=primary_key)


def key(*, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    """`key`, the name of an entry of the marking queue: 16 hexadecimal digits."""
    return sa.Column("key", sa.String(16), nullable=False, index=index, primary_key=primary_key)


def word(column: str, *, primary_key: bool = False) -> sa.Column[str]:
    """One of a few words of ours."""
    return sa.Column(column, sa.String(10), nullable=False, primary_key=primary_key)


def text(column: str, *, nullable: bool = False) -> sa.Column[str]:
    """What somebody wrote, however long, or JSON."""
    return sa.Column(column, sa.Text, nullable=nullable)


def digest(column: str, *, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    """A SHA-256 in hexadecimal digits."""
    return sa.Column(column, sa.String(64), nullable=False, index=index, primary_key=primary_key)


def points(column: str) -> sa.Column[float]:
    """Points that there are, or are given."""
    return sa.Column(column, sa.Float, nullable=False)


def points_if_any(column: str) -> sa.Column[float]:
    """Points, or nothing where nothing was decided."""
    return sa.Column(column, sa.Float, nullable=True)


def attempt() -> sa.Column[int]:
    """`attempt`, which of a student's submissions it is, from 1 on."""
    return sa.Column("attempt", sa.Integer, nullable=False)


def moment(column: str = "made_at") -> sa.Column[str]:
    """A time, as `now` tells it."""
    return sa.Column(column, sa.String(40), nullable=False)
