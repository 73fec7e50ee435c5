"""Formulas in front of a number: in `β/(α+β) = 0.28/0.62 = 0.4516` the first member is not judged.

A number is asked, so what counts is every member that is a number; a member made of names says where it comes from.
Only what reads as a formula may be left out, and only in front of another member: words, other amounts and what stands
last are kept.
"""

from __future__ import annotations

import re

from grader.maths.reading.columns import blanked, is_open
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.foreign_names import is_foreign
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Name, walk
from grader.maths.reading.vocabulary import Vocabulary

_EQUALS = re.compile(r"(?<![<>!~=:≤≥])==?(?!=)|≈|\\approx(?![A-Za-z])|\\simeq(?![A-Za-z])")


def without_formulas(text: str, symbols: Symbols, vocabulary: Vocabulary) -> str:
    """Blank out the members of a chain that are formulas, the last aside, so that columns stay."""
    start = 0
    for sign in list(_EQUALS.finditer(text)):
        if not is_open(text, sign.start()):
            continue
        if _is_formula(text[start : sign.start()], symbols, vocabulary):
            text = blanked(text, start, sign.end())
        start = sign.end()
    return text


def _is_formula(member: str, symbols: Symbols, vocabulary: Vocabulary) -> bool:
    try:
        return any(isinstance(part, Name) for part in walk(parse(member, symbols, vocabulary)))
    except Unreadable:
        pass
    return is_foreign(member, symbols)
