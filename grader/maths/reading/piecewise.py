r"""Answers case by case and indicators: `\begin{cases} … \end{cases}`, `x if x > 0 else 0`, `1[x > 0]`.

Owns conditions and what they choose. What they are worth is `conditions.py`'s, beside the comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from grader.maths.reading.token_place import TokenPlace
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import Call, Node, Relation, RelationOperator

_ENDS = frozenset({"end", "close", "endgroup"})
_ASKED = "a condition is asked here, as in x > 0"


class Piecewise(TokenPlace):
    """Reads conditions, and answers that depend on them."""

    def condition(self, first: Node | None = None) -> Node:
        """A condition; `first` is what was read of it already."""
        return self.joined("or", self.conjunction, first)

    def conjunction(self, first: Node | None = None) -> Node:
        """Conditions that hold together."""
        return self.joined("and", self.comparison, first)

    def joined(self, word: str, read: Callable[[Node | None], Node], first: Node | None) -> Node:
        """What is read once, or several times with a word between."""
        parts = [read(first)]
        while self.skip("word", word):
            parts.append(read(None))
        return parts[0] if len(parts) == 1 else Call(word, tuple(parts), parts[0].column)

    def comparison(self, first: Node | None = None) -> Node:
        """One relation, or a condition in brackets."""
        left = first if first is not None else self.expression(0)
        if self.kind != "relation":
            if isinstance(left, Call) and left.function == "indicator":
                return left.arguments[0]
            self.fail(_ASKED)
        members, operators = [left], []
        while self.kind == "relation":
            if self.token.text == "≈":
                self.fail(_ASKED)
            operators.append(cast(RelationOperator, self.take().text))
            members.append(self.expression(0))
        return Relation(tuple(members), tuple(operators), left.column)

    def indicator(self, first: Node, opening: Token, *, listed: bool = True) -> Node:
        """A condition in brackets, from its first sign on: 1 where it holds, 0 elsewhere.

        With `listed`, a comma joins further ones.
        """
        parts = [self.condition(first)]
        while listed and self.skip("comma"):
            parts.append(self.condition())
        held = parts[0] if len(parts) == 1 else Call("and", tuple(parts), opening.column)
        node = Call("indicator", (held,), opening.column)
        if opening.text != "[" or (isinstance(held, Relation) and held.operators == ("=",)):
            self.bare_conditions.append(node)
        return node

    def conditional(self, first: Node) -> Node:
        """`x if x > 0 else 0`, `x if x > 0, 0 otherwise`: from the first `if` on."""
        parts = [first]
        while self.skip("word", "if"):
            parts.append(self.condition())
            self.skip("comma")
            otherwise = self.skip("word", "else")
            if not otherwise and self.kind in _ENDS:
                break
            parts.append(self.expression(0))
            if not otherwise and not self.skip("word", "else") and not self.says("if"):
                self.fail("which case is this? write `if` and its condition, or `otherwise`")
        return Call("cases", tuple(parts), first.column)

    def case_rows(self, token: Token) -> Node:
        r"""What stands between `\begin{cases}` and its end."""
        parts: list[Node] = []
        while True:
            parts.append(self.expression(0))
            while self.skip("comma", "&") or self.skip("comma", ","):
                pass
            if not self.skip("word", "else"):
                self.skip("word", "if")
                parts.append(self.condition())
            self.skip("comma", ",")
            more = self.skip("comma", "\\\\")
            if self.skip("close", token.text):
                return Call("cases", tuple(parts), token.column)
            if not more:
                self.fail("a case is its value, & and its condition; cases are set apart by \\\\")
            if len(parts) % 2:
                self.fail("nothing may follow the case `otherwise`")

    def pairs(self, token: Token) -> Node:
        """The pairs of `Piecewise((x, x > 0), (0, True))`."""
        parts: list[Node] = []
        opened = self.skip("open", "(")
        while opened and self.skip("open", "("):
            parts.append(self.expression(0))
            self.skip("comma")
            if not self.skip("word", "else"):
                parts.append(self.condition())
            self.skip("close")
            self.skip("comma")
        if not opened or not self.skip("close") or len(parts) < 2:
            self.fail("write Piecewise((value, condition), …)", token)
        return Call("cases", tuple(parts), token.column)
