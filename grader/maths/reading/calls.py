"""Calls of functions: their bases, powers and arguments, in brackets or bare.

Owns what the spellings of a function come to: `relu(x)` is a maximum, `where(…)` a choice. Which spellings there are is
`functions.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.maths.reading.functions import SPELLINGS, arity
from grader.maths.reading.operands import STARTS, Operands
from grader.maths.reading.precedence import POWER, PRODUCT
from grader.maths.reading.symbols import OPAQUE
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import ONE, ZERO, Binary, Call, Name, Negative, Node, Number, Transpose, walk

_STATISTICS = frozenset({"E", "V", "Var"})
"""Declared functions that are applied without brackets in every textbook."""
_INVERSE = Negative(ONE)


def remainder(of: tuple[Node, ...], at: int) -> Node:
    """`a mod b`, which has the sign of b."""
    left, right = of
    return Binary("-", left, Binary("*", right, Call("floor", (Binary("/", left, right, at),), at), at), at)


_IN_OTHER_WORDS: Mapping[str, Callable[[tuple[Node, ...], int], Node]] = {
    "pow": lambda of, at: Binary("^", of[0], of[1], at),
    "transpose": lambda of, at: Transpose(of[0], at),
    "matmul": lambda of, at: Binary("·", of[0], of[1], at),
    "mod": remainder,
    "solve": lambda of, at: Binary("·", Call("inverse", of[:1], at), of[1], at),
    "relu": lambda of, at: Call("max", (ZERO, of[0]), at),
    "log1p": lambda of, at: Call("log", (Binary("+", ONE, of[0], at),), at),
    "expm1": lambda of, at: Binary("-", Call("exp", of, at), ONE, at),
    "clip": lambda of, at: Call("min", (Call("max", of[:2], at), of[2]), at),
}
"""What functions of programming libraries come to, by their arguments and the column where they stand."""


class Calls(Operands):
    """Reads calls of functions."""

    def call(self, token: Token) -> Node:
        """A function with its base, power and arguments."""
        function, power, base = token.text, None, None
        if function == "piecewise":
            return self.pairs(token)
        if function == "log" and self.skip("operator", "_"):
            base = self.argument()
        if self.skip("operator", "^"):
            power = self.group() if self.kind == "group" else self.expression(POWER)
            if power == _INVERSE and "a" + function in SPELLINGS:
                function, power = "a" + function, None
            elif isinstance(power, Negative):
                self.fail(f"write the inverse of {function} as a{function} or 1/{function}(…)", token)
        arguments = self.arguments(function)
        fewest, most = arity(function)
        given = len(arguments) + (base is not None)
        if not fewest <= given <= most:
            asked = str(fewest) if fewest == most else f"{fewest} to {most}"
            self.fail(f"{function} takes {asked} value{'s' if asked != '1' else ''}, not {given}", token)
        if function in ("log2", "log10"):
            function, base = "log", Number(function[3:], token.column)
        if base is not None:
            arguments = (*arguments, base)
        node = self.applied(function, arguments, token)
        return node if power is None else Binary("^", node, power, token.column)

    def declared_call(self, name: str, token: Token) -> Node:
        """The call of a declared function: `f(x)`, `E[X]`, `E X`, `E^2[X]`, and `f'(x)` where it is known."""
        following, power = self.tokens[self.at + 1], None
        bare = name in _STATISTICS and self.kind == "name" and following.kind not in ("open", "group")
        if bare and following.text not in ("^", "_", "'"):
            return Call(name, (self.prefix(POWER),), token.column)
        primed = self.skip("operator", "'")
        if not primed and self.token.text == "^" and self.is_applied_behind_power():
            self.take()
            power = self.group() if self.kind == "group" else self.expression(POWER)
        if self.token.kind != "open" or self.token.text not in "([{":
            self.fail(f"{name} is a function: write {name}(…) with its value in brackets", token)
        node: Node = Call(name, self.arguments(name), token.column)
        if primed:
            node = self.primed(node, token)
        return node if power is None else Binary("^", node, power, token.column)

    def is_applied_behind_power(self) -> bool:
        """Whether a bracket follows the power that stands here."""
        place = self.at + 1
        if self.tokens[place].kind == "group":
            while self.tokens[place].kind not in ("endgroup", "end"):
                place += 1
        return self.tokens[min(place + 1, len(self.tokens) - 1)].kind == "open"

    def primed(self, node: Node, token: Token) -> Node:
        """`f'(x)` as a derivative, where f is known and x is a name."""
        assert isinstance(node, Call)
        inner = node.arguments[0]
        if self.symbols.functions[node.function] == OPAQUE or len(node.arguments) != 1 or not isinstance(inner, Name):
            self.fail("write this derivative out", token)
        return Call("derivative", (inner, node), token.column)

    def applied(self, function: str, arguments: tuple[Node, ...], token: Token) -> Node:
        """The node of a function that has its arguments."""
        if function in _IN_OTHER_WORDS:
            return _IN_OTHER_WORDS[function](arguments, token.column)
        if function == "where":
            return self.chosen(arguments, token)
        if function == "int":
            return self.whole(arguments[0], token)
        if function == "sum" and any(self.is_entrywise_in_code(part) for part in walk(arguments[0])):
            self.fail("a product entry by entry, or of matrices? write x ⊙ y for the one, x^T y for the other", token)
        return Call(function, arguments, token.column)

    def is_entrywise_in_code(self, node: Node) -> bool:
        """Whether it is a product with `*`, or a square, of what may be arrays."""
        if not isinstance(node, Binary) or node.operator not in ("*", "^") or not self.holds_matrix(node.left):
            return False
        return node.operator == "^" or self.holds_matrix(node.right)

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
        if opening.kind == "group" and arity(function) == (2, 2):
            return self.group(), self.group()  # `binom{n}{2}`
        self.take()
        bars, self.bars = self.bars, 0
        found = [self.value_or_condition(opening)]
        while self.skip("comma"):
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
        if self.token.text == "%":
            self.fail("per cent of what the function gives, or of what it takes? put brackets around one")
        while self.token.kind in ("number", "name", "constant", "command", "group"):
            argument = Binary("", argument, self.expression(PRODUCT), argument.column)
        return argument
