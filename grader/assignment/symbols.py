"""Symbol declarations: from an author's phrase to the judge's protocol.

Owns the phrases (`positive integer`, `probability`, `matrix m x l`, `symmetric matrix n x n`, `unit vector n`).
What a property of a symbol means belongs to `grader.maths`.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import field_validator

from grader.checks.spec import Spec

STRUCTURES = {
    "symmetric": "symmetric",
    "orthogonal": "orthogonal",
    "diagonal": "diagonal",
    "positive definite": "positive_definite",
    "invertible": "invertible",
}
"""What a square matrix may be, as authors say it and as the judge's protocol names it."""
PHRASES = {
    "positive integer": "a size, a count: 1, 2, 3, …",
    "nonnegative integer": "0, 1, 2, …",
    "integer": "any whole number",
    "positive real": "a number above 0",
    "probability": "a number from 0 to 1",
    "real": "any real number",
    "scalar": "the same, said of a number among matrices",
    "function": "a function of which nothing is known: `f(x+h)`, `E[X]`, `P(A)`",
    "matrix m x l": "m rows, l columns; a vector is `matrix n x 1`; declare the sizes that answers may hold, too",
    "identity n x n": "the unit matrix",
    "unit vector n": "a column of length 1: `matrix n x 1` with `transpose(u)*u = 1`",
    **{f"{word} matrix n x n": f"a square matrix that is {word}; such words may stand together" for word in STRUCTURES},
}
"""What a symbol may be, with what is meant, as the documentation lists it."""
PHRASES["orthogonal matrix n x n"] = "`transpose(Q)*Q` is the identity; a tall one, `d x r`, has orthonormal columns"
ALLOWED = ", ".join(f"`{phrase}`" for phrase in PHRASES)
_NUMBERS: dict[str, dict[str, Any]] = {
    "positive integer": {"positive": True, "integer": True, "real": True},
    "positive real": {"positive": True, "real": True},
    "integer": {"integer": True, "real": True},
    "real": {"real": True},
    "scalar": {"real": True},
    "nonnegative integer": {"integer": True, "real": True},
    "probability": {"real": True},
    "function": {"function": True},
}
_BOUNDS = {"nonnegative integer": ("{} >= 0",), "probability": ("{} >= 0", "{} <= 1")}
"""What must hold beyond the properties of a phrase, with the symbol in the place of the braces."""
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
    return [bound.format(name) for bound in _BOUNDS.get(" ".join(phrase.split()), ())]


def describe(phrase: str) -> dict[str, Any]:
    """The properties that a phrase declares, as the judge's protocol names them.

    Raises:
        ValueError: the phrase is none of the allowed ones.
    """
    words = " ".join(phrase.split())
    if words in _NUMBERS:
        return dict(_NUMBERS[words])
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
    structures = [name for word, name in STRUCTURES.items() if word in said]
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
