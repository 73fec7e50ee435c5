"""Editing a few cells of somebody else's CSV file while every other byte stays.

Owns reading CSV files as platforms and spreadsheets write them (byte order marks, commas or semicolons, quotes, any
line end, cells over several lines), the position of each cell, and replacing its text. Which cells change belongs to
the exports.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS = "cp1252"  # what Excel writes as plain “CSV” on Western systems
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and the positions in the file's text between which it is spelled, quotes included."""

    text: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class CsvRow:
    """One row and the line it begins in."""

    line: int
    cells: tuple[Cell, ...]

    def __getitem__(self, column: int) -> str:
        """The text of a cell without blanks around it; empty where the row is too short."""
        return self.cells[column].text.strip() if 0 <= column < len(self.cells) else ""

    @property
    def blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(cell.text.strip() for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A file as a table: its bytes are a byte order `mark`, then `text` in `encoding`. The first row is the header."""

    path: Path
    text: str
    mark: bytes
    encoding: str
    delimiter: str
    rows: tuple[CsvRow, ...]

    @property
    def header(self) -> CsvRow:
        """The first row."""
        return self.rows[0]

    def place(self, row: CsvRow) -> str:
        """`file:line`, for messages."""
        return f"{self.path}:{row.line}"

    def with_cells(self, changes: Mapping[Cell, str]) -> bytes:
        """The file with other text in some cells, every other byte as it was.

        A character that the file's encoding lacks becomes an HTML character reference.
        """
        text, pieces, at = self.text, [], 0
        for cell, new in sorted(changes.items(), key=lambda change: change[0].start):
            pieces += [text[at : cell.start], self._spelled(new, cell)]
            at = cell.end
        return self.mark + "".join([*pieces, text[at:]]).encode(self.encoding, "xmlcharrefreplace")

    def _spelled(self, text: str, instead_of: Cell) -> str:
        """The text as CSV: in quotes if the cell was, if all of the file's header is, or if the text needs it."""
        quotes = instead_of.quoted or self._quotes_everything or re.search(rf'["\r\n{self.delimiter}]', text)
        return '"' + text.replace('"', '""') + '"' if quotes else text

    @property
    def _quotes_everything(self) -> bool:
        return all(cell.quoted for cell in self.header.cells)


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file.

    Raises:
        UsageError: it cannot be read, is in no known encoding, is empty, or a quotation mark is never closed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f"{path} is a workbook or zip: save it as CSV (UTF-8) first")
    mark, encoding, text = _decoded(content, path)
    delimiter = _delimiter(text)
    rows = tuple(_rows(text, delimiter, path))
    if not rows:
        raise UsageError(f"{path} is empty")
    return Sheet(path, text, mark, encoding, delimiter, rows)


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
    """The cell separator: declared in a first line `sep=;` (Excel does so), else the most frequent in the header."""
    announced = re.match(r"sep=(.)[\r\n]", text)
    if announced:
        return announced[1]
    header = re.split(r"[\r\n]", re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:10_000]), maxsplit=1)[:1]
    return max(DELIMITERS, key=header[0].count) if header else ","


def _rows(text: str, delimiter: str, path: Path) -> Iterator[CsvRow]:
    cell = re.compile(rf'("[^"]*(?:""[^"]*)*"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    announced = re.match(r"sep=.(?:\r\n|\r|\n)", text)
    at, line, first_line = (announced.end(), 2, 2) if announced else (0, 1, 1)
    cells: list[Cell] = []
    while at < len(text) or cells:
        match = cell.match(text, at)
        if match is None or (match[1].startswith('"') and match[1].count('"') % 2):
            raise UsageError(f"{path}:{line}: a quotation mark is opened here and never closed")
        quoted = match[1].startswith('"')
        value = (
            re.sub(r'"((?:[^"]|"")*)"', lambda m: m[1].replace('""', '"'), match[1], count=1) if quoted else match[1]
        )
        cells.append(Cell(value, match.start(1), match.end(1), quoted))
        line += len(re.findall(r"\r\n|\r|\n", match[0]))
        at = match.end()
        if match[2] != delimiter:
            row = CsvRow(first_line, tuple(cells))
            if not row.blank:
                yield row
            cells, first_line = [], line
