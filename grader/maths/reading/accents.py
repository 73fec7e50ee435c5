r"""Letters with an accent: `\hat{\theta}`, `θ̂`, `\vec x`, and which declared name each of them is."""

from __future__ import annotations

import re

from grader.maths.reading.symbols import Symbols

ACCENT = re.compile(
    r"\\(?:wide)?(hat|tilde|bar|vec|dot(?!s(?![a-z])))(?:line)?\s*(?:\{\s*(?:\\[a-z]+\s*\{\s*)?\\?([A-Za-z]+)\s*\}{1,2}|\\([A-Za-z]+)|([A-Za-z]))"
)
COMBINING = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u20d7": "vec", "\u0307": "dot"}


def accented(accent: str, base: str, symbols: Symbols) -> str:
    """The key of a letter with an accent; an arrow on top means nothing by itself."""
    keys = (f"{accent}_{base}", f"{base}_{accent}", f"{accent}{base}", f"{base}{accent}")
    known = next((key for key in keys if key in symbols.spellings), None)
    return known or (base if accent == "vec" else keys[0])
