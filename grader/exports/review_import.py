"""Reading back a table that people marked.

Owns turning rows of a review table into marks, whatever a spreadsheet did to the file, and every reason why a row
cannot be used. Saving them belongs to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from grader.errors import UsageError, did_you_mean
from grader.exports.base import GradedClass, RubricLine, checks_of, points
from grader.exports.review_csv import COLUMNS, entry_name, rubric_text, stamp
from grader.files.csv_cells import unguarded
from grader.files.csv_edit import CsvRow, Sheet, read_sheet
from grader.gradebook import Override
from grader.gradebook.marking.marks import Mark, TableMark
from grader.gradebook.pending import entry_key
from grader.gradebook.records import made_on
from grader.records import CheckRecord, GradeRecord
from grader.results.effective import by_submission, in_force

_NEEDED = ("entry", "check", "items", "score", "comment", "stamp")
_NOTHING = ("none", "0", "-", "–")
_SCORE = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+")


@dataclass
class Reading:
    """The content of a table: marks, the numbers of unmarked and of known rows, and faults with their places."""

    marks: list[TableMark] = field(default_factory=list)
    unmarked: int = 0
    known: int = 0
    faults: list[str] = field(default_factory=list)


class _Fault(Exception):
    """The reason why a row cannot be used."""


@dataclass(frozen=True)
class _Waiting:
    record: GradeRecord
    check: CheckRecord
    decided: Override | None
    mark: Mark | None


def read_review(
    path: Path,
    graded: GradedClass,
    overrides: Sequence[Override],
    author: str,
    marks: Mapping[str, Mark] = MappingProxyType({}),
) -> Reading:
    """Read a review table and compare it with the class as it counts now.

    Args:
        path: the table, as exported or as a spreadsheet saved it; columns in any order, others are ignored.
        graded: the class, with its effective records.
        overrides: every override so far, oldest first.
        author: who marked, for rows that do not say.
        marks: the latest first marks, by key.

    Raises:
        UsageError: it is not a review table.
    """
    sheet = read_sheet(path)
    columns = _columns(sheet)
    waiting = _waiting(graded, overrides, marks)
    reading = Reading()
    seen: dict[str, tuple[CsvRow, TableMark]] = {}
    for row in sheet.rows[1:]:
        cells = {name: unguarded(_text(row, at)) for name, at in columns.items()}
        try:
            mark = _mark(cells, waiting, graded, author, f"{path.name}:{row.line}")
            _check_agreement(cells["entry"], row, mark, seen)
        except _Fault as fault:
            reading.faults.append(f"{sheet.place(row)}: {fault}")
            continue
        if mark is None:
            reading.unmarked += 1
        elif _is_known(waiting[cells["entry"]], mark) or seen[cells["entry"]][0] is not row:
            reading.known += 1
        else:
            reading.marks.append(mark)
    return reading


def _columns(sheet: Sheet) -> dict[str, int]:
    header = [cell.strip().casefold() for cell in sheet.header.cells]
    columns = {name: header.index(name) for name in COLUMNS if name in header}
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise UsageError(
            f"{sheet.place(sheet.header)}: no column {', '.join(missing)}: this must be a table of "
            "`hw11 export --to review-csv`, with its header"
        )
    return columns


def _text(row: CsvRow, column: int) -> str:
    """The text of a cell with line feeds as line ends, whatever the spreadsheet wrote."""
    return row[column].replace("\r\n", "\n").replace("\r", "\n")


def _waiting(graded: GradedClass, overrides: Sequence[Override], marks: Mapping[str, Mark]) -> dict[str, _Waiting]:
    """Every check of every submission, by the key of its answer."""
    found, made = {}, by_submission(overrides)
    for record in graded.records:
        decided = in_force(record, made[record.submission])
        for _, check in checks_of(record):
            mark = marks.get(entry_key(check.id, record.submission))
            holds = mark is not None and mark.score is not None and mark.digest == made_on(record, check)
            found[entry_name(check, record)] = _Waiting(record, check, decided.get(check.id), mark if holds else None)
    return found


def _mark(
    cells: Mapping[str, str], waiting: Mapping[str, _Waiting], graded: GradedClass, author: str, place: str
) -> TableMark | None:
    """The mark that a row asks for; None if the row is not marked.

    Raises:
        _Fault: the row cannot be used.
    """
    marked = cells["items"] or cells["score"]
    if not marked:
        if cells["comment"]:
            raise _Fault("a comment, but neither items nor a score: mark it, or take the comment out")
        return None
    one = _find(cells, waiting)
    if stamp(one.check, one.record) != cells["stamp"]:
        raise _Fault("the answer has changed since the table was made: export again and mark the new answer")
    rubric = graded.rubric(one.check)
    told = cells.get("rubric", "")
    if cells["items"] and told and told.split() != rubric_text(rubric).split():
        raise _Fault("the rubric has changed since the table was made: export again, and tick the items of the new one")
    items = _items(cells["items"], rubric) if cells["items"] else None
    score = _score(cells, one.check, rubric, items)
    reason = f"marked in {place}" + (f"; items {cells['items']}" if cells["items"] else "")
    who = cells.get("author") or author
    mark = TableMark(
        *(entry_key(one.check.id, one.record.submission), one.record.submission, one.check.id, score, who, reason),
        *(cells["comment"], made_on(one.record, one.check), items),
    )
    if one.decided is None and one.check.score is not None:
        raise _Fault(f"was decided meanwhile without a person: {points(one.check.score)} points")
    if one.decided and not _is_known(one, mark) and one.decided.author != who:
        given = points(one.decided.score or 0.0)
        raise _Fault(f"marked differently by {one.decided.author} meanwhile: {given} points ({one.decided.made_at})")
    return mark


def _find(cells: Mapping[str, str], waiting: Mapping[str, _Waiting]) -> _Waiting:
    one = waiting.get(cells["entry"])
    if one is not None and one.check.id == cells["check"]:
        return one
    checks = {waiting_one.check.id for waiting_one in waiting.values()}
    if cells["check"] not in checks:
        raise _Fault(f"there is no check {cells['check']!r}{did_you_mean(cells['check'], checks)}")
    if one is not None:
        raise _Fault(f"entry {cells['entry']} is an answer to {one.check.id}, not to {cells['check']}")
    raise _Fault(f"there is no answer {cells['entry']!r} in this gradebook: is it of another class or attempt?")


def _score(
    cells: Mapping[str, str], check: CheckRecord, rubric: Sequence[RubricLine], items: tuple[int, ...] | None
) -> float:
    typed = cells["score"]
    if typed and not _SCORE.fullmatch(typed):
        raise _Fault(f"{typed!r} is not a score: write a number such as 0.5")
    score = float(typed.replace(",", ".")) if typed else None
    if items is not None:
        earned = min(sum(rubric[item - 1].points for item in items), check.max_score)
        if score is not None and abs(score - earned) > 1e-6:
            raise _Fault(f"items {cells['items']} make {points(earned)}, score says {typed}: leave one of them out")
        score = earned
    assert score is not None
    if score > check.max_score + 1e-9:
        raise _Fault(f"{points(score)} is more than the {points(check.max_score)} that can be earned")
    return score


def _items(cell: str, rubric: Sequence[RubricLine]) -> tuple[int, ...]:
    """The numbers of the rubric items that a cell lists."""
    if cell.casefold() in _NOTHING:
        return ()
    numbers = re.split(r"[\s,;.+]+", cell.strip(" ,;."))
    allowed = {str(i): i for i, _ in enumerate(rubric, start=1)}
    unknown = [number for number in numbers if number not in allowed]
    if unknown:
        choice = f"allowed: 1 to {len(rubric)}, or none" if rubric else "marked by points alone: write a score"
        raise _Fault(f"there is no item {unknown[0]!r} — {choice}")
    return tuple(sorted({allowed[number] for number in numbers}))


def _is_known(waiting: _Waiting, mark: TableMark) -> bool:
    """Whether a person has decided just so already."""
    if waiting.mark is not None:
        return _same(waiting.mark.score, mark.score) and waiting.mark.comment == mark.says
    decided = waiting.decided
    return decided is not None and _same(decided.score, mark.score) and decided.says == mark.says


def _same(one: float | None, other: float) -> bool:
    return abs((one or 0.0) - other) < 1e-9


def _check_agreement(
    entry: str, row: CsvRow, mark: TableMark | None, seen: dict[str, tuple[CsvRow, TableMark]]
) -> None:
    """Refuse a row that marks an answer differently than an earlier row; unmarked rows agree with any."""
    if mark is None:
        return
    before, said = seen.setdefault(entry, (row, mark))
    if not (_same(said.score, mark.score) and said.says == mark.says):
        raise _Fault(f"line {before.line} marks the same answer differently")
