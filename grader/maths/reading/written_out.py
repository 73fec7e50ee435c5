r"""Vectors and matrices written out, products that are taken entry by entry, and operators that bind a name.

Owns `[1, 2, 3]`, `[[a, b], [c, d]]`, `[a, b; c, d]`, `⟨1, 2, 3⟩`, `\begin{pmatrix} … \end{pmatrix}`, `A ⊙ B`, `A ⊗ B`.
What they are worth is `matrix_evaluator.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Literal

from grader.maths.reading.calls import Calls
from grader.maths.reading.entries import range_of, shape
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.numbered_names import families_of, term_by_term, whole_range
from grader.maths.reading.precedence import PRODUCT, SUM
from grader.maths.reading.tokens import Token
from grader.maths.reading.tree import (  # fmt: skip
    LIMITS,
    ONE,
    PRODUCTS,
    Binary,
    Call,
    Name,
    Node,
    Rows,
    Transpose,
    names,
)

_CLOSING = {"[": "]", "(": ")", "⟨": "⟩"}


class WrittenOut(Calls):
    """Reads matrices that are written out."""

    def turned_for_code(self, left: Node, right: Node) -> Node:
        """The left side of `x @ y` and `x @ A`, in which code needs no transpose of a vector."""
        (rows, columns), (inner, _) = shape(left, self.symbols), shape(right, self.symbols)
        return Transpose(left, left.column) if columns == 1 and rows not in (None, 1) and rows == inner else left

    def rows(self, token: Token) -> Node:
        r"""What stands between `\begin{…matrix}` and its end."""
        if token.text == "cases":
            return self.case_rows(token)
        lines: list[list[Node]] = [[]]
        while True:
            lines[-1].append(self.expression(0))
            if self.skip("comma", "\\\\") and self.kind != "close":
                lines.append([])
            elif self.skip("close", token.text):
                break
            elif not self.skip("comma", "&"):
                self.fail("the entries of a row are set apart by &, rows by \\\\")
        matrix = self.matrix(lines, token)
        if token.text == "Vmatrix":
            return Call("norm", (matrix,), token.column)
        return Call("det", (matrix,), token.column) if token.text == "vmatrix" else matrix

    def listed(self, first: Node, opening: Token) -> Node:
        """A vector or matrix in brackets, from the comma behind its first entry on."""
        started = opening.text == "⟨" and isinstance(first, Rows)
        lines: list[list[Node]] = [list(first.entries) if started and isinstance(first, Rows) else [first]]
        while self.kind == "comma":
            if self.take().text == ";":
                lines.append([])
            lines[-1].append(self.expression(0))
        closing = self.take()
        if closing.kind != "close" or closing.text != _CLOSING[opening.text]:
            self.fail(f"{opening.text!r} is never closed by {_CLOSING[opening.text]!r}", opening)
        if len(lines) > 1:
            glued = any(len(line) == 1 and isinstance(line[0], Binary) and line[0].operator == "" for line in lines)
            if glued and not any(self.holds_matrix(entry) for line in lines for entry in line):
                self.fail("products, or entries of a row? set the entries apart by commas", opening)
            return self.matrix(lines, opening)
        entries = lines[0]
        inner = [entry for entry in entries if isinstance(entry, Rows) and entry.flat]
        if inner and len(inner) < len(entries) and opening.text == "[":
            self.fail("the rows of this matrix differ in length", opening)
        if len(inner) == len(entries) and opening.text in "[(":
            return self.matrix([list(entry.entries) for entry in inner], opening)
        alone = opening is self.tokens[0] and opening.text == "["
        if alone and len(entries) == 2 and all(self.is_square(entry) for entry in entries):
            self.fail("a commutator, or two blocks? write A B - B A, or [A; B] for one above the other", opening)
        return Rows(tuple(entries), 1, flat=True, column=opening.column)

    def is_square(self, node: Node) -> bool:
        """Whether a tree is a square matrix, as far as its names tell."""
        rows, columns = shape(node, self.symbols)
        return rows == columns and rows not in (None, 1)

    def matrix(self, lines: list[list[Node]], token: Token) -> Rows:
        """A matrix of rows that have to be equally long."""
        if len({len(line) for line in lines}) != 1:
            self.fail("the rows of this matrix differ in length", token)
        return Rows(tuple(entry for line in lines for entry in line), len(lines[0]), column=token.column)

    def entrywise(self, sign: str, left: Node, right: Node, token: Token) -> Node:
        """`A ⊙ B` or `A ⊗ B`; beside another product of matrices only with brackets."""
        if not self.holds_matrix(left) and not self.holds_matrix(right):
            return Binary("·", left, right, left.column)
        shown = "⊙" if sign == "hadamard" else "⊗"
        loose = isinstance(left, Binary) and left.operator in PRODUCTS
        loose = loose and not any(left is node for node in self.in_brackets)
        if loose and isinstance(left, Binary) and all(self.holds_matrix(part) for part in (left.left, left.right)):
            self.fail(f"A B {shown} C can be read in two ways: put brackets around one of the products", token)
        if self.kind in ("name", "open", "rows", "function") or self.token.text in ("*", "·"):
            self.fail(f"A {shown} B C can be read in two ways: put brackets around one of the products", token)
        return Call(sign, (left, right), token.column)

    def continued(self, left: Node, kind: Literal["sum", "product"]) -> Node:
        """`1 + 2 + … + n` or `1 · 2 ⋯ n`, from the dots on."""
        dots = self.take()
        signs = ("+",) if kind == "sum" else ("*", "·")
        if self.kind == "operator" and self.token.text in signs:
            self.take()
        elif kind == "sum":
            self.fail("dots go on to a last term, as in 1 + 2 + ... + n")
        last = self.expression(SUM if kind == "sum" else PRODUCT)
        terms = terms_of(left, ("+",) if kind == "sum" else PRODUCTS)
        return Call(f"continued_{kind}", (*terms, last), dots.column)

    def binder(self, token: Token) -> Node:
        """A sum, product, integral, limit or derivative over a bound name, from its index on."""
        index = Name(self.take().text, token.column)
        if token.text == "derivative":
            if self.symbols.declared(index.name).is_matrix:
                self.fail(f"no derivatives by {index.name} are read, which is no number: type what it comes to", token)
            return Call("derivative", (index, self.bound(index.name)), token.column)
        if token.text in LIMITS:
            target = self.group()
            return Call(token.text, (index, target, self.bound(index.name)), token.column)
        kind, _, how = token.text.partition(" ")
        if how == "over all":
            body = self.bound(index.name)
            return self.over_all(kind, index, body)
        if how == "of pairs":
            return self.over_pairs(kind, index, Name(self.take().text, token.column))
        first, last = self.group(), self.group()
        given = self.within({index.name}, self.group) if how == "given" else None
        body = _only(kind, given, self.bound(index.name))
        families = families_of(index.name, body, self.symbols)
        if families:
            return term_by_term(kind, index, whole_range(first, last), body, families)
        return Call(f"{kind}_over", (index, first, last, body), token.column)

    def over_all(self, kind: str, index: Name, body: Node) -> Node:
        """A sum through all that its index counts."""
        families = families_of(index.name, body, self.symbols)
        ranges = {tuple(members) for members in families.values()}
        if len(ranges) > 1:
            raise Unreadable(f"{index.name} runs through names of different numbers; write its limits", index.column)
        if ranges:
            return term_by_term(kind, index, ranges.pop(), body, families)
        last = range_of(index.name, body, self.symbols, index.column)
        return Call(f"{kind}_over", (index, ONE, last, body), index.column)

    def over_pairs(self, kind: str, *both: Name) -> Node:
        r"""`\sum_{i < j}`: over those of the two names that nothing around it binds."""
        free = [name for name in both if name.name not in self.indices]
        if not free:
            self.fail("both names are bound already", self.tokens[self.at - 1])
        inside = frozenset(name.name for name in free)
        given = self.within(inside, self.group)
        whole = _only(kind, given, self.within(inside, lambda: self.expression(SUM)))
        for name in reversed(free):
            whole = self.over_all(kind, name, whole)
        return whole

    def entry(self, token: Token) -> Node:
        """An entry of a matrix, or a member of a family, from its indices on."""
        indices = self.places()
        if token.text.endswith("_"):
            return Call(token.text, indices, token.column)
        return Call("entry", (Name(token.text, token.column), *indices), token.column)

    def entry_of(self, matrix: Node, token: Token) -> Node:
        """An entry of the matrix in brackets that was just read."""
        indices = self.places()
        if len(indices) != 1 + (shape(matrix, self.symbols)[1] != 1):
            self.fail("an entry of a matrix has two indices, one of a column has one", token)
        return Call("entry", (matrix, *indices), token.column)

    def places(self) -> tuple[Node, ...]:
        """The indices of an entry, each of which has to be bound by a sum or to be a number."""
        indices: list[Node] = []
        while self.kind == "group" and len(indices) < 2:
            column = self.token.column
            index = self.group()
            free = next((name for name in sorted(names(index)) if not self.counts(name)), None)
            if free is not None:
                raise Unreadable(f"{free} is bound by no sum here: give the whole, not one entry", column)
            indices.append(index)
        return tuple(indices)

    def counts(self, name: str) -> bool:
        """Whether a name may number entries: one that a sum binds, a size, or a whole number."""
        declared = self.symbols.by_name.get(name)
        return name in self.indices or name in self.symbols.sizes or (declared is not None and declared.integer)

    def bound(self, index: str) -> Node:
        """What an operator is taken over, in which its index has a meaning."""
        braced = self.kind == "group" and self.token.text == "body"
        return self.within({index}, self.group if braced else lambda: self.expression(SUM))

    def within(self, indices: Set[str], read: Callable[[], Node]) -> Node:
        """What is read where some names are bound."""
        before, self.indices = self.indices, self.indices | indices
        found = read()
        self.indices = before
        return found


def _only(kind: str, given: Node | None, term: Node) -> Node:
    """The term of a sum or product where a condition holds; elsewhere what changes nothing."""
    if not isinstance(given, Call):
        return term
    if kind == "sum":
        return Binary("", given, term, term.column)
    return Call("cases", (term, given.arguments[0], ONE), term.column)


def terms_of(node: Node, signs: Sequence[str]) -> list[Node]:
    """The members of a sum or product, from left to right."""
    if isinstance(node, Binary) and node.operator in signs:
        return [*terms_of(node.left, signs), node.right]
    return [node]
