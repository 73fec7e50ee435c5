r"""What an expression is made of: brackets, groups, calls, `\frac` and `\sqrt`, running sums.

Owns everything that begins with one token and ends where it is complete. How operands are joined (precedence,
products without a sign) is `parser.py`'s, which fills in `expression`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import SPELLINGS, arity
from grader.maths.reading.precedence import POWER, PRODUCT, SUM
from grader.maths.reading.sign_tables import BRACKETS, TokenKind
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import (
    Binary,
    BinaryOperator,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Rows,
    Transpose,
    walk,
)

STARTS = frozenset(
    {"number", "name", "constant", "function", "open", "group", "command", "unit", "series", "binder", "entry", "rows"}
)
"""Tokens that a value may begin with."""
_MAX_NODES = 2_000
_INVERSE = Negative(Number("1"))


class Operands(ABC):
    """A place in a list of tokens, and how to read one operand there."""

    def __init__(self, tokens: list[Token], symbols: Symbols) -> None:
        self.tokens = tokens
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
        self.term: int | None = None
        """Which term of a running sum is being read."""

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
    def unexpected(self) -> NoReturn:
        """Refuse the token that stands here."""

    @abstractmethod
    def says(self, word: str) -> bool:
        """Whether this word of a condition stands here."""

    @abstractmethod
    def conditional(self, first: Node) -> Node:
        """An answer case by case, from its first `if` on."""

    @abstractmethod
    def indicator(self, first: Node, opening: Token, *, listed: bool = True) -> Node:
        """A condition in brackets, from its first sign on."""

    @abstractmethod
    def pairs(self, token: Token) -> Node:
        """The values and conditions of `Piecewise(…)`."""

    def running(self, token: Token) -> str:
        """What a token says in the term of a sum that is being read."""
        return token.series[self.term] if token.series and self.term is not None else token.text

    def bracketed(self, token: Token) -> Node:
        """What stands in a bracket or between bars, with what the bracket means."""
        if token.kind == "bar":
            self.bars += 1
            inner = self.expression(0)
            self.bars -= 1
            if self.token.kind != "bar" or self.token.text[0] != token.text[0]:
                self.fail("this bar is never closed", token)
            frobenius = self.take().text.endswith("F")
            if frobenius:
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
            return self.inner_product(inner, token)
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

    @abstractmethod
    def holds_matrix(self, node: Node) -> bool:
        """Whether a matrix occurs."""

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
            return Number(self.running(token), token.column) if number else self.retake()
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

    def call(self, token: Token) -> Node:
        """A function with its base, power and arguments."""
        function, power, base = token.text, None, None
        if function == "piecewise":
            return self.pairs(token)
        if self.token.kind == "operator" and self.token.text == "_" and function == "log":
            self.take()
            base = self.argument()
        if self.token.kind == "operator" and self.token.text == "^":
            self.take()
            power = self.group() if self.kind == "group" else self.expression(POWER)
            if power == _INVERSE and "a" + function in SPELLINGS:
                function, power = "a" + function, None
            elif isinstance(power, Negative):
                self.fail(f"write the inverse of {function} as a{function} or 1/{function}(…)", token)
        arguments = self.arguments(function)
        if function in ("log2", "log10"):
            if base is None and len(arguments) == 1:
                base = Number(function[3:], token.column)
            function = "log"
        if base is not None:
            arguments = (*arguments, base)
        fewest, most = arity(function)
        if not fewest <= len(arguments) <= most:
            asked = str(fewest) if fewest == most else f"{fewest} to {most}"
            self.fail(f"{function} takes {asked} value{'s' if asked != '1' else ''}, not {len(arguments)}", token)
        node = self.applied(function, arguments, token)
        return node if power is None else Binary("^", node, power, token.column)

    def applied(self, function: str, arguments: tuple[Node, ...], token: Token) -> Node:
        """The node of a function that has its arguments."""
        if function == "pow":
            return Binary("^", arguments[0], arguments[1], token.column)
        if function == "transpose":
            return Transpose(arguments[0], token.column)
        if function == "matmul":
            return Binary("·", arguments[0], arguments[1], token.column)
        if function == "relu":
            return Call("max", (Number("0"), arguments[0]), token.column)
        if function == "clip":
            return Call("min", (Call("max", arguments[:2], token.column), arguments[2]), token.column)
        if function == "where":
            return self.chosen(arguments, token)
        if function == "int":
            return self.whole(arguments[0], token)
        return Call(function, arguments, token.column)

    def chosen(self, arguments: tuple[Node, ...], token: Token) -> Node:
        """`where(x > 0, x, 0)`."""
        condition, value, otherwise = arguments
        if not isinstance(condition, Call) or condition.function != "indicator":
            self.fail("where takes a condition and two values, as in where(x > 0, x, 0)", token)
        return Call("cases", (value, condition.arguments[0], otherwise), token.column)

    def whole(self, inner: Node, token: Token) -> Node:
        """`int(…)` around what is whole already changes nothing; else it cuts off, towards zero."""
        rounded = isinstance(inner, Call) and inner.function in ("round", "floor", "ceil")
        declared = self.symbols.by_name.get(inner.name) if isinstance(inner, Name) else None
        if rounded or (declared and declared.integer):
            return inner
        size = Call("floor", (Call("abs", (inner,)),), token.column)
        return Binary("*", Call("sign", (inner,), token.column), size, token.column)

    def arguments(self, function: str) -> tuple[Node, ...]:
        """The arguments of a function, in brackets or bare."""
        opening = self.token
        bracketed = opening.kind == "open" or (opening.kind == "group" and function not in ("log", "exp"))
        if not bracketed and opening.kind != "group":
            signed = opening.kind == "operator" and opening.text in "√∛-"
            if opening.kind not in STARTS and opening.kind != "bar" and not signed:
                self.fail(f"{function} needs a value in brackets")
            return (self.bare_argument(),)
        self.take()
        bars, self.bars = self.bars, 0
        found = [self.value_or_condition(opening)]
        while self.token.kind == "comma":
            self.take()
            found.append(self.value_or_condition(opening))
        self.bars = bars
        if self.take().kind not in ("close", "endgroup"):
            self.fail(f"this {opening.text!r} is never closed", opening)
        return tuple(found)

    def value_or_condition(self, opening: Token) -> Node:
        """One argument, or the condition of `where(x > 0, x, 0)`."""
        value = self.fraction()
        return self.indicator(value, opening, listed=False) if self.kind == "relation" else value

    def bare_argument(self) -> Node:
        """`log 2k`: everything that stands side by side without a sign, up to the next function."""
        argument = self.expression(PRODUCT)
        while self.token.kind in ("number", "name", "constant", "command", "group"):
            argument = Binary("", argument, self.expression(PRODUCT), argument.column)
        return argument

    def series(self, token: Token) -> Node:
        """A running sum or product, written out."""
        start, total = self.at, None
        sign: BinaryOperator = "*" if token.text == "product" else "+"
        for number in range(len(token.series)):
            self.at, self.term = start, number
            body = self.expression(SUM)
            total = body if total is None else Binary(sign, total, body, token.column)
        self.term = None
        assert total is not None
        if sum(1 for _ in walk(total)) > _MAX_NODES:
            self.fail("this sum is too long", token)
        return total
