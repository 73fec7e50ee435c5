"""The roster of a class (`roster.csv`): who is in it, and their exceptions from the late policy.

Owns reading the file. Nothing of it is kept in the gradebook: it is read each time. Whose a submission is belongs to
`roster_match`.

Columns, in any order: `id`, `name`, `email`, `section`, `extra_days` (an accommodation, in days), `deadline` (the
student's own, ISO 8601 with an offset from UTC), `slip_days` (those left), `excused` (yes or no). At least one of
`id`, `email`, `name` is required; `first_name` and `last_name` may stand for `name`. Lists of participants as
Gradescope and Moodle export them, and a gradebook of Canvas, are rosters, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from grader.errors import UsageError, did_you_mean, readable
from grader.files.csv_edit import held, sheet_of
from grader.grouping import by_key
from grader.results.canvas_gradebook import canvas_columns, kind_of_row
from grader.results.lateness import Terms
from grader.results.roster_cells import ALSO_CALLED, COLUMNS, PASSED_OVER, TERMS
from grader.submission.text_encoding import decode_text

ROSTER = "roster.csv"
IDENTIFYING = ("canvas", "id", "login", "email", "name")
"""The columns that students are matched by, most reliable first; `canvas` and `login` come from a Canvas gradebook."""

_HALVES = ("first_name", "last_name")
"""Columns that together stand for `name`."""
_COMMON = Terms()


@dataclass(frozen=True)
class Student:
    """One row of the roster, from this line of the file. A value that is not given is empty."""

    id: str = ""
    name: str = ""
    email: str = ""
    section: str = ""
    canvas: str = ""
    login: str = ""
    terms: Terms = _COMMON
    line: int = 0

    @property
    def facts(self) -> dict[str, str]:
        """The student's values that are given, by the keys that records use."""
        known = {"id": self.id, "name": self.name, "email": self.email, "section": self.section}
        return {key: value for key, value in known.items() if value}

    @property
    def label(self) -> str:
        """The student's name in messages for staff."""
        return self.id or self.login or self.canvas or self.email or self.name


@dataclass(frozen=True)
class Roster:
    """The students of a class, in the order of the file. `file` is for messages."""

    students: tuple[Student, ...]
    file: Path = Path(ROSTER)

    @cached_property
    def index(self) -> Mapping[str, Mapping[str, tuple[Student, ...]]]:
        """The students by identifying column and normalised value."""
        return {key: _index(self.students, key) for key in IDENTIFYING}


def find_roster(folder: Path, given: Path | None) -> Roster | None:
    """The roster `given`; else `roster.csv` in the class's folder; else None.

    Raises:
        UsageError: the roster cannot be used.
    """
    if given is not None:
        return read_roster(given)
    beside = folder / ROSTER
    return read_roster(beside) if beside.is_file() else None


def read_roster(path: Path) -> Roster:
    """Read a roster: cells separated by commas, semicolons or tabs; columns without a name or a cell are passed over.

    A gradebook as Canvas exports it is a roster, too.

    Raises:
        UsageError: it cannot be read, or holds mistakes; all of them are listed as `file:line: what`.
    """
    with readable(path):
        found = path.stat()
    return _read_roster(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _read_roster(path: Path, changed_at: int, size: int) -> Roster:
    """The roster in a file, read again only after it changed: every page of the marking desk asks for it."""
    sheet = sheet_of(path, b"", "utf-8", _text(path))
    first, *rows = sheet.rows
    names = [held(cell) for cell in first.cells]
    of_canvas = canvas_columns(names)
    header = [_column(name) for name in of_canvas or names]
    faults = _header_faults(header, sheet.place(first))
    students: list[Student] = []
    for row in rows:
        if of_canvas is None or kind_of_row(of_canvas, row) == "student":
            student, wrong = _student(header, [held(cell) for cell in row.cells], row.line)
            faults += [f"{sheet.place(row)}: {what}" for what in wrong]
            students.append(student)
    faults += _repeated(students, path)
    if faults:
        raise UsageError("\n".join(faults))
    return Roster(tuple(students), path)


def _index(students: Sequence[Student], key: str) -> Mapping[str, tuple[Student, ...]]:
    said = ((normal(getattr(student, key), key), student) for student in students)
    return {value: tuple(alike) for value, alike in by_key(said).items() if value}


def normal(text: str, key: str) -> str:
    """A text as it is compared: composed characters, case folded, single blanks, `Last, First` turned around."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if key == "name" and folded.count(",") == 1:
        last, _, first = folded.partition(",")
        folded = f"{first} {last}"
    return " ".join(folded.split())


def _text(path: Path) -> str:
    """The file's text, in UTF-8 or as spreadsheets save it."""
    with readable(path):
        content = path.read_bytes()
    try:
        if content.startswith(b"PK\x03\x04"):
            raise ValueError("it is a workbook or zip")
        return decode_text(content)[0].lstrip("\ufeff")
    except ValueError as error:
        raise UsageError(f"{path}: {error}: save the file as “CSV UTF-8”") from error


def _column(cell: str) -> str:
    name = cell.lower().replace("-", "").replace(" ", "_")
    return ALSO_CALLED.get(name, name)


def _header_faults(header: Sequence[str], place: str) -> list[str]:
    faults = []
    for name in filter(None, header):
        if name not in (*COLUMNS, PASSED_OVER):
            hint = did_you_mean(name, COLUMNS, f"allowed: {', '.join(COLUMNS)}")
            faults.append(f"{place}: unknown column {name!r}{hint}")
    faults += [f"{place}: column {name!r} is here twice" for name in COLUMNS if header.count(name) > 1]
    if not {*IDENTIFYING, *_HALVES} & set(header):
        faults.append(f"{place}: there is no column id, email or name: nobody could be recognised")
    return faults


def _student(header: Sequence[str], cells: Sequence[str], line: int) -> tuple[Student, list[str]]:
    """One row as a student, and its mistakes."""
    wrong = []
    if len(cells) > len(header) and any(cells[len(header) :]):
        wrong.append(f"{len(cells)} cells under {len(header)} columns: put a cell that holds the separator in quotes")
    given: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=False):
        if not name and cell and "canvas" not in header:
            wrong.append(f"{cell!r} stands in a column without a name: name it, or empty it")
        if name in COLUMNS and cell:
            try:
                given[name] = COLUMNS[name](cell)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
    halves = " ".join(filter(None, (given.pop(half, "") for half in _HALVES)))
    if halves:
        given.setdefault("name", halves)
    if not any(given.get(key) for key in IDENTIFYING):
        wrong.append("neither id nor email nor name: nobody can be recognised by this row")
    terms = Terms(**{name: given.pop(name) for name in TERMS if name in given})
    return Student(**given, terms=terms, line=line), wrong


def _repeated(students: Sequence[Student], path: Path) -> list[str]:
    """Mistakes for ids and emails that two rows share; names may be shared."""
    return [
        f"{path}:{again.line}: {key} {getattr(again, key)!r} is in line {same[0].line} already"
        for key in ("id", "email")
        for same in _index(students, key).values()
        for again in same[1:]
    ]
