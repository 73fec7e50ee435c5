"""Parts of a text that are cut out or blanked so that everything keeps its column, and the brackets they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.maths.reading.errors import Unreadable

_BOTH_SIGNS = re.compile(r"±|\\pm(?![a-z])")


def blanked(text: str, start: int, stop: int | None = None) -> str:
    """The text with blanks from one place to another, or to its end."""
    stop = len(text) if stop is None else stop
    return text[:start] + " " * (stop - start) + text[stop:]


def blank(found: re.Match[str]) -> str:
    """As many blanks as what was found is long."""
    return " " * len(found.group())


def alone(text: str, start: int, stop: int) -> str:
    """A part of a text at its own column."""
    return " " * start + text[start:stop]


def with_either_sign(text: str) -> list[str]:
    """The text with a plus and with a minus in the place of its `±`; the text alone, where there is none.

    Raises:
        Unreadable: there are several.
    """
    found = [*_BOTH_SIGNS.finditer(text)]
    if len(found) > 1:
        raise Unreadable("one ± in a value: write the values out", found[1].start() + 1)
    return [_BOTH_SIGNS.sub(sign.ljust(len(found[0].group())), text) for sign in "+-"] if found else [text]


def pieces(text: str, signs: Iterable[re.Match[str]]) -> list[str]:
    """What stands between signs, each piece at its own column."""
    found, start = [], 0
    for sign in signs:
        found.append(alone(text, start, sign.start()))
        start = sign.end()
    return [*found, alone(text, start, len(text))]


def is_open(text: str, place: int) -> bool:
    """Whether a place lies inside no bracket, so that `sum_{j=1}` has no label."""
    return all(text.count(pair[0], 0, place) == text.count(pair[1], 0, place) for pair in ("()", "{}", "[]"))


def closing(text: str, start: int) -> int | None:
    """Where the bracket closes that opened just before a place; None where it never does."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place
    return None
