"""The tree of a reading, whatever kind of answer it belongs to: a formula, an amount, a set, a growth, a matrix.

Readings are kept as text in our own notation and are read again here, so that only our own node types can reach a page.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.listed_values import read_values
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Call, Listing, Node, Span
from grader.maths.reading.vocabulary import Vocabulary

_SET = re.compile(r"\s*\{.*\}\s*", re.DOTALL)
_SPAN = re.compile(r"\s*(-?\d{1,9})\.\.(-?\d{1,9})\s*")
_GROWTH = re.compile(r"\s*(O|Theta|Omega|o|omega)\((.*)\)\s*", re.DOTALL)


def reading_tree(reading: str, symbols: Symbols) -> Node | None:
    """The tree of a reading; None for what is no mathematics, such as the option of a choice."""
    growth = _GROWTH.fullmatch(reading)
    if growth and symbols.find(growth.group(1)) is None:
        inner = _formula(growth.group(2), symbols)
        return None if inner is None else Call(growth.group(1), (inner,))
    return _formula(reading, symbols)


def _formula(reading: str, symbols: Symbols) -> Node | None:
    if _SET.fullmatch(reading):
        with suppress(Unreadable):
            return _set(reading, symbols)
    written = replace(symbols, matrices_meant=True)
    for vocabulary in (Vocabulary(symbols), Vocabulary(symbols, amounts=True, unit_asked=True), Vocabulary(written)):
        with suppress(Unreadable):
            return parse(reading, vocabulary.symbols, vocabulary)
    return None


def _set(reading: str, symbols: Symbols) -> Listing:
    """A set of values and of runs of whole numbers, `{1..5, 9}`."""
    items: list[Node] = []
    inner = reading.strip()[1:-1]
    for piece in inner.split(",") if ".." in inner else ():
        span = _SPAN.fullmatch(piece)
        items.append(Span(int(span.group(1)), int(span.group(2))) if span else parse(piece, symbols))
    return Listing(tuple(items)) if items else read_values(reading, symbols)
