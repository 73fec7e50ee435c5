"""Where a reader of tokens stands, and the steps that it takes from there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.sign_tables import TokenKind
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import Node


class TokenPlace(ABC):
    """A place in a list of tokens."""

    def __init__(self, tokens: list[Token], symbols: Symbols) -> None:
        self.tokens = [*tokens, tokens[-1]]  # whoever takes the end for an operand finds another one there
        self.symbols = symbols
        self.at = 0
        self.level = 0
        self.bars = 0
        self.in_brackets: list[Node] = []
        """What stood in brackets."""
        self.indices: frozenset[str] = frozenset()
        """Names that an operator around this place binds."""
        self.bare_conditions: list[Node] = []
        """Conditions in brackets, which are no answer by themselves."""

    @property
    def token(self) -> Token:
        """The token that stands here."""
        return self.tokens[self.at]

    @property
    def kind(self) -> TokenKind:
        """Its kind."""
        return self.tokens[self.at].kind

    def take(self) -> Token:
        """The token that stands here; go on to the next."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        """Refuse the answer at a token, or here."""
        raise Unreadable(message, (token or self.token).column)

    @abstractmethod
    def expression(self, floor: int) -> Node:
        """Everything from here on that binds more tightly than `floor`."""

    def follow(self, *kinds: TokenKind) -> bool:
        """Whether tokens of these kinds stand here, one behind the other."""
        return [token.kind for token in self.tokens[self.at : self.at + len(kinds)]] == [*kinds]

    def says(self, word: str) -> bool:
        """Whether this word of a condition stands here."""
        return self.kind == "word" and self.token.text == word

    def skip(self, kind: TokenKind, text: str = "") -> bool:
        """Go past a token of a kind, and of a text where one is given; whether one stood here."""
        found = self.kind == kind and text in ("", self.token.text)
        self.at += found
        return found
