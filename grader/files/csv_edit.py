"""Editing a few cells of somebody else's CSV file while every other cell stays.

Owns reading CSV files as platforms and spreadsheets write them (byte order marks, commas or semicolons, quotes, any
line end, cells over several lines), the line of each row, and writing the table back in the same encoding, with the
same separators and line ends. Which cells change belongs to the exports.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace

from grader.errors import UsageError, readable

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS = "cp1252"  # what Excel writes as plain “CSV” on Western systems
_DELIMITERS = ",;\t"


_KEPT_TEXT = re.compile(r'="([^"]*)"')


def held(cell: str) -> str:
    """The text of a cell without blanks around it, and without what makes spreadsheets keep a text (`="007"`)."""
    bare = cell.strip()
    kept = _KEPT_TEXT.fullmatch(bare)
    return kept[1].strip() if kept else bare


@dataclass(frozen=True)
class CsvRow:
    """One row and the line it begins in."""

    line: int
    cells: tuple[str, ...]

    def __getitem__(self, column: int) -> str:
        """What a cell holds, as `held` says; empty where the row is too short."""
        return held(self.cells[column]) if 0 <= column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """A file as a table. `prefix` stands before its first row: a byte order mark, `sep=;` as Excel writes it."""

    path: Path
    prefix: bytes
    encoding: str
    delimiter: str
    line_end: str
    lines: tuple[CsvRow, ...]

    @cached_property
    def rows(self) -> tuple[CsvRow, ...]:
        """Every row with something in a cell; the header is the first."""
        return tuple(row for row in self.lines if any(map(held, row.cells)))

    @property
    def header(self) -> CsvRow:
        """The first row."""
        return self.rows[0]

    def place(self, row: CsvRow) -> str:
        """`file:line`, for messages."""
        return f"{self.path}:{row.line}"

    def with_cells(self, changes: Mapping[tuple[CsvRow, int], str]) -> bytes:
        """The file with other text in some cells, given by row and column; every other cell is as it was.

        A character that the file's encoding lacks becomes an HTML character reference.
        """
        spelled: list[str] = []
        # Told that lines end with both, csv quotes cells that hold either; with "\n" alone a lone "\r" would end a row.
        writer = csv.writer(SimpleNamespace(write=spelled.append), delimiter=self.delimiter, lineterminator="\r\n")
        for row in self.lines:
            writer.writerow([changes.get((row, column), cell) for column, cell in enumerate(row.cells)])
        text = "".join(line.removesuffix("\r\n") + self.line_end for line in spelled)
        return self.prefix + text.encode(self.encoding, "xmlcharrefreplace")


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file.

    Raises:
        UsageError: it cannot be read, is in no known encoding, is empty, or a quotation mark is misplaced.
    """
    with readable(path):
        content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f"{path} is a workbook or zip: save it as CSV (UTF-8) first")
    return sheet_of(path, *_decoded(content, path))


def sheet_of(path: Path, mark: bytes, encoding: str, text: str) -> Sheet:
    """The table that a text holds; see `read_sheet`."""
    announced = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    prefix = announced[0] if announced else ""
    table = text.removeprefix(prefix)
    delimiter = announced[1] if announced else _delimiter(table)
    line_end = re.search(r"\r\n|\r|\n", text)
    sheet = Sheet(
        path,
        mark + prefix.encode(encoding),
        encoding,
        delimiter,
        line_end[0] if line_end else "\n",
        tuple(_rows(table, delimiter, path, 2 if announced else 1)),
    )
    if not sheet.rows:
        raise UsageError(f"{path} is empty: the first line must name columns")
    return sheet


def _decoded(content: bytes, path: Path) -> tuple[bytes, str, str]:
    mark, encoding = next((pair for pair in _MARKS if content.startswith(pair[0])), (b"", "utf-8"))
    try:
        return mark, encoding, content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        return b"", _WINDOWS, content.decode(_WINDOWS)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: neither UTF-8 nor Windows-1252: save it as CSV (UTF-8)") from error


def _delimiter(text: str) -> str:
    """What stands most often between the cells of the header, which is the first line with anything in a cell."""
    lines = re.split(r"[\r\n]", re.sub(r'"[^"]*"', '""', text.lstrip("\r\n")[:10_000]))
    header = next((line for line in lines if line.strip(f" {_DELIMITERS}")), text)
    return max(_DELIMITERS, key=header.count)


def _rows(text: str, delimiter: str, path: Path, first_line: int) -> Iterator[CsvRow]:
    """The rows with the lines they begin in.

    `strict` refuses what is no CSV, so that a stray quotation mark cannot swallow the rows after it.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first_line
    try:
        for cells in reader:
            yield CsvRow(line, tuple(cells))
            line = first_line + reader.line_num
    except csv.Error as error:
        raise UsageError(f"{path}:{line}: {error}: check the quotation marks from this line on") from error
