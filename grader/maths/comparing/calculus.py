"""Derivatives and substitutions on our own tree, for what follows from a student's own line."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.tree import (  # fmt: skip
    ONE,
    PRODUCTS,
    ZERO,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    names,
    rebuild,
    walk,
)

_TWO = Number("2")
_MAX_NODES = 3_000


def substituted(node: Node, values: Mapping[str, Node]) -> Node:
    """The tree with names replaced, all at once.

    Raises:
        Unreadable: the result is too large.
    """
    result = rebuild(node, lambda part: values.get(part.name, part) if isinstance(part, Name) else part)
    return bounded(result)


def derivative(node: Node, name: str) -> Node:
    """The derivative of a scalar tree by one symbol.

    Raises:
        Unreadable: a function without a derivative here, or a result that is too large.
    """
    return bounded(_derived(node, name))


def _derived(node: Node, name: str) -> Node:
    if name not in names(node):
        return ZERO
    match node:
        case Name():
            return ONE
        case Negative(operand):
            return Negative(_derived(operand, name))
        case Percent(operand):
            return Binary("/", _derived(operand, name), Number("100"))
        case Binary("+" | "-" as sign, left, right):
            return _sum(sign, _derived(left, name), _derived(right, name))
        case Binary("/", left, right):
            over = _sum("-", times(_derived(left, name), right), times(left, _derived(right, name)))
            return _over(over, Binary("^", right, _TWO))
        case Binary("^", base, exponent):
            return _power(base, exponent, name)
        case Binary(operator, left, right) if operator in PRODUCTS:
            return _sum("+", times(_derived(left, name), right), times(left, _derived(right, name)))
        case Call():
            return _called(node, name)
    raise Unreadable("this cannot be differentiated here", node.column)


def _power(base: Node, exponent: Node, name: str) -> Node:
    if name not in names(exponent):
        lower = Binary("^", base, _sum("-", exponent, ONE))
        return times(times(exponent, lower), _derived(base, name))
    logarithm = Call("log", (base,))
    if name not in names(base):
        inner = times(logarithm, _derived(exponent, name))
    else:
        inner = _sum("+", times(_derived(exponent, name), logarithm),
                     times(exponent, _over(_derived(base, name), base)))  # fmt: skip
    return times(Binary("^", base, exponent), inner)


def _called(node: Call, name: str) -> Node:
    inner = node.arguments[0]
    slope = _derived(inner, name)
    outer: Node
    match node.function:
        case "sum":
            total = _derived(node.arguments[0], name)
            for argument in node.arguments[1:]:
                total = _sum("+", total, _derived(argument, name))
            return total
        case "exp" | "sinh" | "cosh" | "sin":
            outer = Call({"exp": "exp", "sinh": "cosh", "cosh": "sinh", "sin": "cos"}[node.function], (inner,))
        case "cos":
            outer = Negative(Call("sin", (inner,)))
        case "tan":
            outer = _over(ONE, Binary("^", Call("cos", (inner,)), _TWO))
        case "log" if len(node.arguments) == 1:
            outer = _over(ONE, inner)
        case "log" if name not in names(node.arguments[1]):
            outer = _over(ONE, times(inner, Call("log", (node.arguments[1],))))
        case "sqrt":
            outer = _over(ONE, times(_TWO, node))
        case "root" if name not in names(node.arguments[1]):
            return _power(inner, _over(ONE, node.arguments[1]), name)
        case _:
            raise Unreadable(f"{node.function} cannot be differentiated here", node.column)
    return times(outer, slope)


def _sum(sign: str, left: Node, right: Node) -> Node:
    if right == ZERO:
        return left
    if left == ZERO:
        return right if sign == "+" else Negative(right)
    return Binary("+" if sign == "+" else "-", left, right)


def times(left: Node, right: Node) -> Node:
    """A product, without factors that change nothing."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    return left if right == ONE else Binary("*", left, right)


def _over(left: Node, right: Node) -> Node:
    return ZERO if left == ZERO else Binary("/", left, right)


def bounded(node: Node) -> Node:
    """The tree itself, as long as it is no larger than one that can be worked with.

    Raises:
        Unreadable: it is.
    """
    if any(islice(walk(node), _MAX_NODES, None)):
        raise Unreadable("this grows too large")
    return node
