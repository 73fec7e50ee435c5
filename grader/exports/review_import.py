"""Reading back a table that people marked.

Owns turning rows of a review table into overrides, whatever a spreadsheet did to the file, and every reason why a row
cannot be used. Saving them belongs to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError, did_you_mean
from grader.exports.base import GradedClass, checks_of, points
from grader.exports.review_csv import COLUMNS, entry_name, stamp
from grader.files.csv_cells import unguarded
from grader.files.csv_edit import CsvRow, Sheet, read_sheet
from grader.gradebook import Override
from grader.gradebook.records import made_on
from grader.records import CheckRecord, GradeRecord
from grader.results.effective import in_force

_NEEDED = ("entry", "check", "items", "score", "comment", "stamp")
_NOTHING = ("none", "0", "-", "–")
_SCORE = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+")


@dataclass
class Reading:
    """The content of a table: overrides, the numbers of unmarked and of known rows, and faults with their places."""

    decisions: list[Override] = field(default_factory=list)
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


def read_review(path: Path, graded: GradedClass, overrides: Sequence[Override], author: str) -> Reading:
    """Read a review table and compare it with the class as it counts now.

    Args:
        path: the table, as exported or as a spreadsheet saved it; columns in any order, others are ignored.
        graded: the class, with its effective records.
        overrides: every override so far, oldest first.
        author: who marked, for rows that do not say.

    Raises:
        UsageError: it is not a review table.
    """
    sheet = read_sheet(path)
    columns = _columns(sheet)
    waiting = _waiting(graded, overrides)
    reading = Reading()
    seen: dict[str, tuple[CsvRow, Override | None]] = {}
    for row in sheet.rows[1:]:
        cells = {name: unguarded(_text(row, at)) for name, at in columns.items()}
        try:
            decision = _decision(cells, waiting, graded, author, f"{path.name}:{row.line}")
            _check_agreement(cells["entry"], row, decision, seen)
        except _Fault as fault:
            reading.faults.append(f"{sheet.place(row)}: {fault}")
            continue
        if decision is None:
            reading.unmarked += 1
        elif _is_known(waiting[cells["entry"]].decided, decision) or seen[cells["entry"]][0] is not row:
            reading.known += 1
        else:
            reading.decisions.append(decision)
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


def _waiting(graded: GradedClass, overrides: Sequence[Override]) -> dict[str, _Waiting]:
    """Every check of every submission, by the key of its answer."""
    of: dict[str, list[Override]] = {}
    for override in overrides:
        of.setdefault(override.submission, []).append(override)
    found = {}
    for record in graded.records:
        decided = in_force(record, of.get(record.submission, ()))
        for _, check in checks_of(record):
            found[entry_name(check, record)] = _Waiting(record, check, decided.get(check.id))
    return found


def _decision(
    cells: Mapping[str, str], waiting: Mapping[str, _Waiting], graded: GradedClass, author: str, place: str
) -> Override | None:
    """The override that a row asks for; None if the row is not marked.

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
    score = _score(cells, one.check, graded)
    reason = f"marked in {place}" + (f"; items {cells['items']}" if cells["items"] else "")
    who = cells.get("author") or author
    decision = Override(
        *(one.record.submission, one.record.attempt, one.check.id, score, who, reason, cells["comment"]),
        digest=made_on(one.record, one.check),
    )
    if one.decided is None and one.check.score is not None:
        raise _Fault(f"was decided meanwhile without a person: {points(one.check.score)} points")
    if one.decided and not _is_known(one.decided, decision) and one.decided.author != who:
        given = points(one.decided.score or 0.0)
        raise _Fault(f"marked differently by {one.decided.author} meanwhile: {given} points ({one.decided.made_at})")
    return decision


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


def _score(cells: Mapping[str, str], check: CheckRecord, graded: GradedClass) -> float:
    typed = cells["score"]
    if typed and not _SCORE.fullmatch(typed):
        raise _Fault(f"{typed!r} is not a score: write a number such as 0.5")
    score = float(typed.replace(",", ".")) if typed else None
    if cells["items"]:
        earned = _earned(cells["items"], check, graded)
        if score is not None and abs(score - earned) > 1e-6:
            raise _Fault(f"items {cells['items']} make {points(earned)}, score says {typed}: leave one of them out")
        score = earned
    assert score is not None
    if score > check.max_score + 1e-9:
        raise _Fault(f"{points(score)} is more than the {points(check.max_score)} that can be earned")
    return score


def _earned(items: str, check: CheckRecord, graded: GradedClass) -> float:
    """The points of the rubric items whose numbers a cell lists."""
    rubric = graded.rubric(check.id)
    if items.casefold() in _NOTHING:
        return 0.0
    numbers = re.split(r"[\s,;.+]+", items.strip(" ,;."))
    allowed = {str(i): item.points for i, item in enumerate(rubric, start=1)}
    unknown = [number for number in numbers if number not in allowed]
    if unknown:
        choice = f"allowed: 1 to {len(rubric)}, or none" if rubric else "this check has no rubric: write a score"
        raise _Fault(f"there is no item {unknown[0]!r} — {choice}")
    return min(sum(allowed[number] for number in set(numbers)), check.max_score)


def _is_known(decided: Override | None, decision: Override) -> bool:
    if decided is None:
        return False
    return abs((decided.score or 0.0) - (decision.score or 0.0)) < 1e-9 and decided.says == decision.says


def _check_agreement(
    entry: str, row: CsvRow, decision: Override | None, seen: dict[str, tuple[CsvRow, Override | None]]
) -> None:
    """Refuse a row that marks an answer differently than an earlier row; unmarked rows agree with any."""
    if decision is None:
        return
    before, said = seen.setdefault(entry, (row, decision))
    if said is not None and not _is_known(said, decision):
        raise _Fault(f"line {before.line} marks the same answer differently")
