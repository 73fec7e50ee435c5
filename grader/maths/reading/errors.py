"""The exceptions inside this package: what cannot be read, or has no meaning. They never leave `decide.py`."""

from __future__ import annotations


class Unreadable(Exception):
    """What was typed cannot be read; says where, and what would be accepted."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


class Misfit(Unreadable):
    """It can be read, but its shapes or units do not fit together, so it is no value at all: a wrong answer."""
