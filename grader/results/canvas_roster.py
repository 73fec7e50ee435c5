"""A gradebook as Canvas exports it, read as a roster.

Owns which of its columns say who somebody is, and which rows are no student. Reading the file is the roster's.
"""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = {
    "student": "name",
    "id": "canvas",
    "sis user id": "id",
    "sis login id": "login",
    "section": "section",
}
_TEST_STUDENT = ("student, test", "test student")


def is_canvas_gradebook(header: Sequence[str]) -> bool:
    """Whether a header is that of Canvas: `Student,ID,…,Section`."""
    names = [cell.casefold() for cell in header]
    return names[:2] == ["student", "id"] and "section" in names


def canvas_columns(header: Sequence[str]) -> list[str]:
    """The roster's names of the columns; none for those with grades."""
    names = [cell.casefold() for cell in header]
    last = names.index("section")
    return [_NAMES.get(name, "") if i <= last else "" for i, name in enumerate(names)]


def is_no_student(columns: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a row says something about the columns, or is Canvas's test student."""
    known = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    name = known.get("name", "")
    return "Points Possible" in name or name.casefold() in _TEST_STUDENT or not any(known.values())
