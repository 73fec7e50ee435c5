"""What conditions are worth: 1 where they hold and 0 elsewhere, written with `sign`, `min`, `max` and `abs`.

So an indicator jumps where `sign` does, and every rule for such borders holds for it too; it stays a call, which is 0
where a side has no value. What is chosen by conditions stays `cases`, whose values count only where their condition
holds; its conditions become such numbers.
"""

from __future__ import annotations

from grader.maths.reading.tree import (
    ONE,
    PRODUCTS,
    ZERO,
    Binary,
    Call,
    Negative,
    Node,
    Number,
    Relation,
    has_call,
    rebuild,
)

CONDITIONAL = frozenset({"cases", "indicator"})


def without_conditions(node: Node) -> Node:
    """The tree with every condition as a number."""
    return rebuild(node, _lowered) if has_call(CONDITIONAL, node) else node


def _lowered(node: Node) -> Node:
    match node:
        case Call("indicator", (condition,)):
            return Call("indicator", (truth(condition),), node.column)
        case Call("cases", parts):
            chosen = (truth(part) if place % 2 else part for place, part in enumerate(parts[: len(parts) // 2 * 2]))
            return Call("cases", (*chosen, *parts[len(parts) // 2 * 2 :]), node.column)
    return node


def truth(condition: Node) -> Node:
    """A condition as a number; what is one already stays."""
    match condition:
        case Relation(members, operators):
            pairs = zip(members, operators, members[1:], strict=False)
            held = [_compared(left, operator, right) for left, operator, right in pairs]
            return held[0] if len(held) == 1 else Call("min", tuple(held))
        case Call("and", parts):
            return Call("min", tuple(map(truth, parts)))
        case Call("or", parts):
            return Call("max", tuple(map(truth, parts)))
    return condition


def _compared(left: Node, operator: str, right: Node) -> Node:
    if operator in ("<", "≤"):
        left, right = right, left
    side = _side(_gap(left, right))
    if operator in ("<", ">"):
        return Call("max", (ZERO, side))
    if operator in ("≤", "≥"):
        return Binary("+", ONE, Call("min", (ZERO, side)))
    apart = Call("abs", (side,))
    return apart if operator == "≠" else Binary("-", ONE, apart)


def _gap(left: Node, right: Node) -> Node:
    """A tree with the sign of a gap; that of two squares is a product."""
    match left, right:
        case _, Number("0"):
            return left
        case Number("0"), _:
            return Negative(right)
        case Binary("^", one, Number("2")), Binary("^", other, Number("2")):
            return Binary("*", Binary("-", one, other), Binary("+", one, other))
    return Binary("-", left, right)


def _side(gap: Node) -> Node:
    """The sign of a gap, by those of its factors, so that each has borders of its own."""
    match gap:
        case Negative(operand):
            return Negative(_side(operand))
        case Binary(operator, left, right) if operator in (*PRODUCTS, "/"):
            return Binary(operator, _side(left), _side(right))
        case Binary("^", base, Number()):
            return Binary("^", _side(base), gap.right)
        case Call("abs" | "sqrt" | "cbrt" as function, (operand,)):
            return Call(function, (_side(operand),))
    return Call("sign", (gap,))
