r"""LaTeX commands: what a backslash means, from spacing to `\frac`.

Owns which command becomes which token. Greek letters and upright names are words (see `names.py`); what `\frac` and
`\sqrt` do with what follows is `operands.py`'s affair.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import MATRIX_SPELLINGS, SPELLINGS
from grader.maths.reading.sign_tables import COMMAND_SIGNS, IGNORED, IGNORED_SIGNS, STRUCTURE, WRAPPERS, TokenKind

_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{((?:[pbvB]|small)?matrix|array|[dr]?cases)\*?\}(?:\s*\{[lcr|]+\})?")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """What a command stands for: a token, or None where it only sets space or shape."""

    kind: TokenKind | None
    text: str
    length: int


def read_command(text: str, start: int, *, units: bool) -> Command:
    r"""The command at a backslash.

    Args:
        text: the whole answer.
        start: where the backslash stands.
        units: whether `\$` is money.

    Raises:
        Unreadable: it means nothing here.
    """
    match = _COMMAND.match(text, start)
    name = (match.group(1) or "") if match else ""
    length = 1 + len(name)
    if name in IGNORED or (name and name in IGNORED_SIGNS):
        bare = name in ("left", "right") and text[start + length : start + length + 1] == "."
        return Command(None, " ", length + bare)
    if name in STRUCTURE:
        return Command("command", name, length)
    if name in COMMAND_SIGNS:
        return Command(*COMMAND_SIGNS[name], length)
    if name in SPELLINGS or name in ("det", "tr", "Tr", "rank", "diag"):
        return Command("function", SPELLINGS.get(name) or MATRIX_SPELLINGS[name], length)
    if name in ("{", "}"):
        return Command("open" if name == "{" else "close", name, length)
    if name in WRAPPERS:
        return Command(None, "", length)
    if name == "$" and units:
        return Command("unit", "USD", length)
    rows = _ENVIRONMENT.match(text, start)
    if rows:
        begins, what = rows.group(1) == "begin", "cases" if rows.group(2).endswith("cases") else rows.group(2)
        return Command("rows" if begins else "close", what, len(rows.group()))
    if name == "pi":
        return Command("constant", name, length)
    raise Unreadable(f"\\{name[:20]} is not a command known here", start + 1)
