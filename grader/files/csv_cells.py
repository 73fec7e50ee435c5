"""Text in the cells of a table that a spreadsheet may open.

Owns keeping text from being taken for a formula, and getting it back as it was. Registers no format.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from grader.files.untrusted_text import visible

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Verbatim(str):
    """A text of ours that a format asks for exactly so."""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before what would begin one."""
    return f"'{text}" if text.lstrip("'").lstrip(" ").startswith(_FORMULA_STARTS) else text


def unguarded(cell: str) -> str:
    """What was guarded, as it was."""
    bare = cell.removeprefix("'")
    return bare if bare != cell and guarded(bare) == cell else cell


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8: numbers as they are, every text visible and guarded but our own, None as nothing."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8")


def _cell(value: object) -> object:
    return guarded(visible(value)) if isinstance(value, str) and not isinstance(value, Verbatim) else value
