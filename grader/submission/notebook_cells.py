"""The cells of a notebook's JSON, of format 3 or 4.

Owns which are there, what their texts are, and telling those of another type that look as if work stood in them. What
of a code cell counts belongs to `grader.submission.notebook`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from grader.submission.answer_cells import holds_answers

MAX_CELLS = 2_000
_DEFINES = re.compile(r"^(?:async[ ]def|def|class)[ ]\w", re.M)
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a letter, which JSON may say and no file can hold."""


def cells_of(data: Any) -> list[Mapping[str, Any]] | str:
    """The cells of a notebook's JSON, or why there are none."""
    if not isinstance(data, dict):
        return "it is no notebook: JSON, but not an object"
    version, cells = data.get("nbformat"), data.get("cells")
    if version == 3 and isinstance(data.get("worksheets"), list):
        sheets = [sheet for sheet in data["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells") or ()]
    if not isinstance(cells, list):
        told = whole(str(version)[:20])
        return f"it is no notebook of format 3 or 4 (format {told}, no cells): save it with Jupyter again"
    return [cell for cell in cells if isinstance(cell, dict)]


def code_of(cell: Mapping[str, Any]) -> str | None:
    """The text of a code cell; None for any other."""
    return _text(cell) if _kind(cell) == "code" else None


def _kind(cell: Mapping[str, Any]) -> str:
    """A cell's type, in small letters; a cell that has none holds code."""
    return whole(str(cell.get("cell_type", "code"))).casefold()[:20]


def _text(cell: Mapping[str, Any]) -> str | None:
    """The text of any cell; None if it has none."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        source = ("" if any(line.endswith("\n") for line in lines) else "\n").join(lines)
    if not isinstance(source, str):
        return None
    return whole(source.replace("\r\n", "\n").replace("\r", "\n"))


def whole(text: str) -> str:
    """A text that can be written into a file."""
    return _HALF.sub("\ufffd", text)


def unread_cells(cells: Sequence[Mapping[str, Any]], name: str) -> list[tuple[str, str]]:
    """Cells of another type that look as if answers or functions stood in them."""
    told = []
    for number, cell in enumerate(cells[:MAX_CELLS], 1):
        kind = _kind(cell)
        text = "" if kind == "code" else _text(cell) or ""
        what = "answers" if holds_answers(text) else "code" if _DEFINES.search(text) else ""
        if what:
            why = f"the {what} in it {'were' if what == 'answers' else 'was'} not read: make it a code cell"
            told.append((f"{name} cell {number}", f"is a {kind} cell, and {why}"))
    return told


def repeated_ids(cells: Sequence[Mapping[str, Any]], name: str) -> list[tuple[str, str]]:
    """What is said where cells share an id, as copies do."""
    ids = Counter(cell["id"] for cell in cells if isinstance(cell.get("id"), str))
    repeated = sum(count - 1 for count in ids.values())
    return [(name, f"{repeated} cells have the id of another: nothing is lost by that")] if repeated else []
