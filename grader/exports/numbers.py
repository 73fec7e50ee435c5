"""Numbers as platforms and spreadsheets write them: whether a comma parts decimals or thousands.

Owns that one decision, made for a column and its file as a whole, never cell by cell: `1,000` is a thousand beside
`12.5` and one beside `0,75`. Where both are possible nothing is guessed. Registers no format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import UsageError
from grader.files.csv_edit import CsvRow, Sheet

_BLANK = r"[ \u00a0\u202f'’]"
_READS = {
    ".": re.compile(rf"[+-]?(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|[1-9]\d{{0,2}}(?:{_BLANK}\d{{3}})+|\d+)(?:\.\d+)?"),
    ",": re.compile(rf"[+-]?(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|[1-9]\d{{0,2}}(?:{_BLANK}\d{{3}})+|\d+)(?:,\d+)?"),
}
"""By what parts the decimals, what a number looks like."""
_LONGEST = 40


@dataclass(frozen=True)
class Numbers:
    """How numbers of a file are written. `seen` says whether the file shows it, or nothing in it asks."""

    decimal: Literal[".", ","]
    seen: bool

    def read(self, text: str) -> float | None:
        """A number; None for anything else."""
        return _value(text.strip(), self.decimal)

    def write(self, plain: str) -> str:
        """A number in plain decimals, as this file writes it."""
        return plain.replace(".", ",") if self.decimal == "," and self.seen else plain


def numbers_of(sheet: Sheet, columns: Sequence[int], others: Sequence[int]) -> Numbers:
    """How the numbers of some columns are written, by their own cells or else by those of others.

    Args:
        sheet: the platform's file.
        columns: the one to fill, and any other that is read.
        others: columns that hold numbers of the same file.

    Raises:
        UsageError: it is written in both ways, or a number could mean two things and nothing in the file tells which.
    """
    own = list(_cells(sheet, columns))
    shown = _decided(own, sheet) or _decided(_cells(sheet, others), sheet)
    if shown is not None:
        return Numbers(shown, seen=True)
    doubtful = [(row, text) for row, text in own if _value(text, ".") != _value(text, ",")]
    if doubtful and sheet.delimiter != ",":
        row, text = doubtful[0]
        raise UsageError(
            f"{sheet.place(row)}: {text!r} could be {_value(text, '.'):g} or {_value(text, ','):g}, and nothing in the "
            "file tells which: write it without a separator"
        )
    return Numbers(".", seen=bool(doubtful))  # a comma between digits, in a file of commas, parts thousands


def any_number(text: str) -> float | None:
    """A number in either way of writing; None for anything else."""
    bare = text.strip()
    value = _value(bare, ".")
    return _value(bare, ",") if value is None else value


def _decided(cells: Iterable[tuple[CsvRow, str]], sheet: Sheet) -> Literal[".", ","] | None:
    first: dict[Literal[".", ","], tuple[CsvRow, str]] = {}
    for row, text in cells:
        point, comma = _value(text, "."), _value(text, ",")
        if (point is None) != (comma is None):
            first.setdefault("," if point is None else ".", (row, text))
    if len(first) == 2:
        (row, comma_text), (other, point_text) = first[","], first["."]
        raise UsageError(
            f"{sheet.place(row)}: {comma_text!r} has a decimal comma, but {point_text!r} in line {other.line} a point: "
            "write all numbers in one way"
        )
    return next(iter(first), None)


def _cells(sheet: Sheet, columns: Sequence[int]) -> Iterator[tuple[CsvRow, str]]:
    return ((row, row[column]) for row in sheet.rows[1:] for column in columns if row[column])


def _value(text: str, decimal: Literal[".", ","]) -> float | None:
    if len(text) > _LONGEST or not _READS[decimal].fullmatch(text):
        return None
    return float(re.sub(rf"{_BLANK}|[.,]", lambda match: "." if match[0] == decimal else "", text))
