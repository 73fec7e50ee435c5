"""Numbers in rows, as students type them: a vector, a table, a matrix of values.

Owns finding the cells; each is read by the judge, as a number of its own is. Registers no kind.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grader.files.author_code import AuthorCodeError
from grader.maths.reading.question import Question

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge

MAX_CELLS = 200
_RULE = re.compile(r"[\s|:+=-]*")
"""The line between the head of a Markdown table and its rows."""
_ROW_END = re.compile(r"\n|;|\\\\|\]\s*,?\s*(?=\[)|\)\s*,?\s*(?=\()")
_LATEX = re.compile(r"\\(?:begin|end)\{[a-z]*matrix\}|\\left|\\right|\$|\bhline\b")

Grid = list[list[float]]


class NoGrid(Exception):
    """What was typed is no table of numbers; the message is for the student."""


def read_grid(text: str, columns: int, judge: Judge) -> Grid:
    """The numbers that were typed, row by row.

    Args:
        text: rows on lines or behind `;`, cells behind commas, `|`, `&` or blanks; brackets around all or each row.
        columns: how many each row is to have; several rows of one number each are a column.
        judge: reads each number.

    Raises:
        NoGrid: a cell is no number, or rows differ in length.
    """
    rows = [row for line in _ROW_END.split(_LATEX.sub(" ", text.strip())) if (row := _cells(line))]
    if not rows:
        raise NoGrid("there is no number in it")
    if sum(map(len, rows)) > MAX_CELLS:
        raise NoGrid(f"more than {MAX_CELLS} numbers are no answer to this")
    if len(rows) == 1 and columns > 1 and len(rows[0]) % columns == 0 and len(rows[0]) != columns:
        raise NoGrid(f"{len(rows[0])} numbers are in one row; a row has {columns}, and `;` or a new line ends it")
    if len({len(row) for row in rows}) > 1:
        raise NoGrid(f"its rows hold {', '.join(str(len(row)) for row in rows[:8])} numbers")
    question = Question(id="", kind="number", reference="")
    return [[_number(cell, i, j, question, judge) for j, cell in enumerate(row, 1)] for i, row in enumerate(rows, 1)]


def _cells(line: str) -> list[str]:
    if _RULE.fullmatch(line):
        return []
    bare = line.strip().strip("|{} \t").rstrip(",")
    between = next((sign for sign in ("|", "&", ",") if sign in bare), None)
    cells = bare.split(between) if between else bare.split()
    return [_unbracketed(cell.strip()) for cell in cells]


def _unbracketed(cell: str) -> str:
    """A cell without the brackets around its row."""
    for opening, closing in ("[]", "()"):
        while cell.startswith(opening) and cell.count(opening) > cell.count(closing):
            cell = cell[1:].strip()
        while cell.endswith(closing) and cell.count(closing) > cell.count(opening):
            cell = cell[:-1].strip()
    return cell[1:-1].strip() if cell[:1] + cell[-1:] == "[]" else cell


def _number(cell: str, row: int, column: int, question: Question, judge: Judge) -> float:
    (value,) = judge.evaluate(question, cell, [{}])
    if value is None or not math.isfinite(float(value)):
        raise NoGrid(f"row {row}, column {column}: {cell[:40]!r} is no number")
    return float(value)


def expected_grid(value: Any, name: str) -> Grid:
    """What an author's function gives, as rows: a list of numbers is one row.

    Raises:
        AuthorCodeError: it gives something else.
    """
    rows = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(rows, list | tuple) and rows and not isinstance(rows[0], list | tuple):
        rows = [rows]
    try:
        grid = [[float(cell) for cell in row] for row in rows]
    except (TypeError, ValueError) as error:
        raise AuthorCodeError(f"{name} gives no rows of numbers: {error}") from error
    if not grid or not grid[0] or len({len(row) for row in grid}) > 1:
        raise AuthorCodeError(f"{name} gives no rows of numbers, or rows of different lengths")
    return grid


def written(grid: Sequence[Sequence[float]]) -> str:
    """Rows of numbers as they can be typed."""
    return "; ".join(", ".join(f"{cell:.12g}" for cell in row) for row in grid)
