"""The zero of a condition: `f = 0` where f itself is asked."""

from __future__ import annotations

from dataclasses import replace

from grader.maths.reading.tree import ZERO, Node, Relation


def without_zero(node: Node) -> Node:
    """The members of a chain without a zero at its beginning or end, which says that they vanish, not what they are."""
    if not isinstance(node, Relation):
        return node
    members, operators = node.members, node.operators
    if members[0] == ZERO and operators[0] == "=":
        members, operators = members[1:], operators[1:]
    elif members[-1] == ZERO and operators[-1] == "=":
        members, operators = members[:-1], operators[:-1]
    return replace(node, members=members, operators=operators) if operators else members[0]
