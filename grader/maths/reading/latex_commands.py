r"""LaTeX commands: what a backslash means, from spacing to `\frac`.

Owns which command becomes which token. Greek letters and upright names are words (see `names.py`); what `\frac` and
`\sqrt` do with what follows is `operands.py`'s affair.
"""

from __future__ import annotations

import re

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import MATRIX_SPELLINGS, SPELLINGS
from grader.maths.reading.sign_tables import COMMAND_SIGNS, IGNORED, IGNORED_SIGNS, STRUCTURE, WRAPPERS
from grader.maths.reading.tokens import Sign

_ENVIRONMENT = re.compile(
    r"\\(begin|end)\s*\{((?:[pbvB]?small|[pbvB])?matrix|array|[dr]?cases)\*?\}(?:\s*\{[lcr|]+\})?"
)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)?", re.DOTALL)


def read_command(text: str, start: int, *, units: bool) -> Sign:
    r"""The command at a backslash.

    Args:
        text: the whole answer.
        start: where the backslash stands.
        units: whether `\$` is money.

    Raises:
        Unreadable: it means nothing here.
    """
    match = _COMMAND.match(text, start)
    name = (match and match.group(1)) or ""
    length = 1 + len(name)
    if name in IGNORED or (name and name in IGNORED_SIGNS):
        bare = name in ("left", "right") and text[start + length : start + length + 1] == "."
        return Sign(None, " ", length + bare)
    if name in STRUCTURE:
        return Sign("command", name, length)
    if name in COMMAND_SIGNS:
        return Sign(*COMMAND_SIGNS[name], length)
    if name in SPELLINGS or name in ("det", "tr", "Tr", "rank", "diag"):
        return Sign("function", SPELLINGS.get(name) or MATRIX_SPELLINGS[name], length)
    if name in ("{", "}"):
        return Sign("open" if name == "{" else "close", name, length)
    if name in WRAPPERS:
        return Sign(None, "", length)
    if name == "$" and units:
        return Sign("unit", "USD", length)
    if rows := _ENVIRONMENT.match(text, start):
        begins, what = rows.group(1) == "begin", "cases" if rows.group(2).endswith("cases") else rows.group(2)
        return Sign("rows" if begins else "close", what, len(rows.group()))
    if name == "pi":
        return Sign("constant", name, length)
    raise Unreadable(f"\\{name[:20]} is not a command known here", start + 1)
