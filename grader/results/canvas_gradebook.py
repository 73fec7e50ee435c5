"""A gradebook as Canvas exports it.

Owns which of its columns say who somebody is, and which rows are students. Reading the file belongs to whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from grader.files.csv_edit import CsvRow

_KEYS = {
    "student": "name",
    "lastname": "last_name",
    "firstname": "first_name",
    "id": "canvas",
    "sis user id": "id",
    "sis login id": "login",
    "integration id": "identifier",
    "section": "section",
}
NAMES = ("name", "last_name", "first_name")
_TEST_STUDENT = ("student, test", "test student", "student test")


def canvas_columns(header: Sequence[str]) -> list[str] | None:
    """What each column says of a student, empty for any other and for grades; None for the header of another file."""
    keys = [_KEYS.get(cell.strip().casefold(), "") for cell in header]
    if "section" not in keys or keys[0] not in NAMES or "canvas" not in keys[1:3]:
        return None
    last = keys.index("section")
    return [key if i <= last else "" for i, key in enumerate(keys)]


def said_of_student(columns: Sequence[str], row: CsvRow) -> list[tuple[str, str]]:
    """What a row says of a student, by what its columns say."""
    return [(key, row[i]) for i, key in enumerate(columns) if key and row[i]]


def kind_of_row(columns: Sequence[str], row: CsvRow) -> Literal["student", "points possible", "test student", "nobody"]:
    """What a row below the header is about; `nobody` where it says which columns are muted or posted by hand."""
    said = said_of_student(columns, row)
    name = " ".join(cell for key, cell in said if key in NAMES)
    if "Points Possible" in name:
        return "points possible"
    if name.casefold() in _TEST_STUDENT:
        return "test student"
    return "student" if said else "nobody"
