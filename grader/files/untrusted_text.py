"""Text that came from a student, made safe to show.

Owns making invisible and reordering characters visible, and cutting long text and lists with a note. Escaping for HTML
belongs to the templates (autoescape); no function here returns markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby, islice

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls; a terminal would obey them
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff"
    "]"
)
_MARKS_IN_A_ROW = 4  # no written language needs more combining marks on one letter
_NOTE = 30
"""Characters that the note `… [N more characters]` may take."""


def visible(text: str) -> str:
    """The text with every control, bidirectional and zero-width character spelled out as `⟨U+202E⟩`.

    Line ends become single line feeds. Of many combining marks on one letter only the first few stay, so that they
    cannot cover other lines.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _thin_marks(_INVISIBLE.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", unified))


def shown(text: str, limit: int) -> str:
    """The text made visible and cut to about `limit` characters, those that are spelled out included."""
    return cut(visible(cut(text, limit)), limit + _NOTE)


def one_line(text: str, limit: int = 200) -> str:
    """The text made visible, cut, and on one line: for headings, terminals and labels."""
    return " ".join(shown(text, limit).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the text, and how many more there were."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… [{len(text) - limit} more characters]"


def first_few(several: Sequence[str], most: int, between: str = ", ") -> str:
    """The first of several names or sentences, and how many more there are."""
    more = f" and {len(several) - most} more" if len(several) > most else ""
    return between.join(several[:most]) + more


def _thin_marks(text: str) -> str:
    if text.isascii():
        return text
    rows = groupby(text, key=lambda char: unicodedata.combining(char) > 0)
    return "".join("".join(islice(row, _MARKS_IN_A_ROW if are_marks else None)) for are_marks, row in rows)
