"""The normal form of a matrix expression: a sum of words over letters, each with a coefficient.

A letter is a matrix, transposed or not. Where a word is one number wide it is cut, so that a 1×1 factor may stand
anywhere and be transposed. How a tree becomes a form is `matrices.py`'s affair.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.maths.reading.symbols import Dimension
from grader.maths.reading.tree import Node

Shape = tuple[Dimension, Dimension] | None
"""Rows and columns; None for a scalar."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One matrix of a word."""

    name: str
    transposed: bool
    rows: Dimension
    columns: Dimension
    symmetric: bool

    def turned(self) -> Letter:
        """The transpose."""
        return Letter(self.name, not self.transposed and not self.symmetric, self.columns, self.rows, self.symmetric)

    def key(self) -> tuple[str, bool]:
        """What tells it from other letters."""
        return self.name, self.transposed


Word = tuple[Letter, ...]
Term = tuple[tuple[Word, ...], Word]
"""Words that are 1×1 and stand as factors, in one order, and the word that is left."""


@dataclass(frozen=True)
class Form:
    """A sum of words, each with its coefficient.

    `shape` is None for a scalar, and for an identity of `any_size`. A `zero` fits everywhere.
    """

    shape: Shape
    terms: dict[Term, Node]
    any_size: bool = False
    zero: bool = False


def fits(a: Form, b: Form) -> bool:
    """Whether the product of the two has a shape."""
    return a.shape is not None and b.shape is not None and a.shape[1] == b.shape[0]


def turned(form: Form) -> Form:
    """The transpose of a sum of words."""
    shape = (form.shape[1], form.shape[0]) if form.shape else None
    terms = {(scalars, backwards(word)): values for (scalars, word), values in form.terms.items()}
    return Form(shape, terms, form.any_size, form.zero)


def backwards(word: Word) -> Word:
    """The transpose of a word: every letter turned, in the other order."""
    return tuple(letter.turned() for letter in reversed(word))


def cut(word: Word) -> Term:
    """Take the 1×1 pieces out of a word: cut it wherever it is one number wide."""
    pieces: list[list[Letter]] = [[]]
    for letter in word:
        if pieces[-1] and letter.rows == 1:
            pieces.append([])
        pieces[-1].append(letter)
    scalars, rest = [], []
    for piece in pieces:
        if piece and piece[0].rows == 1 and piece[-1].columns == 1:
            scalars.append(canonical(tuple(piece)))
        else:
            rest.extend(piece)
    return tuple(sorted(scalars, key=word_key)), tuple(rest)


def canonical(word: Word) -> Word:
    """A 1×1 word and its transpose are the same number: the first of the two in one order."""
    return min(word, backwards(word), key=word_key)


def word_key(word: Word) -> tuple[tuple[str, bool], ...]:
    """What words are put in order by."""
    return tuple(letter.key() for letter in word)
