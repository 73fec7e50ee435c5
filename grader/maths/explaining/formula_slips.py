"""Single edits of a right answer, each with the name of the slip that it shows.

Owns which slips are known; whether an answer is one of them is `edit_search.py`'s affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations

from grader.maths.reading.tree import (  # fmt: skip
    ONE,
    PRODUCTS,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Relation,
    Transpose,
    children,
    names,
    rebuild,
    with_children,
)

Edit = tuple[str, Node]

SIGN = "a sign is flipped"
UPSIDE_DOWN = "a fraction is upside down"
BRACKET = "a bracket is missing"
FACTOR = "a factor is missing"
TERM = "a term is missing"
EXPONENT_SIGN = "the sign of an exponent is flipped"
EXPONENT = "an exponent is missing"
SUM_PRODUCT = "a product stands where a sum belongs"
PRODUCT_SUM = "a sum stands where a product belongs"
QUOTIENT = "a product stands where a quotient belongs"
ONE_OFF = "off by one"
OTHER_NAME = "one symbol is not the right one"
TRANSPOSE = "a transpose is missing or too many"
TURNED = "the whole looks transposed"
ORDER = "two factors are in the wrong order"


def scalar_edits(node: Node) -> Iterator[Edit]:
    """Every single edit of a scalar tree."""
    yield from _everywhere(node, _scalar_slips)
    yield from _swaps(node)
    yield ONE_OFF, Binary("+", node, ONE)
    yield ONE_OFF, Binary("-", node, ONE)
    yield from _renamed(node)


def matrix_edits(node: Node, matrices: frozenset[str]) -> Iterator[Edit]:
    """Every single edit of a matrix tree; what does not fit in shape is for the reader to refuse."""
    yield TURNED, Transpose(node)

    def slips(part: Node) -> Iterator[Edit]:
        if isinstance(part, Transpose):
            yield TRANSPOSE, part.operand
        elif isinstance(part, Name) and part.name in matrices:
            yield TRANSPOSE, Transpose(part)
        match part:
            case Binary(operator, left, right) if operator in PRODUCTS:
                yield ORDER, replace(part, left=right, right=left)
                yield FACTOR, left
                yield FACTOR, right
                if isinstance(left, Binary) and left.operator in PRODUCTS:
                    yield ORDER, replace(part, left=replace(left, right=right), right=left.right)
            case Binary("+" | "-"):
                yield from _sum_slips(part)
            case Negative(operand):
                yield SIGN, operand

    yield from _everywhere(node, slips)
    yield from _swaps(node)


def equation_edits(node: Relation) -> Iterator[Edit]:
    """Every single edit of either side of an equation."""
    for place, member in enumerate(node.members):
        for name, edited in (*_everywhere(member, _scalar_slips), *_renamed(member)):
            members = (*node.members[:place], edited, *node.members[place + 1 :])
            yield name, replace(node, members=members)
    yield from _swaps(node)


def _everywhere(node: Node, slips: Callable[[Node], Iterable[Edit]]) -> Iterator[Edit]:
    """The slips of the node itself and of everything below, in its place."""
    yield from slips(node)
    below = children(node)
    for place, part in enumerate(below):
        for name, edited in _everywhere(part, slips):
            yield name, with_children(node, (*below[:place], edited, *below[place + 1 :]))


def _scalar_slips(node: Node) -> Iterator[Edit]:
    match node:
        case Negative(operand):
            yield SIGN, operand
            if isinstance(operand, Binary) and operand.operator in ("+", "-"):
                yield BRACKET, replace(operand, left=Negative(operand.left))
        case Binary("+" | "-"):
            yield from _sum_slips(node)
            yield SUM_PRODUCT, replace(node, operator="*")
        case Binary("/", left, right):
            yield UPSIDE_DOWN, replace(node, left=right, right=left)
            yield QUOTIENT, replace(node, operator="*")
            yield FACTOR, left
            yield from _lost_brackets(node)
        case Binary("^", left, right):
            yield EXPONENT_SIGN, replace(node, right=Negative(right))
            yield EXPONENT, left
        case Binary(_, left, right):
            yield FACTOR, left
            yield FACTOR, right
            yield PRODUCT_SUM, replace(node, operator="+")
            yield from _lost_brackets(node)
        case Call(("round" | "floor" | "ceil" | "abs" | "sqrt" | "log") as function, (inner, *_)):
            yield f"{function} is missing", inner
            if function == "round":
                yield "rounded the wrong way", replace(node, function="floor")
                yield "rounded the wrong way", replace(node, function="ceil")


def _sum_slips(node: Binary) -> Iterator[Edit]:
    yield SIGN, replace(node, operator="-" if node.operator == "+" else "+")
    yield SIGN, replace(node, left=Negative(node.left))
    yield TERM, node.left
    yield TERM, node.right


def _lost_brackets(node: Binary) -> Iterator[Edit]:
    """`a*(b+c)` as `a*b + c`, `a/(b*c)` as `a/b*c`."""
    right = node.right
    if isinstance(right, Binary) and right.operator in ("+", "-"):
        yield BRACKET, replace(right, left=replace(node, right=right.left))
    if node.operator == "/" and isinstance(right, Binary) and right.operator in (*PRODUCTS, "/"):
        yield BRACKET, replace(right, left=replace(node, right=right.left))
    left = node.left
    if node.operator in (*PRODUCTS, "/") and isinstance(left, Binary) and left.operator in ("+", "-"):
        yield BRACKET, replace(left, right=replace(node, left=left.right))


def _swaps(node: Node) -> Iterator[Edit]:
    """Two names exchanged everywhere, or only in one exponent."""
    for first, second in combinations(sorted(names(node)), 2):
        yield f"{first} and {second} are swapped", _swapped(node, first, second)
        yield from _everywhere(node, partial(_swapped_exponent, first=first, second=second))


def _swapped_exponent(node: Node, first: str, second: str) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.operator == "^" and names(node.right) & {first, second}:
        edited = replace(node, right=_swapped(node.right, first, second))
        yield f"{first} and {second} are swapped in an exponent", edited


def _swapped(node: Node, first: str, second: str) -> Node:
    other = {first: second, second: first}

    def renamed(part: Node) -> Node:
        return replace(part, name=other.get(part.name, part.name)) if isinstance(part, Name) else part

    return rebuild(node, renamed)


def _renamed(node: Node) -> Iterator[Edit]:
    """One occurrence of one name replaced by another that is there too."""
    present = sorted(names(node))

    def slips(part: Node) -> Iterator[Edit]:
        if isinstance(part, Name):
            for other in present:
                if other != part.name:
                    yield OTHER_NAME, replace(part, name=other)

    yield from _everywhere(node, slips)
