"""What conditions are worth: 1 where they hold and 0 elsewhere, written with `sign`, `min`, `max` and `abs`.

So an indicator jumps where `sign` does, and every rule for such borders holds for it too. What is chosen by conditions
stays `cases`, whose values count only where their condition holds; its conditions become such numbers.
"""

from __future__ import annotations

from grader.maths.reading.tree import ONE, ZERO, Binary, Call, Negative, Node, Relation, has_call, rebuild

CONDITIONAL = frozenset({"cases", "indicator"})


def without_conditions(node: Node) -> Node:
    """The tree with every condition as a number."""
    return rebuild(node, _lowered) if has_call(CONDITIONAL, node) else node


def _lowered(node: Node) -> Node:
    match node:
        case Call("indicator", (condition,)):
            return _truth(condition)
        case Call("cases", parts):
            chosen = (_truth(part) if place % 2 else part for place, part in enumerate(parts[: len(parts) // 2 * 2]))
            return Call("cases", (*chosen, *parts[len(parts) // 2 * 2 :]), node.column)
    return node


def _truth(condition: Node) -> Node:
    """A condition as a number; what is one already stays."""
    match condition:
        case Relation(members, operators):
            pairs = zip(members, operators, members[1:], strict=False)
            held = [_compared(left, operator, right) for left, operator, right in pairs]
            return held[0] if len(held) == 1 else Call("min", tuple(held))
        case Call("and", parts):
            return Call("min", tuple(map(_truth, parts)))
        case Call("or", parts):
            return Call("max", tuple(map(_truth, parts)))
    return condition


def _compared(left: Node, operator: str, right: Node) -> Node:
    if operator in ("<", "≤"):
        left, right = right, left
    gap = left if right == ZERO else Negative(right) if left == ZERO else Binary("-", left, right)
    side = Call("sign", (gap,))
    if operator in ("<", ">"):
        return Call("max", (ZERO, side))
    if operator in ("≤", "≥"):
        return Binary("+", ONE, Call("min", (ZERO, side)))
    apart = Call("abs", (side,))
    return apart if operator == "≠" else Binary("-", ONE, apart)
