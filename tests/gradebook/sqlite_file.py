"""The file of a gradebook as SQLite has it, past the program: for what older programs and damage leave in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def sqlite_file(folder: Path) -> Iterator[sqlite3.Connection]:
    """Committed at the end, and closed."""
    with closing(sqlite3.connect(folder / "gradebook.sqlite")) as connection, connection:
        yield connection
