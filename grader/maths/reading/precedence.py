"""How tightly each sign binds: the one table that the parser and everything that writes formulas share."""

from __future__ import annotations

from grader.maths.reading.tree import Binary, Negative, Node, Relation

RELATION, SUM, PRODUCT, SIGN, UNIT, POWER, ATOM = 0, 10, 20, 25, 28, 30, 40
"""From loose to tight. `SIGN` is a minus in front of a factor, `UNIT` a unit behind its amount."""


def precedence(node: Node) -> int:
    """How tightly a node binds when it is written in one line; below that level it needs brackets."""
    match node:
        case Relation():
            return RELATION
        case Binary("+" | "-") | Negative():
            return SUM
        case Binary("^"):
            return POWER
        case Binary():
            return PRODUCT
    return ATOM
