"""A student's words as the desk shows them: escaped, formulas drawn, the author's phrases underlined."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from reports.mathml import to_mathml

_FORMULA = re.compile(r"(?<![\\$\w])\$(?![\s$])([^$\n]{1,400}?)(?<![\s\\])\$(?![\w$])")
"""`$k (m + l)$`, and not the dollars of a price."""
_ENDINGS = r"(?:['’]?s|es|ed|ing)?"
"""Endings with which a phrase is still the same word."""


def with_formulas(text: str, phrases: Sequence[str], symbols: Mapping[str, object]) -> Markup:
    """A text, escaped, with its `$…$` drawn from what we read in it, and the author's phrases highlighted.

    What between dollars cannot be read with the part's symbols stays as it was typed.
    """
    pieces = _FORMULA.split(text)
    drawn = [_formula(piece, symbols) if i % 2 else highlight(piece, phrases) for i, piece in enumerate(pieces)]
    return Markup("").join(drawn)


def _formula(tex: str, symbols: Mapping[str, object]) -> Markup:
    math = to_mathml(tex, symbols)
    return math if math.startswith("<math") else Markup("${}$").format(tex)


def highlight(text: str, phrases: Sequence[str]) -> Markup:
    """A text, escaped, with the author's phrases highlighted where they are whole words."""
    known = sorted((phrase for phrase in phrases if phrase.strip()), key=len, reverse=True)
    if not known:
        return Markup("{}").format(text)
    pattern = "|".join(rf"(?<!\w){re.escape(phrase)}{_ENDINGS}(?!\w)" for phrase in known)
    pieces = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    plain, marked = Markup("{}"), Markup("<mark>{}</mark>")
    return Markup("").join((marked if i % 2 else plain).format(piece) for i, piece in enumerate(pieces))
