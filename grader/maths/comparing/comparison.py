"""The result of one comparison, and the members of an answer that is a chain."""

from __future__ import annotations

from dataclasses import dataclass

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Equality, Proof
from grader.maths.reading.tree import Node, Relation


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an answer equals a right one, how that is known, and what to say where it does not."""

    verdict: Equality
    proof: Proof = "refuted"
    message: str = ""
    cells: int = 0
    """Regions between jumps and bends that were visited, where equality was found by sampling."""
    points: int = 0
    """Points at which the two were found to agree."""


def chain_members(answer: Node) -> list[tuple[Node, bool]]:
    """The members of `a = b ≈ c`, each with whether it only has to be near.

    Raises:
        Unreadable: the answer is an inequality.
    """
    if not isinstance(answer, Relation):
        return [(answer, False)]
    if set(answer.operators) - {"=", "≈"}:
        raise Unreadable("an inequality where a value is asked: give the value alone", answer.column)
    near = [False, *(operator == "≈" for operator in answer.operators)]
    return list(zip(answer.members, near, strict=True))
