"""Symbol declarations: from an author's phrase to the judge's protocol.

Owns the phrases (`positive integer`, `probability`, `matrix m x l`, `symmetric matrix n x n`, `unit vector n`).
What a property of a symbol means belongs to `grader.maths`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import field_validator

from grader.checks.spec import Spec

STRUCTURES = ("symmetric", "orthogonal", "diagonal", "positive definite", "invertible")
"""What a square matrix may be, as authors say it; the judge's protocol joins the words by `_`."""


class _Number(NamedTuple):
    """What a symbol for a number is: in words, as the judge's protocol says it, and what must hold beyond that."""

    means: str
    facts: Mapping[str, bool]
    bounds: tuple[str, ...] = ()


_REAL = {"real": True}
_NUMBERS = {
    "positive integer": _Number("a size, a count: 1, 2, 3, …", {"positive": True, "integer": True, **_REAL}),
    "nonnegative integer": _Number("0, 1, 2, …", {"integer": True, **_REAL}, ("{} >= 0",)),
    "integer": _Number("any whole number", {"integer": True, **_REAL}),
    "positive real": _Number("a number above 0", {"positive": True, **_REAL}),
    "probability": _Number("a number from 0 to 1", _REAL, ("{} >= 0", "{} <= 1")),
    "real": _Number("any real number", _REAL),
    "scalar": _Number("the same, said of a number among matrices", _REAL),
    "function": _Number("a function of which nothing is known: `f(x+h)`, `E[X]`, `P(A)`", {"function": True}),
}
"""Bounds hold the symbol in the place of the braces."""
PHRASES = {
    **{phrase: number.means for phrase, number in _NUMBERS.items()},
    "matrix m x l": "m rows, l columns; a vector is `matrix n x 1`; declare the sizes that answers may hold, too",
    "identity n x n": "the unit matrix",
    "unit vector n": "a column of length 1: `matrix n x 1` with `transpose(u)*u = 1`",
    **{f"{word} matrix n x n": f"a square matrix that is {word}; such words may stand together" for word in STRUCTURES},
    "orthogonal matrix n x n": "`transpose(Q)*Q` is the identity; a tall one, `d x r`, has orthonormal columns",
}
"""What a symbol may be, with what is meant, as the documentation lists it."""
ALLOWED = ", ".join(f"`{phrase}`" for phrase in PHRASES)
_VECTOR = re.compile(r"(?:(?:real|column|(row)) +)*vector(?: +(?:of +)?([A-Za-z_]\w*|\d+))?")
_UNIT_VECTOR = re.compile(r"unit vector +([A-Za-z_]\w*|\d+)")
_MATRIX = re.compile(
    rf"((?:(?:{'|'.join(STRUCTURES)}),? +)*)(matrix|identity) +([A-Za-z_]\w*|\d+) *[x×] *([A-Za-z_]\w*|\d+)"
)


class SymbolSpec(Spec):
    """A symbol: the phrase that says what it is (`is`), and other spellings of its name."""

    is_: str
    aliases: tuple[str, ...] = ()

    model_config = {**Spec.model_config, "alias_generator": lambda name: name.rstrip("_")}

    @field_validator("is_")
    @classmethod
    def _known_phrase(cls, value: str) -> str:
        describe(value)
        return value

    def protocol(self) -> dict[str, object]:
        """The symbol in the form of the judge's protocol."""
        return {**describe(self.is_), **({"aliases": list(self.aliases)} if self.aliases else {})}


def bounds(name: str, phrase: str) -> list[str]:
    """The constraints that a phrase puts on the symbol of this name."""
    number = _NUMBERS.get(" ".join(phrase.split()))
    return [bound.format(name) for bound in number.bounds] if number else []


def describe(phrase: str) -> dict[str, Any]:
    """The properties that a phrase declares, as the judge's protocol names them.

    Raises:
        ValueError: the phrase is none of the allowed ones.
    """
    words = " ".join(phrase.split())
    if words in _NUMBERS:
        return dict(_NUMBERS[words].facts)
    if length := _UNIT_VECTOR.fullmatch(words):
        return {"matrix": [_dimension(length[1]), 1], "orthogonal": True}  # of one column: its length is 1
    if vector := _VECTOR.fullmatch(words):
        size = vector[2] or "n"
        write = (
            f"`matrix 1 x {size}`" if vector[1] else f"`matrix {size} x 1`, or `unit vector {size}` if its length is 1"
        )
        raise ValueError(f"{phrase!r} is no kind of symbol — write {write}")
    match = _MATRIX.fullmatch(words)
    if match is None:
        raise ValueError(f"{phrase!r} is no kind of symbol — allowed: {ALLOWED}")
    said, what, rows, columns = match.groups()
    facts: dict[str, Any] = {"matrix": [_dimension(rows), _dimension(columns)]}
    structures = [word.replace(" ", "_") for word in STRUCTURES if word in said]
    square = rows == columns and what == "matrix"
    if structures and not square and not (structures == ["orthogonal"] and what == "matrix"):
        raise ValueError(f"{phrase!r}: only a square matrix is {said.strip()} — write `{said}matrix n x n`")
    if {"orthogonal", "positive_definite"} <= set(structures):
        raise ValueError(f"{phrase!r}: only the identity is both — write `identity {rows} x {columns}`")
    facts |= dict.fromkeys(structures, True)
    if what == "identity":
        facts["identity"] = True
    return facts


def in_short(phrase: str) -> str:
    """What a symbol is, as students are told it beside its name: `positive integer`, `m×k`, `orthogonal, d×r`."""
    facts = describe(phrase)
    if "matrix" not in facts:
        return "real" if phrase.split() == ["scalar"] else " ".join(phrase.split())
    rows, columns = facts["matrix"]
    words = " ".join(word for word in phrase.replace(",", " ").split() if word.isalpha())
    said = re.match(r"(unit vector|identity|.*(?= matrix\b)|)", words)
    return f"{said[1]}, {rows}×{columns}" if said and said[1] else f"{rows}×{columns}"


def _dimension(text: str) -> int | str:
    return int(text) if text.isdigit() else text
