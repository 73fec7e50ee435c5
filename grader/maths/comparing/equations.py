"""Equations and inequalities: equal when they are true at the same points of the declared domain.

Each is worth 1 where it is true and 0 elsewhere, and these numbers are compared as scalars are: at random points, and
on and on either side of every border, which is where a difference of two members vanishes, or a formula jumps. What an
equation was multiplied by, squared into or logged from does not matter, as long as no solution is gained or lost.
"""

from __future__ import annotations

from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.proof import nonzero_ratio
from grader.maths.comparing.scalars import compare
from grader.maths.comparing.solutions import difference_of
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import ONE, ZERO, Call, Relation


def compare_equations(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> Comparison:
    """Decide whether two relations, or chains of them, are true at the same points."""
    if reference == answer:
        return Comparison("equal", "identical")
    right, found = (Call("indicator", (relation,)) for relation in (reference, answer))
    same = compare(right, found, symbols, seed)
    if same.verdict == "different":
        return same
    both_equations = reference.operators == answer.operators == ("=",)
    if both_equations and nonzero_ratio(difference_of(reference), difference_of(answer), symbols):
        return Comparison("equal", "symbolic")
    if same.verdict == "undecided":
        return same
    # an equation that is never seen to be true says nothing; nor does `≠` that is never seen to be false, or true
    constants = (ZERO, ONE) if "≠" in reference.operators else (ZERO,)
    varies = any(compare(right, constant, symbols, seed).verdict == "different" for constant in constants)
    return same if varies else Comparison("undecided", "")
