"""Atomic file writes.

Owns replacing a file in one step, removing the temporary files of a writer that was killed, and the advice that is
given when the system or a database refuses.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import GradebookError

_PART = ".part"
_ADVICE = (
    (("database is locked", "table is locked", "disk I/O error", "locking protocol"),
     "another program holds it: wait for it or stop it. On a network drive locks may hang: use a folder on a local "
     "disk, or --gradebook with PostgreSQL"),
    (("disk is full", "No space left", "quota exceeded"),
     "free some space and run the same command again: what was done is saved"),
    (("readonly database", "Read-only file system", "Permission denied", "unable to open database file",
      "Not a directory", "File exists"),
     "the folder must be one that you may write to"),
    (("malformed", "not a database"),
     "the file is damaged: put back a copy of it, or save what can be read with `sqlite3 FILE .recover`"),
    (("password authentication failed", "no password supplied"),
     "give the password in the variable PGPASSWORD or in ~/.pgpass"),
    (("connection failed", "connection to server", "could not translate", "server closed the connection"),
     "the server must be running and reachable from here"),
)  # fmt: skip
"""(phrases of an error message of the system or the database, what the reader should do)."""


class ChangedMeanwhile(Exception):
    """A file no longer holds what it held when its new content was made."""


def write_atomically(path: Path, content: str | bytes, mode: int = 0o600, over: bytes | None = None) -> None:
    """Replace a file in one step, so that a reader finds the old content or the new, never a part of it.

    Text is written as UTF-8; `mode` is the new file's permissions. With `over`, only a file that holds just that is
    replaced.

    Raises:
        GradebookError: the folder cannot be written.
        ChangedMeanwhile: the file holds something else than `over`.
    """
    with translate_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_PART)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.encode("utf-8") if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())  # before the rename: else a power cut can leave an empty file under the name
            os.chmod(temporary, mode)
            if over is not None and path.read_bytes() != over:
                raise ChangedMeanwhile(path.name)
            os.replace(temporary, path)
        except (OSError, ChangedMeanwhile):
            Path(temporary).unlink(missing_ok=True)
            raise


def clear_leftovers(folder: Path) -> None:
    """Remove the temporary files of writers that were killed, in a folder and its direct subfolders."""
    with translate_errors(folder):
        for left in (*folder.glob(f".*{_PART}"), *folder.glob(f"*/.*{_PART}")):
            left.unlink(missing_ok=True)


@contextmanager
def translate_errors(place: Path | str, kinds: tuple[type[Exception], ...] = (OSError,)) -> Iterator[None]:
    """Turn errors of the system or of a database into a `GradebookError` that says where, why and what to do.

    Args:
        place: the file, folder or database that is used inside the block; it is named in the message.
        kinds: the exceptions that are translated; all others pass.
    """
    try:
        yield
    except kinds as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise GradebookError(f"cannot use {place}: {said}{_advice(said)}") from error


def _advice(said: str) -> str:
    for phrases, advice in _ADVICE:
        if any(phrase.lower() in said.lower() for phrase in phrases):
            return f" — {advice}"
    return ""
