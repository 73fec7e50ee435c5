r"""What an expression is made of: brackets, groups, `\frac` and `\sqrt`, running sums.

Owns everything that begins with one token and ends where it is complete. How operands are joined (precedence,
products without a sign) is `parser.py`'s, which fills in `expression`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn

from grader.maths.reading.entries import holds_matrix
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.precedence import POWER
from grader.maths.reading.sign_tables import BRACKETS, TokenKind
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import (
    ONE,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Rows,
)

STARTS = frozenset(
    {"number", "name", "constant", "function", "open", "group", "command", "unit", "binder", "entry", "rows"}
)
"""Tokens that a value may begin with."""
_INVERSE = Negative(ONE)


class Operands(ABC):
    """A place in a list of tokens, and how to read one operand there."""

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

    @abstractmethod
    def prefix(self, floor: int) -> Node:
        """One operand with the signs in front of it."""

    @abstractmethod
    def call(self, token: Token) -> Node:
        """A function with its base, power and arguments."""

    @abstractmethod
    def unexpected(self) -> NoReturn:
        """Refuse the token that stands here."""

    def says(self, word: str) -> bool:
        """Whether this word of a condition stands here."""
        return self.kind == "word" and self.token.text == word

    def skip(self, kind: TokenKind, text: str = "") -> bool:
        """Go past a token of a kind, and of a text where one is given; whether one stood here."""
        found = self.kind == kind and text in ("", self.token.text)
        self.at += found
        return found

    @abstractmethod
    def conditional(self, first: Node) -> Node:
        """An answer case by case, from its first `if` on."""

    @abstractmethod
    def indicator(self, first: Node, opening: Token, *, listed: bool = True) -> Node:
        """A condition in brackets, from its first sign on."""

    @abstractmethod
    def pairs(self, token: Token) -> Node:
        """The values and conditions of `Piecewise(…)`."""

    def bracketed(self, token: Token) -> Node:
        """What stands in a bracket or between bars, with what the bracket means."""
        if token.kind == "bar":
            self.bars += 1
            inner = self.expression(0)
            self.bars -= 1
            if self.token.kind != "bar" or self.token.text[0] != token.text[0]:
                self.fail("this bar is never closed", token)
            if self.take().text.endswith("F"):
                return Call("norm", (inner, Number("2")), token.column)
            return Call("abs" if token.text == "|" else "norm", (inner,), token.column)
        bars, self.bars = self.bars, 0
        inner = self.fraction()
        if self.kind == "relation" and token.text in "[({":
            inner = self.indicator(inner, token)
        if token.text in "[(" and self.kind == "comma" and self.symbols.has_matrices:
            self.bars = bars
            return self.listed(inner, token)
        if token.text == "⟨":
            found = self.inner_product(inner, token)
            self.bars = bars
            return found
        closing = self.take()
        wanted = "}" if token.text == "{" else BRACKETS[token.text]
        mixed = {"⌊": "⌋⌉", "⌈": "⌉"}
        if closing.kind != "close" or closing.text not in mixed.get(token.text, wanted):
            if closing.kind == "comma":
                self.fail("a comma here: one answer is asked", closing)
            self.fail(f"{token.text!r} is never closed by {wanted!r}", token)
        self.bars = bars
        if token.text in "⌊⌈":
            function = {"⌊⌋": "floor", "⌈⌉": "ceil", "⌊⌉": "round"}[token.text + closing.text]
            return Call(function, (inner,), token.column)
        self.in_brackets.append(inner)
        return inner

    @abstractmethod
    def listed(self, first: Node, opening: Token) -> Node:
        """A vector or matrix in brackets, from the comma behind its first entry on."""

    def holds_matrix(self, node: Node) -> bool:
        """Whether a matrix occurs."""
        return holds_matrix(node, self.symbols)

    def inner_product(self, first: Node, token: Token) -> Node:
        """`⟨x, y⟩`, from the comma on."""
        if self.take().kind not in ("comma", "bar"):
            self.fail("an inner product is written ⟨x, y⟩", token)
        second = self.expression(0)
        if self.kind == "comma":
            return self.listed(Rows((first, second), 1, flat=True), token)
        if self.take().text != "⟩":
            self.fail("'⟨' is never closed by '⟩'", token)
        if self.holds_matrix(first) or self.holds_matrix(second):
            return Call("inner", (first, second), token.column)
        if self.symbols.has_matrices:
            return Rows((first, second), 1, flat=True, column=token.column)
        return Binary("·", first, second, token.column)

    def group(self) -> Node:
        """What stands in braces."""
        opening = self.take()
        bars, self.bars = self.bars, 0
        inner = self.fraction()
        if self.kind == "relation":
            inner = self.indicator(inner, opening)
        self.bars = bars
        if self.take().kind != "endgroup":
            self.fail("'{' is never closed by '}'", opening)
        return inner

    def fraction(self) -> Node:
        r"""What fills a group or an answer: one expression, or `a \over b`, or `n \choose k`."""
        above = self.expression(0)
        if self.says("if"):
            return self.conditional(above)
        if self.kind != "command" or self.token.text not in ("over", "choose"):
            return above
        token = self.take()
        below = self.expression(0)
        if token.text == "choose":
            return Call("binomial", (above, below), token.column)
        return Binary("/", above, below, token.column)

    def argument(self) -> Node:
        r"""The argument of a LaTeX command: a group, or one token (`\frac12`)."""
        if self.token.kind == "group":
            return self.group()
        token = self.token
        if token.kind == "number" and token.text.isdigit() and len(token.text) > 1:
            rest = Token("number", token.text[1:], token.column + 1)
            self.tokens[self.at : self.at + 1] = [Token("number", token.text[0], token.column), rest]
        if self.token.kind in ("number", "name", "constant"):
            token = self.take()
            number = token.kind == "number"
            return Number(token.text, token.column) if number else self.retake()
        if self.token.kind == "command":
            return self.command(self.take())
        self.fail("an argument in braces is missing here")

    def retake(self) -> Node:
        """The operand that begins with the token just taken."""
        self.at -= 1
        return self.prefix(POWER)

    def command(self, token: Token) -> Node:
        """A fraction, a root or a binomial, from its first argument on."""
        if token.text == "sqrt":
            if self.token.kind == "open" and self.token.text == "[":
                degree = self.bracketed(self.take())
                return Call("root", (self.argument(), degree), token.column)
            return Call("sqrt", (self.argument_or_bracket(),), token.column)
        first, second = self.argument(), self.argument()
        if token.text.endswith("binom"):
            return Call("binomial", (first, second), token.column)
        return Binary("/", first, second, token.column)

    def argument_or_bracket(self) -> Node:
        """The argument of a root, which may stand in brackets."""
        if self.kind == "open":
            return self.bracketed(self.take())
        return self.argument()
