"""The lock under which a class is graded.

Owns the lock that `grade`, `regrade`, `release` and `forget` hold while they work, and the name of its holder for
others. It is released when the process that holds it ends, however it ends. Reading, and a person's marks, need none.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from grader.errors import UsageError
from grader.files.atomic import translate_errors
from grader.gradebook.engine import Book, as_gradebook_error

LOCK = "gradebook.lock"
_TOLD = (OSError, sqlite3.Error)
_KEY = 0x68773132  # like the migration lock's, but another number


@contextmanager
def lock_folder(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock of a folder: an open write transaction on a small SQLite database of its own.

    SQLite's locks are released when a process dies, and work on most network file systems.

    Raises:
        UsageError: somebody else holds it.
        GradebookError: the folder cannot be written.
    """
    path = folder / LOCK
    with translate_errors(path, _TOLD):
        folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        holder = sqlite3.connect(path, timeout=0, isolation_level=None)
    with closing(holder):
        with translate_errors(path, _TOLD):
            _take(holder, folder, command)
        yield


def _take(holder: sqlite3.Connection, folder: Path, command: str) -> None:
    """Commit the holder's name, then open the transaction that is the lock: others can read the name meanwhile."""
    try:
        holder.execute("BEGIN IMMEDIATE")
        holder.execute("CREATE TABLE IF NOT EXISTS holder (said TEXT)")
        holder.execute("DELETE FROM holder")
        holder.execute("INSERT INTO holder VALUES (?)", (_myself(command),))
        holder.execute("COMMIT")
        holder.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise _taken(str(folder), _holder(folder / LOCK)) from error


@contextmanager
def lock_database(book: Book, command: str) -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL, on a connection that stays open meanwhile.

    Raises:
        UsageError: somebody else holds it.
    """
    with as_gradebook_error(book.where):
        connection = book.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with closing(connection):
        with as_gradebook_error(book.where):
            connection.execute(
                sa.text("SELECT set_config('application_name', :said, false)"), {"said": _myself(command)}
            )
            taken = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_KEY)))
            said = "" if taken else connection.scalar(sa.text(_HOLDER_QUERY), {"key": _KEY})
        if not taken:
            raise _taken(str(book.where), said or "")
        try:
            yield
        finally:
            connection.invalidate()


_HOLDER_QUERY = """
    SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND objid = :key AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def _myself(command: str) -> str:
    return f"{command}, process {os.getpid()} on {socket.gethostname()}"[:63]  # PostgreSQL's limit of such a name


def _holder(path: Path) -> str:
    try:
        with closing(sqlite3.connect(path, timeout=1)) as reader:
            row = reader.execute("SELECT said FROM holder").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def _taken(where: str, said: str) -> UsageError:
    return UsageError(
        f"{where} is being graded already ({said or 'by another program'}): wait until that is done, or stop it; "
        "what it has done is saved"
    )
