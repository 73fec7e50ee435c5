"""CSV tables of ours, whose cells a spreadsheet may open.

Owns writing a table, guarding text against being executed as a formula (CSV injection), and undoing that. Which
tables there are belongs to the exports.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.files.untrusted_text import visible

_FORMULA = re.compile(r"[\s']*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""How a formula begins, ASCII or full-width: programs that trim cells find it behind blanks and line breaks too. A cell
that begins with a tab or a line break is guarded whatever follows, as OWASP advises. What begins like a guarded text
gets one more apostrophe, so that `unguarded` gives back either."""


class Verbatim(str):
    """A text of ours that a format requires as it is, so it is not guarded."""


def guarded(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    bare = cell.removeprefix("'")
    return bare if bare != cell and guarded(bare) == cell else cell


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8: numbers unchanged, texts visible and guarded (but `Verbatim`), None as an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8")


def _cell(value: object) -> object:
    return guarded(visible(value)) if isinstance(value, str) and not isinstance(value, Verbatim) else value
