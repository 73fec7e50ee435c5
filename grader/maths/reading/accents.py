r"""Letters with an accent: `\hat{\theta}`, `θ̂`, `ŷ`, `\vec x`, and which declared name each of them is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from grader.maths.reading.symbols import Symbols

_LETTER = r"\s*\\?([A-Za-z]+)\s*"
_ACCENT = re.compile(
    r"\\(?:(?:wide)?(hat|tilde|bar|vec|dot(?!s(?![a-z])))|over(line))\s*"
    rf"(?:\{{{_LETTER}\}}|\{{\s*(?:\\[a-z]+\s*)?\{{{_LETTER}\}}\s*\}}|\\([A-Za-z]+)|([A-Za-z]))"
)
OPTIMUM = ("_opt", "_star", "_best")
"""Ends of the names that the best value of something has."""
COMBINING = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u20d7": "vec", "\u0307": "dot"}


def with_accent(text: str, place: int) -> tuple[str, str, int]:
    """A letter, the accent above it (empty where there is none), and where both end: `ŷ` may be one sign or two."""
    letter, above = text[place], COMBINING.get(text[place + 1 : place + 2], "")
    if above:
        return letter, above, place + 2
    parts = unicodedata.normalize("NFD", letter)
    above = COMBINING.get(parts[1], "") if len(parts) == 2 else ""
    return (parts[0], above, place + 1) if above else (letter, "", place + 1)


def spelled_out(text: str) -> str:
    r"""The text with `\hat{y}` for `ŷ`."""
    found, place = [], 0
    while place < len(text):
        letter, above, place = with_accent(text, place)
        found.append(rf"\{above}{{{letter}}}" if above else letter)
    return "".join(found)


def read_accent(text: str, place: int) -> tuple[str, str, int] | None:
    r"""The accent of a command such as `\hat{y}`, the letter below it, and where it ends."""
    found = _ACCENT.match(text, place)
    if not found:
        return None
    above, line, *letters = found.groups()
    return "bar" if line else above, next(filter(None, letters)), found.end()


def accented_names(text: str) -> Iterator[str]:
    r"""What a letter with an accent and what hangs on it may be called: `x_hat`, `hat_x`, and `x_opt` for `\hat{x}`."""
    text = spelled_out(text)
    found = read_accent(text, 0)
    if found:
        accent, letter, end = found
        base = letter + text[end:].strip()
        yield from (f"{base}_{accent}", f"{accent}_{base}", *(base + ending for ending in OPTIMUM if accent == "hat"))


def accented(accent: str, base: str, symbols: Symbols) -> str:
    """The key of a letter with an accent; an arrow on top means nothing by itself."""
    keys = (f"{accent}_{base}", f"{base}_{accent}", f"{accent}{base}", f"{base}{accent}")
    known = next((key for key in keys if key in symbols.spellings), None)
    return known or (base if accent == "vec" else keys[0])
