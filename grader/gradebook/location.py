"""The location of a class's gradebook: a file in the class's folder, or a PostgreSQL database that the folder names.

Owns the URL: where it may come from, what is kept of it (never its password) and how it is shown. Opening the
gradebook belongs to `engine`.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

from grader.errors import UsageError

GRADEBOOK = "gradebook.sqlite"
GRADEBOOK_URL = "gradebook.url"
VARIABLE = "HW11_GRADEBOOK"

Place = Path | sa.URL
"""A SQLite file, or the address of a database."""

_DRIVER = "postgresql+psycopg"
_FORM = "postgresql://user@host:5432/database"


def place_of(folder: Path, asked: str | None = None) -> Place:
    """The location of a folder's gradebook, which need not exist yet.

    Tried in this order: the gradebook that the folder has; the URL given on the command line; the environment
    variable; a file in the folder.

    Raises:
        UsageError: the address cannot be used, or the folder's gradebook lies elsewhere.
    """
    wanted = [read_url(url, source) for url, source in ((asked, "--gradebook"), _environment()) if url]
    named, file = folder / GRADEBOOK_URL, folder / GRADEBOOK
    if named.is_file():
        kept = read_url(named.read_text(encoding="utf-8").strip(), str(named))
        if asked and _public(wanted[0]) != _public(kept):
            raise UsageError(
                f"{folder} keeps its gradebook at {shown(kept)} already: choose another folder for {asked}"
            )
        return next((url for url in wanted if _public(url) == _public(kept)), kept)
    if file.is_file():
        if asked:
            raise UsageError(f"{folder} keeps its gradebook in {GRADEBOOK} already: choose another folder")
        return file
    return wanted[0] if wanted else file


def exists(folder: Path) -> bool:
    """Whether a folder has a gradebook, judged by its files alone: the database is not opened."""
    return (folder / GRADEBOOK).is_file() or (folder / GRADEBOOK_URL).is_file()


def read_url(text: str, source: str) -> sa.URL:
    """The address of a PostgreSQL database.

    Raises:
        UsageError: the text is not such an address, or the driver is not installed.
    """
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError as error:
        raise UsageError(f"{source}: {text!r} is not the address of a database — write {_FORM}") from error
    if url.drivername not in ("postgresql", "postgres", _DRIVER):
        raise UsageError(f"{source}: {url.drivername!r} is not supported — write {_FORM}, or leave it out for SQLite")
    if not url.database:
        raise UsageError(f"{source}: {shown(url)} names no database — write {_FORM}")
    if find_spec("psycopg") is None:
        raise UsageError(f"{source}: PostgreSQL needs a driver: pip install 'hw11[postgres]'")
    return url.set(drivername=_DRIVER)


def shown(place: Place) -> str:
    """The place as it may be printed: without its password."""
    if isinstance(place, Path):
        return str(place)
    return place.set(drivername="postgresql").render_as_string(hide_password=True)


def kept_text(url: sa.URL) -> str:
    """The content of `gradebook.url`: the address without its password."""
    return _public(url).set(drivername="postgresql").render_as_string() + "\n"


def _public(url: sa.URL) -> sa.URL:
    return url._replace(password=None)


def _environment() -> tuple[str | None, str]:
    return os.environ.get(VARIABLE) or None, VARIABLE
