"""Where a reader of characters stands, and the operators that bind a name: sums, products, integrals, derivatives.

Owns the place in the text, the tokens so far and the open brackets. Which characters become which tokens is
`tokenizer.py`'s.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import replace

from grader.maths.reading.bound_names import read_operator, with_index
from grader.maths.reading.combinations import read_combination
from grader.maths.reading.conditional_words import read_condition_word, read_indicator, speaks
from grader.maths.reading.entries import read_entry, read_subscript
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.numbered_names import with_numbered
from grader.maths.reading.sign_tables import BRACKETS, TokenKind
from grader.maths.reading.tokens import ENDS_OPERAND, MAX_NESTING, Token
from grader.maths.reading.vocabulary import Vocabulary

_INFINITE = re.compile(r"\s*[+-]?\s*(?:\\infty|∞|oo|inf)\s*")


class Scanning(ABC):
    """A place in a text, and what was read in front of it."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.symbols = vocabulary.symbols
        self.place = 0
        self.tokens: list[Token] = []
        self.brackets: list[str] = []
        self.spaced = False
        self.spoken = speaks(text)
        """Whether the answer is given case by case."""
        self.endless = False
        """Whether this is the limit of an operator that goes to infinity."""

    @abstractmethod
    def run(self) -> list[Token]:
        """The tokens of the whole text, the last of kind `end`."""

    def _add(self, kind: TokenKind, text: str, start: int, length: int) -> None:
        self.tokens.append(Token(kind, text, start + 1, self.spaced))
        self.place = start + length

    def _nest(self, char: str) -> None:
        if char in BRACKETS or char in ("{", "rows"):
            called = bool(self.tokens) and self.tokens[-1].kind == "function"
            self.brackets.append("call" if called and char != "rows" else char)
            if len(self.brackets) > MAX_NESTING:
                raise Unreadable(f"brackets nested deeper than {MAX_NESTING}", self.place + 1)
        elif self.brackets:
            self.brackets.pop()

    def _after_value(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A sign that stands here, behind a value."""
        behind = bool(self.tokens) and self.tokens[-1].kind in ENDS_OPERAND
        return pattern.match(self.text, self.place) if behind else None

    def _operator(self) -> bool:
        """Take a sum, a product, an integral or a derivative with its limits and its index."""
        found = read_operator(self.text, self.place)
        if found is None:
            return False
        start, paired = self.place, found.given and found.indices[0].first is None
        kind = found.side or found.kind
        bind = with_numbered if found.kind in ("sum", "product") else with_index
        if paired:
            self._add("binder", f"{kind} of pairs", start, 0)
        for number, index in enumerate(found.indices):
            unlimited = found.kind in ("sum", "product") and index.first is None
            given = found.given and number == len(found.indices) - 1
            if not paired:
                self._add("binder", f"{kind} over all" if unlimited else f"{kind} given" if given else kind, start, 0)
            self._add("name", index.name, start, 0)
            for limit in filter(None, (index.first, index.last)):
                self._group(*limit, opening="limit")
            self.symbols = bind(self.symbols, index.name)
            self.vocabulary = replace(self.vocabulary, symbols=self.symbols)
        if found.given:
            self._group(*found.given)
        if found.body:
            self._group(*found.body, opening="body")
        self.place = found.stop
        return True

    def _group(self, text: str, start: int, opening: str = "{") -> None:
        """Tokens of a text of its own, in braces."""
        if len(self.brackets) >= MAX_NESTING // 4:
            raise Unreadable("sums nested too deeply", start + 1)
        inner = type(self)(text, replace(self.vocabulary, amounts=False))
        inner.brackets = [*self.brackets, "{"]
        inner.endless = opening == "limit" and bool(_INFINITE.fullmatch(text))
        self._add("group", opening, start, 0)
        self.tokens.extend(replace(token, column=start + token.column) for token in inner.run()[:-1])
        self._add("endgroup", "}", start + len(text), 0)

    def _entry(self) -> bool:
        """Take an entry of a declared matrix, or the subscript of one in brackets, with its indices as groups."""
        behind = bool(self.tokens) and self.tokens[-1].kind == "close" and self.symbols.has_matrices
        if self.text[self.place] == "_":
            found = read_subscript(self.text, self.place) if behind else None
        else:
            found = read_entry(self.text, self.place, self.symbols)
        if found is None:
            return False
        self._add("entry", found.base, self.place, 0)
        for index in found.indices:
            self._group(*index)
        self.place = found.stop
        return True

    def _combination(self) -> bool:
        """Take `nC2`, `n choose 2` and the like as a binomial."""
        found = read_combination(self.text, self.place, self.symbols)
        if found is None:
            return False
        self._add("command", "binom", self.place, 0)
        self._group(*found.whole)
        self._group(*found.chosen)
        self.place = found.stop
        return True

    def _condition_word(self) -> bool:
        """Take a word or a sign of a condition."""
        found = read_condition_word(self.text, self.place, spoken=self.spoken, inside=bool(self.brackets))
        if found is None:
            return False
        self._add("word", found[0], self.place, found[1])
        return True

    def _indicator(self) -> bool:
        """Take the one of an indicator, with the sign of a subscript behind it."""
        length = read_indicator(self.text, self.place, self.symbols)
        if length is None:
            return False
        self._add("number", "1", self.place, length)
        return True
