r"""Words and signs of a case by case answer: `if`, `otherwise`, `and`, and the one of `\mathbf{1}_{x > 0}`.

Owns which of them are structure and no names. What they build is `piecewise.py`'s.
"""

from __future__ import annotations

import re

from grader.maths.reading.columns import closing
from grader.maths.reading.symbols import Symbols

_MEANINGS = {
    "if": "if", "for": "if", "when": "if", "whenever": "if", "else if": "if", "elif": "if", "else": "else",
    "otherwise": "else", "elsewhere": "else", "o.w.": "else", "and": "and", "or": "or", "True": "else",
}  # fmt: skip
_JOINING = ("and", "or")
_SPOKEN = re.compile(
    r"\\begin\s*\{[dr]?cases\*?\}|\bif\b.*(?:\belse|\botherwise|\bif)\b|[Pp]iecewise\(|\bfor\b.*\b(?:otherwise|else)\b",
    re.DOTALL,
)
_WORDS = "|".join(re.escape(word) for word in sorted(_MEANINGS, key=len, reverse=True))
_SIGNS = {"∧": "and", "∨": "or", "&&": "and", "\\land": "and", "\\wedge": "and", "\\lor": "or", "\\vee": "or"}
_WORD = re.compile(
    rf"\\(?:text|textrm|textnormal|mathrm|mbox)\s*\{{\s*({_WORDS})[\s:,.]*\}}|({_WORDS})(?![A-Za-z])"
    r"|([∧∨]|&&|\\(?:land|wedge|lor|vee)(?![A-Za-z]))"
)
_ONE = re.compile(
    r"(?:\\(?:mathbf|mathbb|mathbbm|mathds|mathrm|bm)\s*(?:\{\s*(?P<wrapped>[1I])\s*\}|\s*(?P<spaced>[1I])(?![A-Za-z]))"
    r"|(?<![A-Za-z0-9_.])(?P<bare>[1I]))\s*(?P<below>_\s*)?(?:\\left\s*|\\[bB]igg?l?\s*)?(?P<opening>\\?\{|\[|\()"
)
_RELATION = re.compile(r"[<>=≤≥≠]|\\(?:leq?|geq?|neq?|lt|gt|leqslant|geqslant)(?![A-Za-z])")


def speaks(text: str) -> bool:
    """Whether an answer is given case by case, so that `if` and `otherwise` are structure."""
    return bool(_SPOKEN.search(text))


def read_condition_word(text: str, place: int, *, spoken: bool, inside: bool) -> tuple[str, int] | None:
    """What a word or sign of a condition stands for, and its length; None where it is none.

    Args:
        text: the whole answer.
        place: where to look.
        spoken: whether the answer is given case by case.
        inside: whether the place stands in brackets, where two conditions may be joined.
    """
    found = _WORD.match(text, place)
    if not found:
        return None
    meaning = (_MEANINGS | _SIGNS)[next(filter(None, found.groups()))]
    return (meaning, len(found.group())) if spoken or (inside and meaning in _JOINING) else None


def read_indicator(text: str, place: int, symbols: Symbols) -> int | None:
    r"""The length of the one of `\mathbf{1}_{x > 0}` or `I(x > 0)`; None where no condition stands behind it."""
    found = _ONE.match(text, place)
    end = closing(text, found.end("opening")) if found else None
    if not found or end is None or not _RELATION.search(text, found.end("opening"), end):
        return None
    letter = found.group("wrapped") or found.group("spaced") or found.group("bare")
    if letter == "I" and symbols.find("I"):
        return None
    if found.group("below"):
        return found.end("below") - place
    return None if letter == "1" or found.group("opening") == "{" else found.start("opening") - place
