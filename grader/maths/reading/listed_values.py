r"""Sets of values that are not all whole numbers: `{1/2, 3}`, `x = 1/2 or x = 3`, `±√2`.

Owns how the values are told apart in the text. When two sets are the same belongs to `comparing/value_sets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.maths.reading.columns import alone, blank, blanked, is_open, pieces, with_either_sign
from grader.maths.reading.delimiters import without_frame
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Listing, Node, Number, Relation, Span

_SIZE = re.compile(r"\\(?:left|right)(?![A-Za-z])")
_WORDS = re.compile(
    r"\\(?:text|textrm|mathrm)\s*\{\s*(?:or|and|oder|und|ou|et)\s*\}|\b(?:or|and|oder|und|ou|et)\b|[、，；和或]|"
    r"\\lor(?![a-z])|\\cup(?![a-z])|[∨∪;]"
)
_EITHER = re.compile(r"\b(?:or|oder|ou)\b|或|\\lor(?![a-z])|∨")
_LABEL = re.compile(r"\s*\\?[^\W\d]+\d?(?:_\w+|_\{[\w, ]+\}|[₀-₉]+)?\s*(?:=|∈|\\in(?![a-z]))\s*")
MOST_VALUES = 40
"""In one set."""


def read_values(text: str, symbols: Symbols) -> Listing:
    """Read a set of values, in braces or set apart by commas, `or` and `and`.

    Raises:
        Unreadable: with the column.
    """
    if _EITHER.search(text) and not re.search(r"=|∈|\\in(?![a-z])|±|\\pm", text):
        raise Unreadable("one of these, or all of them? write {1, 2} for both", 1)
    text = _WORDS.sub(lambda found: ",".ljust(len(found.group())), _SIZE.sub(blank, without_frame(text)))
    label = _LABEL.match(text)
    text = blanked(text, 0, label.end()) if label else text
    inner = re.fullmatch(r"(\s*\\?\{)(.*?)\\?\}[\s.]*", text, re.DOTALL)
    if inner:
        text = alone(text, *inner.span(2))
    commas = (comma for comma in re.finditer(r"(?<!\\),", text) if is_open(text, comma.start()))
    items = [item for piece in pieces(text, commas) if piece.strip() for item in _values(piece, symbols)]
    if len(items) > MOST_VALUES:
        raise Unreadable(f"more than {MOST_VALUES} values", 1)
    return Listing(tuple(items), 1)


def is_whole(listing: Listing) -> bool:
    """Whether a set holds whole numbers and ranges alone."""
    return all(isinstance(item, Span) or (isinstance(item, Number) and item.text.isdigit()) for item in listing.items)


def _values(piece: str, symbols: Symbols) -> Iterator[Node]:
    """The value of one piece, or the two that `±` makes of it."""
    label = _LABEL.match(piece)
    piece = blanked(piece, 0, label.end()) if label else piece
    for text in with_either_sign(piece):
        node = parse(text, symbols)
        if isinstance(node, Relation):
            raise Unreadable("values are asked, not relations", node.column)
        yield node
