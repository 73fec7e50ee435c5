"""Derivatives and substitutions on our own tree, for what follows from a student's own line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial, reduce
from itertools import islice

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
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
_SLOPES = {
    "exp": "exp(x)", "log": "1/x", "sqrt": "1/(2*sqrt(x))", "cbrt": "1/(3*cbrt(x)^2)",
    "sin": "cos(x)", "cos": "-sin(x)", "tan": "1/cos(x)^2", "sinh": "cosh(x)", "cosh": "sinh(x)", "tanh": "1/cosh(x)^2",
    "asin": "1/sqrt(1-x^2)", "acos": "-1/sqrt(1-x^2)", "atan": "1/(1+x^2)",
}  # fmt: skip
"""The derivative of each function."""
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
    by_exponent = times(_derived(exponent, name), Call("log", (base,)))
    by_base = times(exponent, _over(_derived(base, name), base))
    return times(Binary("^", base, exponent), _sum("+", by_exponent, by_base))


def _called(node: Call, name: str) -> Node:
    match node:
        case Call("sum", arguments):
            return reduce(partial(_sum, "+"), (_derived(argument, name) for argument in arguments))
        case Call("log", (value, base)):
            return _derived(Binary("/", Call("log", (value,)), Call("log", (base,))), name)
        case Call("root", (value, degree)):
            return _power(value, Binary("/", ONE, degree), name)
        case Call(function, (inner,)) if function in _SLOPES:
            return times(substituted(_slope(function), {"x": inner}), _derived(inner, name))
    raise Unreadable(f"{node.function} cannot be differentiated here", node.column)


@cache
def _slope(function: str) -> Node:
    return parse(_SLOPES[function], Symbols.from_spec({"x": {}}))


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
