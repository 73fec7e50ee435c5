"""Canvas: a gradebook that was exported there, with one assignment's column filled.

Owns which column of that file is ours. On import Canvas creates a new assignment for an unknown column, and deletes the
grade of an empty cell: so no column is added and no cell is emptied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.errors import UsageError, did_you_mean
from grader.exports.base import Export, GradedClass, Wishes, register
from grader.exports.fill import Filling, finished
from grader.exports.matching import Key, Person, pair
from grader.exports.numbers import Numbers, numbers_of
from grader.files.csv_edit import CsvRow, Sheet, read_sheet
from grader.results.canvas_gradebook import NAMES, canvas_columns, kind_of_row, said_of_student

_TOTALS = re.compile(
    r"(?:.* )?(?:(?:Unposted )?(?:Current|Final) (?:Score|Grade|Points)|Override (?:Score|Grade))(?: \(.*\))?"
)
_WITH_ID = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)")
_REMARKS = {"EX": "excused", "N/A": "not assigned to this student"}
"""What may stand in a cell instead of a score, which must not be overwritten, and why."""
_IDS: dict[str, Key] = {"canvas": "canvas", "id": "id", "login": "id", "identifier": "id"}


@register("canvas", says="fills your Canvas gradebook export", takes=("column", "provisional"), needs=("template",))
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    assert wishes.template is not None
    sheet = read_sheet(wishes.template)
    keys = _student_columns(sheet)
    first = keys.index("section") + 1
    column = _column(sheet, first, wishes.column, graded.assignment.title)
    others = [i for i in range(first, len(keys)) if i != column]
    numbers = numbers_of(sheet, [column], others)
    rows = [(kind_of_row(keys, row), row) for row in sheet.rows[1:]]
    possible = [_points_possible(sheet, row, column, numbers) for kind, row in rows if kind == "points possible"]
    maximum = possible[-1] if possible else None
    filling = Filling(
        sheet, column, numbers, wishes.provisional, lambda row: maximum, lambda row: _REMARKS.get(row[column].upper())
    )
    pairs = pair([_person(row, keys) for kind, row in rows if kind == "student"], graded.records)
    filling.fill(pairs)
    tests = (row.line for kind, row in rows if kind == "test student")
    aside = [f"line {line} is Canvas's test student: left as it was" for line in tests]
    if maximum is None:
        aside.append("the file gives no points possible for this column: scores were written as they are")
    return finished(filling, pairs, "canvas.csv", aside)


def _student_columns(sheet: Sheet) -> list[str]:
    columns = canvas_columns(sheet.header.cells)
    if columns is None:
        raise UsageError(
            f"{sheet.place(sheet.header)}: this is not a gradebook of Canvas: its first line must begin with "
            "Student,ID and hold Section — export it there with Grades › Export, in English"
        )
    return columns


def _column(sheet: Sheet, first: int, wanted: str | None, title: str) -> int:
    """The column to fill: the one `wanted`; else the only assignment, or of several the one with our title.

    Whatever has no number would become a new assignment; so where that has our title, nobody guesses.
    """
    header = [cell.strip() for cell in sheet.header.cells]
    totals = {i for i, name in enumerate(header) if _TOTALS.fullmatch(name) and _is_total(sheet, i)}
    columns = {i: name for i, name in enumerate(header) if i >= first and name and i not in totals}
    numbered = {i: name for i, name in columns.items() if _WITH_ID.fullmatch(name)}
    if wanted is None:
        ours = [name for name in columns.values() if name.casefold() == title.strip().casefold()]
        found = list(numbered) if len(numbered) == 1 and not ours else _titled(numbered, title)
    else:
        found = [i for i, name in columns.items() if name == wanted.strip()] or _titled(columns, wanted)
    if len(found) == 1:
        return found[0]
    asked = f"{wanted!r} is not one of its columns" if wanted else "it is not clear which column is meant"
    hint = did_you_mean(wanted, columns.values(), cutoff=0.4) if wanted else ""
    choice = ", ".join(repr(name) for name in numbered.values()) or "none: make the assignment in Canvas first"
    raise UsageError(f"{sheet.path}: {asked}{hint}; say --column with one of: {choice}")


def _is_total(sheet: Sheet, column: int) -> bool:
    """Whether a column that is titled like Canvas's totals is one: an assignment has a number, and points."""
    points = [row[column] for row in sheet.rows[1:] if "Points Possible" in row[0]]
    return not _WITH_ID.fullmatch(sheet.header[column]) or any("read only" in cell for cell in points)


def _titled(columns: dict[int, str], wanted: str) -> list[int]:
    """The columns with this number, else those with this title."""
    number_asked = wanted.strip().strip("()")
    matches = {i: match for i, name in columns.items() if (match := _WITH_ID.fullmatch(name))}
    by_number = [i for i, match in matches.items() if match["id"] == number_asked]
    return by_number or [i for i, match in matches.items() if match["title"].casefold() == wanted.strip().casefold()]


def _points_possible(sheet: Sheet, row: CsvRow, column: int, numbers: Numbers) -> float | None:
    points = numbers.read(row[column])
    if row[column] and points is None:
        raise UsageError(f"{sheet.place(row)}: {sheet.header[column]!r} is {row[column]}: nothing can be imported")
    return points or None  # of nothing, nothing can be scaled


def _person(row: CsvRow, keys: Sequence[str]) -> Person:
    said = said_of_student(keys, row)
    ids = [(_IDS[key], cell) for key, cell in said if key in _IDS]
    names = [cell for key, cell in said if key in NAMES]
    known: dict[Key, tuple[str, ...]] = {key: tuple(cell for one, cell in ids if one == key) for key, _ in ids}
    known["email"] = tuple(value for value in known.get("id", ()) if "@" in value)
    known["name"] = (" ".join(names),)
    return Person(row, ", ".join(names) or row[1], known)
