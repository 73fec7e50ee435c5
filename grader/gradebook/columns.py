"""Columns that several tables of a gradebook have.

Owns their names, types and lengths. Which columns a table has belongs to the module of that table.
"""

from __future__ import annotations

import sqlalchemy as sa


def number() -> sa.Column[int]:
    """`id`, which grows with every row: the latest row is the one with the largest."""
    return sa.Column("id", sa.Integer, primary_key=True)


def name(column: str, *, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    """The name of a submission, check, part or person."""
    return sa.Column(column, sa.String(200), nullable=False, index=index, primary_key=primary_key)


def key(*, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    """`key`, which identifies an entry of the marking queue: 16 hexadecimal digits."""
    return sa.Column("key", sa.String(16), nullable=False, index=index, primary_key=primary_key)


def word(column: str, *, primary_key: bool = False) -> sa.Column[str]:
    """One of a fixed set of words, such as a state."""
    return sa.Column(column, sa.String(10), nullable=False, primary_key=primary_key)


def text(column: str, *, nullable: bool = False) -> sa.Column[str]:
    """Text of any length, or JSON."""
    return sa.Column(column, sa.Text, nullable=nullable)


def digest(column: str, *, index: bool = False) -> sa.Column[str]:
    """A SHA-256 in hexadecimal digits."""
    return sa.Column(column, sa.String(64), nullable=False, index=index)


def points(column: str) -> sa.Column[float]:
    """A number of points."""
    return sa.Column(column, sa.Float, nullable=False)


def points_if_any(column: str) -> sa.Column[float]:
    """A number of points; NULL where nothing was decided."""
    return sa.Column(column, sa.Float, nullable=True)


def attempt() -> sa.Column[int]:
    """`attempt`, the number of the student's submission, from 1."""
    return sa.Column("attempt", sa.Integer, nullable=False)


def moment(column: str = "made_at") -> sa.Column[str]:
    """A time, in the form that `now` returns."""
    return sa.Column(column, sa.String(40), nullable=False)
