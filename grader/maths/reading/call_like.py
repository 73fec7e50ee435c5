"""What looks like the call of a function, though its name is declared as a number.

Owns the two readings of `f(x)`. An author has to say which is meant; a student is asked back only where a product would
hardly be written so: around a single name or number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokens import Token

_CALL = re.compile(r"(?<![\w\\])([A-Za-z]\w*)\(")


def refuse_calls(text: str, symbols: Symbols) -> None:
    """Refuse an author's text that calls what is declared as a number.

    Raises:
        Unreadable: with the column of the name.
    """
    for found in _CALL.finditer(text):
        name = symbols.by_name.get(symbols.find(found.group(1)) or "")
        if name is not None and not name.function and not name.is_matrix and found.group(1) not in SPELLINGS:
            raise Unreadable(
                f"{found.group()}…) looks like a call, but {name.name} is a number: "
                f"write {name.name}*(…), or declare {name.name} as a function",
                found.start() + 1,
            )


def looks_like_call(tokens: Sequence[Token], at: int) -> bool:
    """Whether the bracket at this place stands tight behind a name, around a single name or number: `f(x)`."""
    opening, *inside = tokens[at : at + 3]
    tight = at > 0 and tokens[at - 1].kind == "name" and opening.text == "(" and not opening.spaced
    return tight and [token.kind for token in inside] in (["name", "close"], ["number", "close"])
