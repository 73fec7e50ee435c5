"""What tokens are, and how many of them an answer may have.

Owns the words and signs that structure is read from, and the limits that refuse a bomb before anything is built. How
they are found in what was typed is `tokenizer.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.maths.reading.sign_tables import TokenKind

MAX_CHARACTERS = 2_000
MAX_TOKENS = 400
MAX_NESTING = 60

ENDS_OPERAND = frozenset({"number", "name", "constant", "unit", "multiplier", "close", "endgroup"})
"""Tokens that a value may end with."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands at a place: a token, or of kind None what means nothing there, and how long it is."""

    kind: TokenKind | None
    text: str
    length: int


@dataclass(frozen=True, slots=True)
class Token:
    r"""One word or sign. `text` is canonical: `log` for `\ln`, `C_0` for `C0`, `*` for `×`."""

    kind: TokenKind
    text: str
    column: int
    spaced: bool = False
