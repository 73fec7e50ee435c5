"""From tokens to the tree: precedence, implicit products, LaTeX structure, chains.

The one rule for what stands side by side: **a product without a sign is a product with a sign**, from left
to right. `1/2k` is `(1/2)*k` and `a/b(c)` is `(a/b)*c`; the reading shows it. `^` binds tighter than a minus
in front (`-2^2` is −4) and to the right (`2^3^2` is `2^9`). A name before a bracket is a factor, only a
function is called. Bombs are refused here, before any value is built (see `bounds.py`).
"""

from __future__ import annotations

import re
from typing import NoReturn, cast

from grader.maths.bounds import check_bounds
from grader.maths.functions import arity
from grader.maths.nodes import (
    Binary,
    BinaryOperator,
    Call,
    Constant,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    Relation,
    RelationOperator,
    Transpose,
    Unit,
    walk,
)  # fmt: skip
from grader.maths.signs import BRACKETS, TokenKind
from grader.maths.symbols import Symbols
from grader.maths.tokens import MAX_NESTING, Token, Vocabulary, tokenize
from grader.maths.unreadable import Unreadable

SUM, PRODUCT, SIGN, UNIT, POWER = 10, 20, 25, 28, 30
_STARTS = frozenset({"number", "name", "constant", "function", "open", "group", "command", "unit", "series"})
_MAX_NODES = 2_000
_BOXED = re.compile(r"([\s$]*\\boxed\s*\{)(.*)\}[\s$]*", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\\)\$")


def parse(text: str, symbols: Symbols, vocabulary: Vocabulary | None = None) -> Node:
    """Read one scalar, matrix, relation or quantity, in text or LaTeX.

    Args:
        text: as typed; a label such as `N_opt =` is a member of a chain here (see `labels.py`).
        symbols: the names that may occur.
        vocabulary: amounts and units, where the field has them.

    Raises:
        Unreadable: with the column (1-based) and what would be accepted.
    """
    tokens = tokenize(without_frame(text), vocabulary or Vocabulary(symbols))
    node = _Parser(tokens, symbols).answer()
    check_bounds(node)
    return node


def without_frame(text: str) -> str:
    r"""Blank out `$…$`, `\(…\)`, `\[…\]` and `\boxed{…}` around the whole answer, so that columns stay."""
    boxed = _BOXED.fullmatch(text)
    if boxed and boxed.group(2).count("{") == boxed.group(2).count("}"):
        text = " " * len(boxed.group(1)) + boxed.group(2)
    stripped = text.strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        inner = stripped[len(opening) : -len(closing)]
        if len(stripped) > len(opening) + len(closing) and stripped.startswith(opening) and stripped.endswith(closing):
            if opening[0] == "$" and "$" in inner.replace("\\$", ""):
                continue
            start = text.index(stripped) + len(opening)
            return " " * start + inner
    if len(_DOLLAR.findall(text)) == 2 and stripped.startswith("$"):
        return _DOLLAR.sub(" ", text)
    return text


class _Parser:
    def __init__(self, tokens: list[Token], symbols: Symbols) -> None:
        self.tokens = tokens
        self.symbols = symbols
        self.at = 0
        self.level = 0
        self.bars = 0
        self.term: int | None = None
        """Which term of a running sum is being read."""

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def kind(self) -> TokenKind:
        return self.tokens[self.at].kind

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        raise Unreadable(message, (token or self.token).column)

    def answer(self) -> Node:
        if self.token.kind == "end":
            self.fail("there is nothing here")
        if self.token.kind == "relation" and self.token.text in "=≈":
            self.take()
        members, operators = [self.expression(0)], []
        while self.token.kind == "relation":
            operators.append(cast(RelationOperator, self.take().text))
            members.append(self.expression(0))
        if self.token.kind == "dots" and self.tokens[self.at + 1].kind == "end" and isinstance(members[-1], Number):
            self.take()
        if self.token.kind == "comma":
            self.fail("a comma here: one answer is asked, and decimals are written with a point")
        if self.kind != "end":
            self.unexpected()
        return Relation(tuple(members), tuple(operators), members[0].column) if operators else members[0]

    def unexpected(self) -> NoReturn:
        token = self.token
        if token.kind == "end":
            self.fail("something is missing at the end")
        if token.kind in ("close", "endgroup"):
            self.fail(f"{token.text!r} closes nothing")
        self.fail(f"{token.text!r} is not expected here")

    def expression(self, floor: int) -> Node:
        self.level += 1
        if self.level > MAX_NESTING:
            self.fail(f"nested deeper than {MAX_NESTING}")
        left = self.prefix(floor)
        while True:
            after = self.infix(left, floor)
            if after is left:
                break
            left = after
        self.level -= 1
        return left

    def infix(self, left: Node, floor: int) -> Node:
        """One step to the right: the larger node, or `left` itself where nothing binds as tightly."""
        token = self.token
        if token.kind == "operator":
            return self.operator(left, token, floor)
        if token.kind == "multiplier" and floor < UNIT:
            self.take()
            if isinstance(left, Number):
                return Number(_scaled(left.text, token.text), left.column)
            return Binary("", left, Number(token.text, token.column), left.column)
        starts = token.kind in _STARTS or (token.kind == "bar" and not self.bars)
        unit_binds = token.kind == "unit" and PRODUCT < floor < UNIT
        if not starts or (floor >= PRODUCT and not unit_binds):
            return left
        if token.kind == "number" and isinstance(left, Number):
            self.fail("two numbers side by side: put an operator between them")
        if token.kind in ("number", "open") and not isinstance(left, Unit) and _has_unit(left):
            self.fail("a second amount: give one, or put a sign between the two")
        right = self.expression(UNIT if token.kind == "unit" else PRODUCT)
        return Binary("", left, right, left.column)

    def operator(self, left: Node, token: Token, floor: int) -> Node:
        sign = token.text
        if sign in "+-" and floor < SUM:
            self.take()
            return Binary(cast(BinaryOperator, sign), left, self.expression(SUM), left.column)
        if sign in ("*", "·", "/") and floor < PRODUCT:
            self.take()
            tight = sign == "/" and _has_unit(left)
            right = self.expression(SIGN if tight else PRODUCT)
            return Binary(cast(BinaryOperator, sign), left, right, left.column)
        if sign == "^" and floor < POWER + 1:
            self.take()
            return self.power(left)
        if sign in ("ᵀ", "'"):
            if not self.symbols.has_matrices:
                self.fail("a transpose: there are no matrices in this question")
            self.take()
            return Transpose(left, left.column)
        if sign == "!":
            self.take()
            return Call("factorial", (left,), left.column)
        if sign == "%":
            self.take()
            return Percent(left, left.column)
        if sign in ("∂", "∇", "_", "√", "∛") and (sign not in ("√", "∛") or floor >= PRODUCT):
            if sign in ("√", "∛"):
                return left
            self.fail(f"{sign!r} is not expected here")
        if sign in ("√", "∛"):
            return Binary("", left, self.expression(PRODUCT), left.column)
        return left

    def power(self, base: Node) -> Node:
        if self.transposes():
            return Transpose(base, base.column)
        exponent = self.group() if self.token.kind == "group" else self.expression(POWER)
        return Binary("^", base, exponent, base.column)

    def transposes(self) -> bool:
        """Take a transpose in the exponent, bare or in braces."""
        if not self.symbols.has_matrices:
            return False
        wrapped = self.token.kind == "group"
        token = self.tokens[self.at + wrapped]
        if token.kind != "operator" or token.text not in ("ᵀ", "'"):
            return False
        if wrapped and self.tokens[self.at + 2].kind != "endgroup":
            return False
        self.at += 3 if wrapped else 1
        return True

    def prefix(self, floor: int) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(self.running(token), token.column)
        if token.kind == "name":
            return Name(self.running(token), token.column)
        if token.kind == "constant":
            return Constant(cast("object", token.text), token.column)  # type: ignore[arg-type]
        if token.kind == "unit":
            return Unit(token.text, token.column)
        if token.kind in ("open", "bar"):
            return self.bracketed(token)
        if token.kind == "group":
            self.at -= 1
            return self.group()
        if token.kind == "function":
            return self.call(token)
        if token.kind == "command":
            return self.command(token)
        if token.kind == "series":
            return self.series(token)
        if token.kind == "operator" and token.text in "+-" and token.text:
            operand = self.expression(SUM if floor < PRODUCT else SIGN if floor < SIGN else POWER - 1)
            return Negative(operand, token.column) if token.text == "-" else operand
        if token.kind == "operator" and token.text in ("√", "∛"):
            operand = self.expression(SIGN)
            return Call("sqrt" if token.text == "√" else "cbrt", (operand,), token.column)
        self.at -= 1
        if token.kind in ("close", "endgroup"):
            self.fail(f"a value is missing before {token.text!r}")
        self.unexpected()

    def running(self, token: Token) -> str:
        return token.series[self.term] if token.series and self.term is not None else token.text

    def bracketed(self, token: Token) -> Node:
        if token.kind == "bar":
            self.bars += 1
            inner = self.expression(0)
            self.bars -= 1
            if self.token.kind != "bar":
                self.fail("this bar is never closed", token)
            self.take()
            return Call("abs", (inner,), token.column)
        bars, self.bars = self.bars, 0
        inner = self.expression(0)
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
        return inner

    def inner_product(self, first: Node, token: Token) -> Node:
        if self.take().kind not in ("comma", "bar"):
            self.fail("an inner product is written ⟨x, y⟩", token)
        second = self.expression(0)
        if self.take().text != "⟩":
            self.fail("'⟨' is never closed by '⟩'", token)
        return Call("inner", (first, second), token.column)

    def group(self) -> Node:
        opening = self.take()
        bars, self.bars = self.bars, 0
        inner = self.expression(0)
        self.bars = bars
        if self.take().kind != "endgroup":
            self.fail("'{' is never closed by '}'", opening)
        return inner

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
        self.at -= 1
        return self.prefix(POWER)

    def command(self, token: Token) -> Node:
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
        if self.kind == "open":
            return self.bracketed(self.take())
        return self.argument()

    def call(self, token: Token) -> Node:
        function, power, base = token.text, None, None
        if self.token.kind == "operator" and self.token.text == "_" and function == "log":
            self.take()
            base = self.argument()
        if self.token.kind == "operator" and self.token.text == "^":
            self.take()
            power = self.group() if self.kind == "group" else self.expression(POWER)
            if isinstance(power, Negative):
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
        if function == "pow":
            return Binary("^", arguments[0], arguments[1], token.column)
        if function == "transpose":
            return Transpose(arguments[0], token.column)
        return Call(function, arguments, token.column)

    def arguments(self, function: str) -> tuple[Node, ...]:
        opening = self.token
        bracketed = opening.kind == "open" or (opening.kind == "group" and function not in ("log", "exp"))
        if not bracketed and opening.kind != "group":
            signed = opening.kind == "operator" and opening.text in "√∛-"
            if opening.kind not in _STARTS and opening.kind != "bar" and not signed:
                self.fail(f"{function} needs a value in brackets")
            return (self.bare_argument(),)
        self.take()
        bars, self.bars = self.bars, 0
        found = [self.expression(0)]
        while self.token.kind == "comma":
            self.take()
            found.append(self.expression(0))
        self.bars = bars
        if self.take().kind not in ("close", "endgroup"):
            self.fail(f"this {opening.text!r} is never closed", opening)
        return tuple(found)

    def bare_argument(self) -> Node:
        """`log 2k`: everything that stands side by side without a sign, up to the next function."""
        argument = self.expression(PRODUCT)
        while self.token.kind in ("number", "name", "constant", "command", "group"):
            argument = Binary("", argument, self.expression(PRODUCT), argument.column)
        return argument

    def series(self, token: Token) -> Node:
        start, total = self.at, None
        for number in range(len(token.series)):
            self.at, self.term = start, number
            body = self.expression(SUM)
            total = body if total is None else Binary("+", total, body, token.column)
        self.term = None
        assert total is not None
        if sum(1 for _ in walk(total)) > _MAX_NODES:
            self.fail("this sum is too long", token)
        return total


def _has_unit(node: Node) -> bool:
    return any(isinstance(part, Unit) for part in walk(node))


def _scaled(amount: str, factor: str) -> str:
    mantissa, _, power = amount.partition("e")
    exponent = int(power or 0) + int(factor.partition("e")[2])
    return f"{mantissa}e{exponent}"
