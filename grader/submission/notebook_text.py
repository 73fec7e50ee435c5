"""The code cells of a notebook's JSON, each with its place in the text.

Owns replacing the source of one cell so that every other character of the file stays: its indentation, its order, what
other programs keep in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class CodeSource(NamedTuple):
    """The text of a code cell, and where in a notebook's JSON it is said."""

    source: str
    start: int
    end: int


def code_sources(text: str) -> Iterator[CodeSource]:
    """The code cells of a notebook of format 4, in order.

    Raises:
        ValueError: the text is no JSON.
    """
    json.loads(text)  # below, no end is missing
    for key, _, start, _ in _held(text, _skip(text, 0)):
        for _, _, at, _ in _held(text, start) if key == "cells" else ():
            cell = {name: said for name, *said in _held(text, at)}
            if "source" in cell and "cell_type" in cell and cell["cell_type"][0] == "code":
                source, begin, end = cell["source"]
                lines = source if isinstance(source, list) else [source]
                yield CodeSource("".join(line for line in lines if isinstance(line, str)), begin, end)


def with_source(text: str, cell: CodeSource, new: str) -> str:
    """The notebook with another text in one of its code cells."""
    _, start, end = cell
    plain = "\\u" in text and text.isascii()  # some programs write every other letter as an escape

    def quoted(line: str) -> str:
        return json.dumps(line, ensure_ascii=plain)

    items = [(begin, end) for _, _, begin, end in _held(text, start)]
    if not items:
        return text[:start] + quoted(new) + text[end:]
    lead = text[start + 1 : items[0][0]]
    between = text[items[0][1] : items[1][0]] if len(items) > 1 else f",{lead}"
    tail = text[items[-1][1] : end]
    lines = between.join(map(quoted, new.splitlines(keepends=True) if new else [""]))
    return f"{text[:start]}[{lead}{lines}{tail}{text[end:]}"


def _held(text: str, at: int) -> Iterator[tuple[str, Any, int, int]]:
    """What the object or list that begins at a place holds, if one does: key and value of each, and its place."""
    if text[at] not in "{[":
        return
    has_keys, key = text[at] == "{", ""
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        if has_keys:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        value, end = _DECODER.raw_decode(text, at)
        yield key, value, at, end
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
