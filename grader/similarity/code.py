"""Fingerprints of code: one piece for each function or class, and one for what stands around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from grader.similarity.fingerprints import Lines, Token, fingerprints, worth_of
from grader.similarity.normal_form import NormalForm

RUN, WINDOW = 12, 4
"""Tokens in one fingerprint, about two statements: shorter runs are the same in every program."""
WORTH = worth_of(RUN, WINDOW)
_LINE_END = re.compile(r"\r\n|\r|\n")
"""As Python counts lines; `splitlines` ends them at a form feed, too."""
_BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)


class CodePiece(NamedTuple):
    """One function, class or module: its name, text and fingerprints."""

    name: str
    shown: str
    prints: Mapping[str, tuple[Lines, ...]]


@lru_cache(maxsize=2_000)
def code_pieces(source: str) -> tuple[CodePiece, ...]:
    """The pieces of a module that have fingerprints. What Python cannot read is compared word by word.

    Many hand in a file as it was handed out, which is read once.
    """
    lines = _LINE_END.split(source)
    try:
        tree = ast.parse(source)
        pieces = list(_of_tree(tree, lines))
    except _BROKEN:
        words = [Token(word, number) for number, line in enumerate(lines, 1) for word in re.findall(r"\w+|\S", line)]
        pieces = [CodePiece("", source, fingerprints(words, RUN, WINDOW))]
    return tuple(piece for piece in pieces if piece.prints)


def _of_tree(tree: ast.Module, lines: Sequence[str]) -> Iterator[CodePiece]:
    form = NormalForm(tree)
    around = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield _piece(node.name, form.tokens(node), lines, first, node.end_lineno or first)
        else:
            around.append(node)
    yield _piece("", form.tokens(ast.Module(body=around, type_ignores=[])), lines, 1, len(lines))


def _piece(name: str, tokens: Sequence[Token], lines: Sequence[str], first: int, last: int) -> CodePiece:
    placed = [Token(token.word, token.line - first + 1) for token in tokens]
    return CodePiece(name, "\n".join(lines[first - 1 : last]), fingerprints(placed, RUN, WINDOW))
