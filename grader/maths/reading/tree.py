"""The tree that every typed answer is read into, from text and from LaTeX alike.

Owns the node types, and walking and rebuilding them. Nodes keep the student's order and spelling of
products, so that a report can show what was understood; brackets are not kept, a printer puts them where
they are needed. `column` is the 1-based place in the text as typed and takes no part in equality.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

BinaryOperator = Literal["+", "-", "*", "·", "", "/", "^"]
"""`*` was written out, `·` is a centred dot, the empty operator is a product by standing side by side."""

RelationOperator = Literal["=", "≈", "≠", "<", "≤", ">", "≥"]

TURNED: dict[RelationOperator, RelationOperator] = {
    "<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "=", "≠": "≠", "≈": "≈",
}  # fmt: skip
"""What each relation is, read from right to left."""

PRODUCTS = ("*", "·", "")


@dataclass(frozen=True, slots=True)
class Number:
    """An exact decimal literal: `12`, `0.452`, `2e9`; never negative, separators already gone."""

    text: str
    column: int = field(default=0, compare=False)

    @property
    def value(self) -> Fraction:
        """The exact value."""
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol of the question, under its declared name whatever spelling was typed."""

    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """`pi`, `e` or `i` where the question declares no symbol of that name; `inf` as a limit only."""

    name: Literal["pi", "e", "i", "inf"]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the table in `units.py`, by its symbol: `GB`, `USD`, `min`. Only in quantities."""

    symbol: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus in front: `-x`."""

    operand: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """A sum, difference, product, quotient or power."""

    operator: BinaryOperator
    left: Node
    right: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Transpose:
    """A transposed matrix, whichever of the many signs was typed."""

    operand: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list in `functions.py` with its arguments.

    `log` has one argument (natural) or two (value, base); `root` has two (value, degree); `min`, `max` and
    `sum` have any number; `inner` is the inner product of two vectors. `sum_over`, `product_over` and `integral_over`
    have a bound name, its first and last value, and what is taken over them; `limit_to`, `limit_above` and
    `limit_below` the name, where it goes and the function; `derivative` the name and the function. A name that ends in
    `_` is a family (`x_j`) with its index; `entry` has a matrix and the numbers of row and column, or a column and one
    number. `indicator` has a condition, `cases` values and conditions in turn, and what holds else; a condition is a
    relation, or `and` or `or` of conditions.
    """

    function: str
    arguments: tuple[Node, ...]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Percent:
    """An amount followed by `%`."""

    operand: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation, an inequality, or a chain `a = b = c` (one operator fewer than members)."""

    members: tuple[Node, ...]
    operators: tuple[RelationOperator, ...]
    column: int = field(default=0, compare=False)

    @property
    def sides(self) -> tuple[Node, Node]:
        """The two sides of a relation that is no longer chain."""
        return self.members[0], self.members[1]


@dataclass(frozen=True, slots=True)
class Rows:
    """A matrix written out, its entries row by row; `flat` where it was a plain list, which is a column.

    `columns` divides the number of entries.
    """

    entries: tuple[Node, ...]
    columns: int
    flat: bool = False
    column: int = field(default=0, compare=False)

    @property
    def lines(self) -> tuple[tuple[Node, ...], ...]:
        """The rows."""
        return tuple(self.entries[at : at + self.columns] for at in range(0, len(self.entries), self.columns))


@dataclass(frozen=True, slots=True)
class Span:
    """All integers from `first` to `last`, both included."""

    first: int
    last: int
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """A set of integers, as the items that were typed: single numbers and spans."""

    items: tuple[Node, ...]
    column: int = field(default=0, compare=False)


ZERO, ONE = Number("0"), Number("1")

Node = (
    Number | Name | Constant | Unit | Negative | Binary | Transpose | Call | Percent | Relation | Rows | Span | Listing
)


def last_member(node: Node) -> Node:
    """What a chain `a = b = c` comes to; anything else as it is."""
    return node.members[-1] if isinstance(node, Relation) else node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order typed."""
    match node:
        case Negative(operand) | Transpose(operand) | Percent(operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, parts) | Relation(parts) | Listing(parts) | Rows(parts):
            return parts
    return ()


def walk(*trees: Node) -> Iterator[Node]:
    """The trees and everything below them, parents first, in the order typed."""
    pending = [*reversed(trees)]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def with_children(node: Node, parts: tuple[Node, ...]) -> Node:
    """The same kind of node over other children."""
    match node:
        case Negative() | Transpose() | Percent():
            return replace(node, operand=parts[0])
        case Binary():
            return replace(node, left=parts[0], right=parts[1])
        case Call():
            return replace(node, arguments=parts)
        case Relation():
            return replace(node, members=parts)
        case Listing():
            return replace(node, items=parts)
        case Rows():
            return replace(node, entries=parts)
    return node


def calls(*trees: Node) -> Iterator[Call]:
    """The calls of functions in some trees."""
    return (part for part in walk(*trees) if isinstance(part, Call))


def has_call(functions: Container[str], *trees: Node) -> bool:
    """Whether one of some functions is called in trees."""
    return any(call.function in functions for call in calls(*trees))


def has_unit(node: Node) -> bool:
    """Whether an amount holds a unit."""
    return any(isinstance(part, Unit) for part in walk(node))


def is_whole(node: Node) -> bool:
    """Whether a tree is a whole number as it stands."""
    match node:
        case Number():
            return node.value.denominator == 1
        case Negative(operand):
            return is_whole(operand)
    return False


def replaced(tree: Node, part: Node, other: Node) -> Node:
    """The tree with something else in the place of a part, wherever that stands."""
    return rebuild(tree, lambda node: other if node == part else node)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy with `change` applied to every node, children first."""
    below = children(node)
    if below:
        parts = tuple(rebuild(part, change) for part in below)
        if any(new is not old for new, old in zip(parts, below, strict=True)):
            node = with_children(node, parts)
    return change(node)


LIMITS = frozenset({"limit_to", "limit_above", "limit_below"})
BINDERS = frozenset({"sum_over", "product_over", "integral_over", "derivative"}) | LIMITS
"""Functions whose first argument is the name that they bind."""


def names(node: Node) -> frozenset[str]:
    """The symbols that occur, those that a sum or an integral binds aside."""
    if not has_call(BINDERS, node):
        return frozenset(part.name for part in walk(node) if isinstance(part, Name))
    below = [names(part) for part in children(node)]
    if isinstance(node, Call) and node.function in BINDERS and node.function != "derivative":
        below = [*below[1:-1], below[-1] - below[0]]
    return frozenset().union(*below, {node.name} if isinstance(node, Name) else ())


def literal(value: Fraction) -> Node:
    """A rational number as a tree."""
    over: Node = Number(str(abs(value.numerator)))
    if value.denominator != 1:
        over = Binary("/", over, Number(str(value.denominator)))
    return over if value >= 0 else Negative(over)
