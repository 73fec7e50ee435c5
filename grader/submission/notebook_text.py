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
    fragment = text[start:end]
    plain = "\\u" in text and text.isascii()  # some programs write every other letter as an escape

    def quoted(line: str) -> str:
        return json.dumps(line, ensure_ascii=plain)

    if not fragment.startswith("["):
        return text[:start] + quoted(new) + text[end:]
    items = list(_items(text, start))
    lead = text[start + 1 : items[0][0]]
    between = text[items[0][1] : items[1][0]] if len(items) > 1 else f",{lead}"
    tail = text[items[-1][1] : end]
    lines = between.join(map(quoted, new.splitlines(keepends=True) if new else [""]))
    return f"{text[:start]}[{lead}{lines}{tail}{text[end:]}"


def _sources(text: str) -> Iterator[tuple[str, int, int]]:
    """The text of each code cell, with the start and end of the JSON that says it."""
    top = _BLANKS.match(text)
    assert top is not None  # it matches nothing, too
    for key, start, _ in _members(text, top.end()):
        if key != "cells":
            continue
        for at, _ in _items(text, start):
            if text[at] != "{":
                continue
            members = {name: (begin, end) for name, begin, end in _members(text, at)}
            if "source" in members and "cell_type" in members and _value(text, members["cell_type"]) == "code":
                source = _value(text, members["source"])
                lines = (
                    [source] if isinstance(source, str) else [line for line in source or () if isinstance(line, str)]
                )
                yield "".join(lines), *members["source"]


def _value(text: str, span: tuple[int, int]) -> Any:
    return json.loads(text[slice(*span)])


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that begins at a place: key, and where its value starts and ends."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, start, end
        at = _next(text, end)


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where each item of the list that begins at a place starts and ends."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _next(text, end)


def _next(text: str, end: int) -> int:
    """The place behind a value, and behind the comma that may follow it."""
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
