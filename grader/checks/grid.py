"""Numbers in rows, as students type them: a vector, a table, a matrix of values.

Owns finding the cells; each is read by the judge, as a number of its own is. Registers no kind.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grader.checks.field import Unreadable
from grader.files.author_code import AuthorCodeError
from grader.maths.reading.question import Question

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge

MAX_CELLS = 200
_RULE = re.compile(r"[\s|:+=-]*")
"""The line between the head of a Markdown table and its rows."""
_ROW_END = re.compile(r"\n|;|\\\\")
_OPENS, _CLOSES = re.compile(r"\\begin\{[a-z]*matrix\}|\\\{"), re.compile(r"\\end\{[a-z]*matrix\}|\\\}")
_LEFT_OUT = re.compile(r"\\left|\\right|\$|\bhline\b|\b(?:\w{1,9}\.)?(?:array|tensor|Matrix)\b(?= ?\()")
"""LaTeX around brackets, and what makes an array of rows in code."""
_AND = re.compile(r" ?,? and ")
_TRANSPOSED = re.compile(r"\s?(?:\^ ?\{? ?(?:T|\\top|\\intercal)\b ?\}?|ᵀ|['′])")
_BEFORE_LABELLED = re.compile(r"[^:=,;|&\n]*")
_BETWEEN = " ,;.|\n"
"""What may stand between rows in brackets, beside `and` and labels."""
_DEEPEST = 4

Grid = list[list[float]]


def read_grid(text: str, judge: Judge, row_names: Sequence[str] = (), column_names: Sequence[str] = ()) -> Grid:
    """The numbers that were typed, row by row.

    Args:
        text: rows on lines, behind `;` or in brackets, cells behind commas, `|`, `&` or blanks; a label before all or
            before each row; the names of rows and columns, in any order.
        judge: reads each number.
        row_names: those that rows may be typed with.
        column_names: those that columns may be typed with.

    Raises:
        Unreadable: a cell is no number, or rows differ in length.
    """
    rows = _in_order(_rows(_plain(text)), [*map(_name, row_names)], [*map(_name, column_names)])
    if not rows:
        raise Unreadable("there is no number in it")
    if sum(map(len, rows)) > MAX_CELLS:
        raise Unreadable(f"more than {MAX_CELLS} numbers are no answer to this")
    if len({len(row) for row in rows}) > 1:
        raise Unreadable(f"its rows hold {', '.join(str(len(row)) for row in rows[:8])} numbers")
    question = Question(id="", kind="number", reference="")
    return [[_number(cell, i, j, question, judge) for j, cell in enumerate(row, 1)] for i, row in enumerate(rows, 1)]


def _plain(text: str) -> str:
    """A text in which LaTeX's matrices and sets are brackets, and blanks stand alone, which keeps patterns fast."""
    bare = _LEFT_OUT.sub(" ", _CLOSES.sub("]", _OPENS.sub("[", text)))
    bare = bare if "\\" in bare else bare.translate({ord("{"): "[", ord("}"): "]"})
    return "\n".join(line for each in bare.splitlines() if (line := " ".join(each.split())))


_Row = tuple[str, list[str]]
"""What a row is called, if it is, and its cells as text."""


def _rows(text: str, depth: int = 0) -> list[_Row]:
    groups = _groups(text) if depth < _DEEPEST else None
    if groups is None:
        return [row for line in _ROW_END.split(text) if (row := _row(line))[1]]
    rows: list[_Row] = []
    end = 0
    for start, after in groups:
        label, inside = text[end:start], _rows(text[start + 1 : after - 1], depth + 1)
        vector = len(inside) == 1 or all(len(cells) == 1 for _, cells in inside)
        if not vector and _TRANSPOSED.match(text, after):
            raise Unreadable("write the rows as they are meant, without a transposition")
        if vector and len(groups) > 1:
            rows.append((_name(label), [cell for _, cells in inside for cell in cells]))
        else:
            rows += inside
        end = after
    return rows


def _groups(text: str) -> list[tuple[int, int]] | None:
    """Where the brackets lie that hold rows, outermost ones; None if there are none, or something beside them."""
    groups, around, depth, start = [], [], 0, 0
    for at, sign in enumerate(text):
        if sign in "([":
            if depth == 0:
                around.append(text[start:at])
                start = at
            depth += 1
        elif sign in ")]":
            depth -= 1
            if depth == 0:
                groups.append((start, at + 1))
                start = at + 1
        if depth < 0:
            return None
    around.append(text[start:])
    rows = depth == 0 and all(re.search(r"[,;&\n]|\\\\", text[first:last]) for first, last in groups)
    return groups if groups and rows and all(map(_is_around, around)) else None


def _is_around(text: str) -> bool:
    """Whether nothing but a transposition, separators and a label stands here."""
    transposed = _TRANSPOSED.match(text)
    rest = text[transposed.end() if transposed else 0 :].strip(_BETWEEN)
    rest = rest.removeprefix("and").lstrip(_BETWEEN)
    return not rest or not _unlabelled(rest)[1].strip()


def _unlabelled(text: str) -> tuple[str, str]:
    """A label that ends in `=` or `:`, and what stands behind it; no label is an empty one."""
    end = _BEFORE_LABELLED.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    if text[end : end + 1] not in (":", "=") or not any(map(str.isalpha, text[:end])):
        return "", text
    return text[:end], text[end:].removeprefix(":").removeprefix("=")


def _row(line: str) -> _Row:
    if _RULE.fullmatch(line):
        return "", []
    label, bare = _unlabelled(line.strip("| "))
    bare = _AND.sub(", ", bare).strip().rstrip(",")
    between = next((sign for sign in ("|", "&", ",") if sign in bare), None)
    cells = bare.split(between) if between else bare.split()
    return _name(label), [re.sub(r"^\[(.*)\]$", r"\1", cell.strip()) for cell in cells]


def _in_order(rows: Sequence[_Row], known: Sequence[str], columns: Sequence[str]) -> list[list[str]]:
    """The cells as they are asked for, if they were typed with the names of rows and columns."""
    cells = [[label, *row] if label in known else _by_label(label, row, columns) for label, row in rows]
    head = [*map(_name, cells[0][-len(columns) :])] if cells and columns else []
    if head and sorted(head) == sorted(columns):
        places = [head.index(name) - len(columns) for name in columns]
        whole = [row for row in cells[1:] if len(row) >= len(columns)]
        if len(whole) == len(cells) - 1:
            cells = [[*row[: -len(columns)], *(row[place] for place in places)] for row in whole]
    first = [_name(row[0]) for row in cells]
    return [cells[first.index(name)][1:] for name in known] if known and sorted(first) == sorted(known) else cells


def _by_label(label: str, row: list[str], columns: Sequence[str]) -> list[str]:
    """A row whose cells all say which column they belong to, as in `b = 2, a = 1`, in the order of these."""
    labels = [label, *(_name(cell.rpartition("=")[0]) for cell in row[1:])]
    return [row[labels.index(name)] for name in columns] if columns and sorted(labels) == sorted(columns) else row


def _name(text: str) -> str:
    """A name as it is compared: without case, marks around it, and what parts it from numbers."""
    return text.strip().strip(":=*`'\",;. \t\n").casefold()


def _number(cell: str, row: int, column: int, question: Question, judge: Judge) -> float:
    (value,) = judge.evaluate(question, cell, [{}])
    if value is None or not math.isfinite(float(value)):
        raise Unreadable(f"row {row}, column {column}: {cell[:40]!r} is no number")
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
