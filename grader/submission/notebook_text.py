"""The code cells of a notebook's JSON, each with its place in the text.

Owns replacing the source of one cell so that every other character of the file stays: its indentation, its order, what
other programs keep in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def code_sources(text: str) -> list[str]:
    """The texts of the code cells of a notebook of format 4, in order.

    Args:
        text: a notebook that can be read.
    """
    return [source for source, _, _ in _sources(text)]


def with_source(text: str, old: str, new: str) -> str:
    """The notebook with the last code cell of this text changed to another."""
    _, start, end = next(one for one in reversed(list(_sources(text))) if one[0] == old)
    plain = "\\u" in text and text.isascii()  # some programs write every other letter as an escape

    def quoted(line: str) -> str:
        return json.dumps(line, ensure_ascii=plain)

    if text[start] != "[":
        return text[:start] + quoted(new) + text[end:]
    items = [(begin, end) for _, begin, end in _held(text, start)]
    lead = text[start + 1 : items[0][0]]
    between = text[items[0][1] : items[1][0]] if len(items) > 1 else f",{lead}"
    tail = text[items[-1][1] : end]
    lines = between.join(map(quoted, new.splitlines(keepends=True) if new else [""]))
    return f"{text[:start]}[{lead}{lines}{tail}{text[end:]}"


def _sources(text: str) -> Iterator[tuple[str, int, int]]:
    """The text of each code cell, with the start and end of the JSON that says it."""
    for key, start, _ in _held(text, _skip(text, 0)):
        for _, at, _ in _held(text, start) if key == "cells" else ():
            members = {name: (begin, end) for name, begin, end in _held(text, at)} if text[at] == "{" else {}
            if "source" in members and "cell_type" in members and _value(text, members["cell_type"]) == "code":
                source = _value(text, members["source"])
                lines = [source] if isinstance(source, str) else source or ()
                yield "".join(line for line in lines if isinstance(line, str)), *members["source"]


def _value(text: str, span: tuple[int, int]) -> Any:
    return json.loads(text[slice(*span)])


def _held(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """What the object or list that begins at a place holds: the key, if there is one, and where its value is."""
    has_keys, key = text[at] == "{", ""
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        if has_keys:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        yield key, at, end
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
