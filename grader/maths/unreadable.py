"""The one exception inside this package: an answer that cannot be read. It never leaves `judging.py`."""

from __future__ import annotations


class Unreadable(Exception):
    """What was typed cannot be read; says where, and what would be accepted."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
