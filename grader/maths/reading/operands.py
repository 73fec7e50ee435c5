r"""What an expression is made of: brackets, groups, `\frac` and `\sqrt`.

Owns everything that begins with one token and ends where it is complete. How operands are joined (precedence,
products without a sign) is `parser.py`'s, which fills in `expression`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

from grader.maths.reading.entries import holds_matrix
from grader.maths.reading.piecewise import Piecewise
from grader.maths.reading.precedence import POWER
from grader.maths.reading.sign_tables import BRACKETS
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import (
    Binary,
    Call,
    Node,
    Number,
    Rows,
)

STARTS = frozenset(
    {"number", "name", "constant", "function", "open", "group", "command", "unit", "binder", "entry", "rows"}
)
"""Tokens that a value may begin with."""
_ROUNDING = {"⌊⌋": "floor", "⌈⌉": "ceil", "⌊⌉": "round"}


class Operands(Piecewise):
    """Reads one operand at a place in a list of tokens."""

    @abstractmethod
    def prefix(self, floor: int) -> Node:
        """One operand with the signs in front of it."""

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
        inner = self.enclosed(token)
        self.bars = bars
        return inner

    def enclosed(self, token: Token) -> Node:
        """What stands in a bracket that is no bar, up to its end."""
        inner = self.fraction()
        if self.kind == "relation" and token.text in "[({":
            inner = self.indicator(inner, token)
        if token.text in "[(" and self.kind == "comma" and self.symbols.has_matrices:
            return self.listed(inner, token)
        if token.text == "⟨":
            return self.inner_product(inner, token)
        closing = self.take()
        wanted = "}" if token.text == "{" else BRACKETS[token.text]
        function = _ROUNDING.get(token.text + closing.text)
        if closing.kind != "close" or (closing.text != wanted and not function):
            if closing.kind == "comma":
                self.fail("a comma here: one answer is asked", closing)
            self.fail(f"{token.text!r} is never closed by {wanted!r}", token)
        if function:
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
        if self.kind == "number":
            return Number(self.token.text, self.take().column)
        if self.kind in ("name", "constant"):
            return self.prefix(POWER)
        if self.token.kind == "command":
            return self.command(self.take())
        self.fail("an argument in braces is missing here")

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

    def one(self, number: Number) -> Node:
        """The number 1, or the indicator that it begins: `1[x > 0]`, which may also stand alone."""
        depth, place = 0, self.at + (self.token.text == "_")
        for token in self.tokens[place:]:
            depth += (token.kind in ("open", "group")) - (token.kind in ("close", "endgroup"))
            if depth <= 0:
                return number
            if token.kind == "relation":
                break
        self.at = place
        node = self.group() if self.kind == "group" else self.bracketed(self.take())
        return replace(node, column=number.column) if isinstance(node, Call) else node
