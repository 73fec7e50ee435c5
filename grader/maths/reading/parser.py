"""From tokens to the tree: precedence, implicit products, units, chains.

The one rule for what stands side by side: **a product without a sign is a product with a sign**, from left
to right. `1/2k` is `(1/2)*k` and `a/b(c)` is `(a/b)*c`; the reading shows it. `^` binds tighter than a minus
in front (`-2^2` is −4) and to the right (`2^3^2` is `2^9`). A name before a bracket is a factor, only a
function is called. Bombs are refused here, before any value is built (see `size_limits.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn, cast

from grader.maths.reading.amount_grammar import AmountGrammar, is_value, repeating, scaled
from grader.maths.reading.call_like import looks_like_call
from grader.maths.reading.delimiters import without_frame
from grader.maths.reading.entries import shape
from grader.maths.reading.operands import STARTS
from grader.maths.reading.precedence import POWER, PRODUCT, SIGN, SUM, UNIT
from grader.maths.reading.sign_tables import TokenKind
from grader.maths.reading.size_limits import check_bounds
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokenizer import tokenize
from grader.maths.reading.tokens import MAX_NESTING, Token
from grader.maths.reading.tree import (  # fmt: skip
    ONE,
    PRODUCTS,
    ZERO,
    Binary,
    BinaryOperator,
    Call,
    Constant,
    Name,
    Negative,
    Node,
    Number,
    Relation,
    RelationOperator,
    Transpose,
    Unit,
    has_unit,
)
from grader.maths.reading.vocabulary import Vocabulary

_WRITTEN_OUT = re.compile(r"(?:det|trace|tr|Tr|rank|norm)\s*(?:\\left)?\(?\s*(?:\[\[|\\begin\s*\{[bp]?matrix)")
"""A number made of a matrix that is written out, which needs no symbol that is a matrix."""


def parse(text: str, symbols: Symbols, vocabulary: Vocabulary | None = None) -> Node:
    """Read one scalar, matrix, relation or quantity, in text or LaTeX.

    Args:
        text: as typed; a label such as `N_opt =` is a member of a chain here (see `label_prefix.py`).
        symbols: the names that may occur.
        vocabulary: amounts and units, where the field has them.

    Raises:
        Unreadable: with the column (1-based) and what would be accepted.
    """
    if _WRITTEN_OUT.search(text):
        symbols = replace(symbols, matrices_meant=True)
    vocabulary = replace(vocabulary or Vocabulary(symbols), symbols=symbols)
    tokens = tokenize(without_frame(text), vocabulary)
    node = _Parser(tokens, symbols).answer()
    check_bounds(node)
    return node


class _Parser(AmountGrammar):
    def answer(self) -> Node:
        if self.token.kind == "end":
            self.fail("there is nothing here")
        if self.token.kind == "relation" and self.token.text in "=≈":
            self.take()
        members, operators = [self.fraction()], []
        while self.token.kind == "relation":
            operators.append(cast(RelationOperator, self.take().text))
            members.append(self.fraction())
        if self.token.kind == "dots" and self.tokens[self.at + 1].kind == "end" and isinstance(members[-1], Number):
            self.take()
            members[-1] = repeating(members[-1])
        if self.token.kind == "comma":
            self.fail("a comma here: one answer is asked, and decimals are written with a point")
        if self.kind != "end":
            self.unexpected()
        if any(node is member for node in self.bare_conditions for member in members):
            self.fail("a relation in brackets: leave them out, or write 1[x > 0] for its indicator", self.tokens[0])
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
        while (after := self.infix(left, floor)) is not left:
            left = after
        self.level -= 1
        return left

    def infix(self, left: Node, floor: int) -> Node:
        """One step to the right: the larger node, or `left` itself where nothing binds as tightly."""
        token = self.token
        if token.kind == "operator":
            return self.operator(left, token, floor)
        follows = token.kind == "dots" and self.tokens[self.at + 1].kind in (*STARTS, "operator")
        if follows and token.text == "..." and floor < PRODUCT and not isinstance(left, Number):
            return self.continued(left, "product")
        if token.kind == "multiplier" and floor < UNIT:
            self.take()
            if isinstance(left, Number):
                return Number(scaled(left.text, token.text), left.column)
            return Binary("", left, Number(token.text, token.column), left.column)
        if token.kind == "command" and token.text in ("over", "choose"):
            return left
        if token.kind == "entry" and not token.text:
            return self.entry_of(left, self.take())
        starts = token.kind in STARTS or (token.kind == "bar" and not self.bars)
        unit_binds = token.kind == "unit" and PRODUCT < floor < UNIT
        if not starts or (floor >= PRODUCT and not unit_binds):
            return left
        if token.kind == "number" and isinstance(left, Number):
            if token.text == "1" and self.tokens[self.at + 1].text == "/" and self.tokens[self.at + 2].kind == "unit":
                self.take()  # `10 1/s`
                return self.infix(left, floor)
            self.fail("two numbers side by side: put an operator between them")
        if floor < SUM and self.smaller_time_follows(left):
            return Binary("+", left, self.expression(SUM), left.column)
        if token.kind in ("number", "open") and not isinstance(left, Unit) and has_unit(left):
            self.fail("a second amount: give one, or put a sign between the two")
        if isinstance(left, Name) and looks_like_call(self.tokens, self.at):
            self.fail(f"is {left.name}(…) a product? write {left.name}*(…); {left.name} is no function here")
        right = self.expression(UNIT if token.kind == "unit" else PRODUCT)
        return self.dotted(left, right) or Binary("", left, right, left.column)

    def dotted(self, left: Node, right: Node) -> Node | None:
        """`x · A y` as the inner product of x and A y, where x and A have no product; None for any other product."""
        if not isinstance(left, Binary) or left.operator != "·" or not self.symbols.has_matrices:
            return None
        (rows, columns), (inner, outer) = shape(left.left, self.symbols), shape(left.right, self.symbols)
        if rows in (None, 1) or columns != 1 or inner in (None, 1) or outer in (None, 1):
            return None
        return replace(left, right=Binary("", left.right, right, left.right.column))

    def operator(self, left: Node, token: Token, floor: int) -> Node:
        sign = token.text
        if sign in ("+", "-") and floor < SUM:
            self.take()
            if self.kind == "dots" and sign == "+":
                return self.continued(left, "sum")
            return Binary(cast(BinaryOperator, sign), left, self.expression(SUM), left.column)
        if sign in ("%", "mod") and floor < PRODUCT:
            return self.percent_or_remainder(left)
        if sign == "‰" and floor < PRODUCT:
            self.take()
            return Binary("/", left, Number("1000"), left.column)
        if sign in ("*", "·", "@", "/", "//", "per", "kron", "hadamard") and floor < PRODUCT:
            self.take()
            if self.kind == "dots" and sign in PRODUCTS:
                return self.continued(left, "product")
            sign = "/" if sign == "per" else sign
            tight = sign == "/" and has_unit(left)
            if sign == "/" and not tight and (self.scaled_unit_follows() or self.fraction_is_scaled(left)):
                self.fail("does the word mean what stands below the line, or all? write a/(b million) or (a/b) million")
            right = self.rate(self.expression(SIGN)) if tight else self.expression(PRODUCT)
            if sign in ("kron", "hadamard"):
                return self.entrywise(sign, left, right, token)
            if sign == "@":
                return Binary("*", self.turned_for_code(left, right), right, left.column)
            if sign == "//":
                return Call("floor", (Binary("/", left, right, left.column),), left.column)
            return Binary(cast(BinaryOperator, sign), left, right, left.column)
        if sign == "^" and floor < POWER + 1:
            self.take()
            return self.power(left)
        if sign in ("ᵀ", "'"):
            if not self.symbols.has_matrices:
                self.fail("a transpose: there are no matrices in this question")
            self.refuse_turned_number(left)
            self.take()
            return Transpose(left, left.column)
        if sign in ("!", "₊"):
            self.take()
            return Call("factorial", (left,), left.column) if sign == "!" else Call("max", (ZERO, left), left.column)
        if sign == ".dot":
            self.take()
            return Binary("·", left, self.bracketed(self.take()), left.column)
        if sign == "°":
            self.take()
            return Binary("/", Binary("*", left, Constant("pi", token.column), left.column), Number("180"), left.column)
        if sign in ("∂", "∇", "_"):
            self.fail(f"{sign!r} is not expected here")
        if sign in ("√", "∛") and floor < PRODUCT:
            return Binary("", left, self.expression(PRODUCT), left.column)
        return left

    def named(self, token: Token) -> Node:
        """A symbol, the imaginary unit, or the call of a declared function."""
        name = token.text
        if name in self.indices:
            return Name(name, token.column)
        base, _, index = name.rpartition("_")
        if base and index in self.indices:
            positive = name in self.symbols.by_name and self.symbols.by_name[name].positive
            return Call(base + ("__" if positive else "_"), (Name(index),), token.column)
        if self.symbols.find(name) is None:
            self.fail(f"{name} is bound by no sum here", token)
        declared = self.symbols.by_name.get(name)
        if declared is not None and declared.imaginary:
            return Constant("i", token.column)
        if declared is None or not declared.function:
            return Name(name, token.column)
        return self.declared_call(name, token)

    def power(self, base: Node) -> Node:
        turned = self.turned(base)
        if turned is not None:
            return turned
        exponent = self.group() if self.token.kind == "group" else self.expression(POWER)
        return Binary("^", base, exponent, base.column)

    def turned(self, base: Node) -> Node | None:
        """The transpose, or the transposed inverse, that an exponent makes of its base; None for a power."""
        if not self.symbols.has_matrices:
            return None
        wrapped = self.token.kind == "group"
        inverse = self.tokens[self.at + wrapped].text == "-"
        place = self.at + wrapped + inverse
        place += inverse and self.tokens[place].text == "1" and self.tokens[place + 1].text == "ᵀ"
        token = self.tokens[min(place, len(self.tokens) - 1)]
        if token.kind != "operator" or token.text not in ("ᵀ", "'", *("*" if not inverse else "")):
            return None
        if wrapped and self.tokens[place + 1].kind != "endgroup":
            return None
        self.refuse_turned_number(base)
        self.at = place + 1 + wrapped
        if inverse:
            base = Binary("^", base, Negative(ONE), base.column)
        return Transpose(base, base.column)

    def refuse_turned_number(self, node: Node) -> None:
        """Refuse `1^T`, which means a vector of ones to many."""
        if isinstance(node, Number):
            self.fail(f"{node.text} is a number here, and has no transpose: write sums of entries as \\sum_i x_i")

    def prefix(self, floor: int) -> Node:
        token = self.take()
        if token.kind == "number":
            number = Number(token.text, token.column)
            return self.one(number) if number.text == "1" else number
        if token.kind == "name":
            return self.named(token)
        if token.kind == "constant":
            return Constant(cast("object", token.text), token.column)  # type: ignore[arg-type]
        if token.kind in _READERS:
            return _READERS[token.kind](self, token)
        if token.kind == "group":
            self.at -= 1
            return self.group()
        if token.kind == "operator" and token.text in ("+", "-"):
            loose = floor < PRODUCT and not self.whole_division_follows()
            operand = self.expression(SUM if loose else SIGN if PRODUCT <= floor < SIGN else POWER - 1)
            return Negative(operand, token.column) if token.text == "-" else operand
        if token.kind == "operator" and token.text in ("√", "∛"):
            operand = self.expression(SIGN)
            return Call("sqrt" if token.text == "√" else "cbrt", (operand,), token.column)
        self.at -= 1
        if token.kind in ("close", "endgroup"):
            self.fail(f"a value is missing before {token.text!r}")
        self.unexpected()

    def whole_division_follows(self) -> bool:
        """Whether `//` or `%` stands in the term behind a minus, which then belongs to what is divided."""
        depth = 0
        for place, token in enumerate(self.tokens[self.at : -1], start=self.at):
            before, after = self.tokens[place - 1], self.tokens[place + 1]
            depth += (token.kind in ("open", "group")) - (token.kind in ("close", "endgroup"))
            sign = token.kind == "operator" and token.text in ("+", "-") and before.kind != "operator"
            if depth < 0 or (depth == 0 and (sign or token.kind in ("comma", "relation"))):
                return False
            if depth == 0 and (token.text == "//" or (token.text == "%" and is_value(after))):
                return True
        return False


_READERS: Mapping[TokenKind, Callable[[_Parser, Token], Node]] = {
    "unit": _Parser.unit, "open": _Parser.bracketed, "bar": _Parser.bracketed, "function": _Parser.call,
    "command": _Parser.command, "binder": _Parser.binder, "entry": _Parser.entry,
    "rows": _Parser.rows,
}  # fmt: skip
"""What reads an operand from its first token on."""
