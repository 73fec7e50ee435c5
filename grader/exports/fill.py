"""Filling one column of a learning platform's own file.

Owns which cells are written: those of students who were matched and whose points are decided. No cell is emptied.
Which column and which rows are concerned belongs to the formats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from grader.exports.base import Export, is_open, listed, points, told_open
from grader.exports.matching import Pairs
from grader.exports.numbers import Numbers
from grader.files.csv_edit import CsvRow, Sheet
from grader.records import GradeRecord

DIGITS = 2
"""Decimals of a grade: Canvas and Moodle keep two."""

_EMPTY = ("", "-")
"""What stands in a cell without a grade."""
_LEFT = "left as they were (--provisional writes what is decided)"


@dataclass
class Filling:
    """One column being filled: its changes, and the submissions by what became of them."""

    sheet: Sheet
    column: int
    numbers: Numbers
    provisional: bool
    out_of: Callable[[CsvRow], float | None]
    keep: Callable[[CsvRow], str | None]
    changes: dict[tuple[CsvRow, int], str] = field(default_factory=dict)
    filled: list[dict[str, object]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    scales: set[tuple[float, float]] = field(default_factory=set)

    def fill(self, pairs: Pairs) -> None:
        """Write the scores that are decided and differ from the cell."""
        for person, record in pairs.found:
            reason = self._shifted(person.row) or self.keep(person.row)
            if reason:
                self.kept.append(f"{person.label} (line {person.row.line}): {reason}")
            elif not is_open(record):
                self._write(person.row, record)
            else:
                self.waiting.append(record.submission)
                if self.provisional:
                    self._write(person.row, record)

    def _shifted(self, row: CsvRow) -> str | None:
        """Why nobody can tell which cell of a row stands below which column; None if it is clear."""
        beyond = row.cells[len(self.sheet.header.cells) :]
        usual = Counter(len(one.cells) for one in self.sheet.rows).most_common(1)[0][0]
        if any(map(str.strip, beyond)) or (beyond and len(row.cells) > usual):
            return "more cells than columns: put the cell that holds a separator in quotes"
        return None

    def _write(self, row: CsvRow, record: GradeRecord) -> None:
        if self.column >= len(row.cells):
            self.kept.append(f"line {row.line}: the row ends before the column")
            return
        cell, value = row.cells[self.column], self._scaled(record, self.out_of(row))
        before = self.numbers.read(cell)
        if before is not None and round(before, DIGITS) == round(value, DIGITS):
            self.unchanged.append(record.submission)
            return
        if before is None and cell.strip() not in _EMPTY:
            self.replaced.append(f"{cell.strip()[:40]!r} (line {row.line})")
        text = points(value, DIGITS)
        self.changes[row, self.column] = self.numbers.write(text)
        self.filled.append({"submission": record.submission, "line": row.line, "before": cell, "after": text})

    def _scaled(self, record: GradeRecord, out_of: float | None) -> float:
        if out_of is None or out_of == record.max_score or not record.max_score:
            return record.score
        self.scales.add((record.max_score, out_of))
        return record.score * out_of / record.max_score


def finished(filling: Filling, pairs: Pairs, name: str, also: Iterable[str] = ()) -> Export:
    """The export: the file with its changes, and messages, including the rows and submissions without a match."""
    column = filling.sheet.header[filling.column]
    lost = [record.submission for record in pairs.lone_records]
    absent = [f"{person.label} (line {person.row.line})" for person in pairs.lone_people]
    messages = [f"column {column!r}: {len(filling.filled)} filled, {len(filling.unchanged)} as they were"]
    messages += [f"scaled from {of:g} to the {to:g} points of the file" for of, to in sorted(filling.scales)]
    messages += told_open(filling.waiting, _LEFT, provisional=filling.provisional)
    messages += listed("left as they were", filling.kept)
    messages += listed("held something that is no number and was replaced", filling.replaced)
    messages += listed("handed in by nobody in the file", lost)
    messages += listed("in the file without a submission, left as they were", absent)
    messages += [*pairs.doubts, *also]
    if filling.sheet.encoding == "cp1252":
        messages.append(f"{filling.sheet.path.name} is not UTF-8; read and written as Windows-1252")
    facts = {
        "column": column,
        "filled": filling.filled,
        "unchanged": filling.unchanged,
        "open": filling.waiting,
        "kept": filling.kept,
        "unmatched_submissions": lost,
        "unmatched_rows": absent,
        "doubts": list(pairs.doubts),
        "scaled": [{"from": of, "to": to} for of, to in sorted(filling.scales)],
    }
    return Export({name: filling.sheet.with_cells(filling.changes)}, tuple(messages), facts)
