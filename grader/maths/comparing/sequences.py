r"""Sums and products with dots, `1 + 2 + … + n` and `x_1 y_1 + … + x_n y_n`, as sums over an index.

Owns how the terms in front of the dots and the last one tell what goes on. Where two ways are possible the answer is
asked back, and where none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from string import ascii_letters

from grader.maths.comparing.calculus import times
from grader.maths.comparing.evaluator import value_at
from grader.maths.comparing.sampling import points
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import (
    ZERO,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    calls,
    children,
    literal,
    names,
    rebuild,
    replaced,
    walk,
)

_STARTS, _STEPS = range(8), (1, 2, 3, -1)
_POINTS, _DIGITS, _MOST = 4, 30, 40
_LETTERS = "ijklpqrtuv" + ascii_letters
_DEEPEST = 3
"""Dots within dots, each of which is tried with every term of the one around it."""
_NUMBERED = re.compile(r"(.*?_?)(\d+)")


def without_dots(node: Node, symbols: Symbols) -> Node:
    """The tree with every continued sum or product as one over an index.

    Raises:
        Unreadable: it cannot be told how the terms go on.
    """
    if not any(map(_is_continued, walk(node))):
        return node
    if _depth(node) > _DEEPEST:
        raise Unreadable("too many dots within dots: write it with indices, as in \\sum_{i=1}^{n}", node.column)

    def told(part: Node) -> Node:
        if isinstance(part, Binary) and part.operator in ("+", "-") and _is_continued(part.left):
            return _with_rest(part, symbols)
        return part

    return rebuild(rebuild(node, told), lambda part: _told(part, symbols))


def _is_continued(node: Node) -> bool:
    return isinstance(node, Call) and node.function.startswith("continued_")


def _depth(node: Node) -> int:
    return max(map(_depth, children(node)), default=0) + _is_continued(node)


def _told(node: Node, symbols: Symbols) -> Node:
    return _Sequence(node, symbols).over_index() if isinstance(node, Call) and _is_continued(node) else node


def _with_rest(node: Binary, symbols: Symbols) -> Node:
    """`1 + 3 + … + 2n - 1`: a number behind the last term may belong to it.

    Raises:
        Unreadable: it can be read with and without.
    """
    call = node.left
    if not isinstance(call, Call) or not isinstance(node.right, Number) or call.function != "continued_sum":
        return node
    longer = replace(call, arguments=(*call.arguments[:-1], Binary(node.operator, call.arguments[-1], node.right)))
    alone, whole = (bool(_Sequence(one, symbols).ways()) for one in (call, longer))
    if alone and whole:
        raise Unreadable("does the last term end with this number? put brackets around it", node.right.column)
    return longer if whole else node


class _Sequence:
    """The terms in front of dots, and the last one."""

    def __init__(self, call: Call, symbols: Symbols) -> None:
        self.column = call.column
        self.kind = call.function.removeprefix("continued_")
        self.symbols = symbols
        self.first = call.arguments[:-1]
        self.last = call.arguments[-1]
        used = {name for part in call.arguments for name in names(part)} | set(symbols.by_name)
        self.index = Name(next(letter for letter in _LETTERS if letter not in used))

    def over_index(self) -> Node:
        """The sum or product over an index.

        Raises:
            Unreadable: there is no way to go on, or more than one.
        """
        found = self.ways()
        if not found:
            raise Unreadable("how do the terms go on? write it with an index, as in \\sum_{i=1}^{n}", self.column)
        if any(not self._same(found[0], other) for other in found[1:]):
            raise Unreadable("the terms can go on in two ways: write more of them in front of the dots", self.column)
        return found[0]

    def ways(self) -> list[Node]:
        """Every way in which the terms can go on."""
        return [*self._numbered(), *(list(self._literal()) or [*self._arithmetic(), *self._patterns()])]

    def _literal(self) -> Iterator[Node]:
        """The last term with another number in it, where the first are typed in just that way: `2^0 + 2^1 + …`."""
        for part in dict.fromkeys(walk(self.last)):
            if part == self.last or not self._counts(part):
                continue
            for start in _STARTS:
                typed = [self._at(part, literal(Fraction(start + place))) for place in range(len(self.first))]
                if tuple(typed) == self.first:
                    yield self._whole(literal(Fraction(start)), part, self._at(part, self.index))

    def _numbered(self) -> Iterator[Node]:
        """`x_1 + … + x_3`, where each of the names is declared: written out."""
        ends = {match.group(2) for part in walk(self.last) if (match := _number_of(part))}
        if len(ends) != 1:
            return
        last = int(ends.pop())
        for start in range(0, 3):
            terms = [self._renumbered(str(value)) for value in range(start, last + 1)]
            declared = all(name in self.symbols.by_name for term in terms for name in names(term))
            if len(terms) <= _MOST and declared and tuple(terms[: len(self.first)]) == self.first:
                total = terms[0]
                for term in terms[1:]:
                    total = Binary("+" if self.kind == "sum" else "*", total, term, self.column)
                yield total

    def _renumbered(self, number: str) -> Node:
        def renamed(part: Node) -> Node:
            match = _number_of(part)
            return Name(match.group(1) + number) if match else part

        return rebuild(self.last, renamed)

    def _arithmetic(self) -> Iterator[Node]:
        """Terms at equal distances: `1 + 3 + … + (2n-1)`, `n (n-1) ⋯ (n-k+1)`."""
        if self._holds_entries():
            return
        start = self.first[0]
        step = Fraction(1)
        if len(self.first) > 1:
            steps = {self._constant(Binary("-", b, a)) for a, b in zip(self.first, self.first[1:], strict=False)}
            found = steps.pop()
            if steps or not found or found.denominator != 1:
                return
            step = found
        far = Binary("-", self.last, start) if step > 0 else Binary("-", start, self.last)
        count = far if abs(step) == 1 else Binary("/", far, literal(abs(step)))
        if not self._is_count(count):
            return
        if step == 1 and isinstance(start, Number):
            yield self._whole(start, self.last, self.index)
        else:
            yield self._whole(
                ZERO, count, Binary("+" if step > 0 else "-", start, times(literal(abs(step)), self.index))
            )

    def _patterns(self) -> Iterator[Node]:
        """The last term with a part of it as the index, where the first terms follow from it."""
        for part in dict.fromkeys(walk(self.last)):
            if part == self.last and not self._holds_entries():
                continue  # an arithmetic sequence
            if not self._counts(part):
                continue
            yield from self._pattern(part)

    def _pattern(self, part: Node) -> Iterator[Node]:
        for step in _STEPS if len(self.first) > 1 else (1,):
            for start in _STARTS:
                values = [start + step * place for place in range(len(self.first))]
                if all(self._same(self._at(part, literal(Fraction(value))), term)
                       for value, term in zip(values, self.first, strict=True)):  # fmt: skip
                    count = Binary("/", Binary("-", part, literal(Fraction(start))), literal(Fraction(step)))
                    if step == 1:
                        yield self._whole(literal(Fraction(start)), part, self._at(part, self.index))
                    elif self._is_count(count):
                        place = Binary("+", literal(Fraction(start)), times(literal(Fraction(step)), self.index))
                        yield self._whole(ZERO, count, self._at(part, place))

    def _is_count(self, node: Node) -> bool:
        """Whether a tree is a whole number wherever it is tried, and not below 0."""
        return all(value is not None and value.denominator == 1 and value >= 0 for value in self._values(node))

    def _at(self, part: Node, value: Node) -> Node:
        """The last term with something else in the place of a part of it."""
        return replaced(self.last, part, value)

    def _counts(self, part: Node) -> bool:
        """Whether a part may be an index: a whole number, or a sum or product of names that are whole."""
        if isinstance(part, Number):
            return part.text.isdigit()
        whole = all(self._is_whole(name) for name in names(part))
        kept = all(
            isinstance(below, Name | Number | Negative)
            or (isinstance(below, Binary) and below.operator not in ("^", "/"))
            for below in walk(part)
        )
        return bool(names(part)) and whole and kept

    def _is_whole(self, name: str) -> bool:
        declared = self.symbols.by_name.get(name)
        return name in self.symbols.sizes or (declared is not None and declared.integer)

    def _whole(self, first: Node, last: Node, term: Node) -> Node:
        return Call(f"{self.kind}_over", (self.index, first, last, term), self.column)

    def _holds_entries(self) -> bool:
        return any(call.function == "entry" or call.function.endswith("_") for call in calls(self.last))

    def _same(self, one: Node, other: Node) -> bool:
        """Whether two terms, or two sums, are the same wherever they are tried."""
        if one == other:
            return True
        if self._holds_entries():
            return False
        found = [
            (a, b)
            for a, b in zip(self._values(one), self._values(other), strict=True)
            if a is not None or b is not None
        ]
        return bool(found) and all(a == b for a, b in found)

    def _constant(self, node: Node) -> Fraction | None:
        """The number that a tree is worth everywhere; None where it varies."""
        values = set(self._values(node))
        return values.pop() if len(values) == 1 else None

    def _values(self, node: Node) -> list[Fraction | None]:
        """The exact values of a tree at a few points; None where it has none."""
        wanted = frozenset().union(*map(names, (node, self.last, *self.first)))
        values: list[Fraction | None] = []
        for point in list(points(self.symbols, wanted, 0, _POINTS)) if wanted else [{}]:
            small = {
                name: Fraction(abs(value) % 9 + 3) if self._is_whole(name) else value for name, value in point.items()
            }
            found = value_at(node, small, _DIGITS)
            values.append(found if isinstance(found, Fraction) else None)
        return values


def _number_of(part: Node) -> re.Match[str] | None:
    return _NUMBERED.fullmatch(part.name) if isinstance(part, Name) else None
