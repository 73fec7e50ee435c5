"""Matrix expressions: shapes first, then a normal form that knows products do not commute.

A tree becomes a sum of words (see `matrix_normal_form.py`), each with a coefficient: transposes are pushed inward, sums
expanded, scalars pulled out. Coefficients stay trees and are compared as scalars are, so `eta/2 + eta/2` and `eta`
agree. Two expressions are equal for all sizes exactly when these forms agree.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from grader.maths.comparing.calculus import substituted
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.matrix_normal_form import Form, Shape
from grader.maths.comparing.matrix_reader import FormReader, describe, same_shape
from grader.maths.comparing.matrix_solutions import same_solutions
from grader.maths.comparing.matrix_values import compare_values, needs_values
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.sampling import points
from grader.maths.comparing.scalars import compare
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import (  # fmt: skip
    ZERO,
    Binary,
    Node,
    Relation,
    Transpose,
    literal,
    names,
)

_RATIO_DIGITS = 60


def shape_of(node: Node, symbols: Symbols) -> Shape:
    """The shape of a tree.

    Raises:
        Unreadable: shapes do not fit; the message names both.
    """
    return FormReader(symbols, 0).form(node).shape


def compare_matrices(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Comparison:
    """Decide whether two matrix trees are equal for all matrices of the declared shapes and structure.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if isinstance(answer, Relation) or isinstance(reference, Relation):
        raise Unreadable("one matrix expression is asked", answer.column)
    if reference == answer:
        return Comparison("equal", "identical")
    if any(needs_values(side, symbols) for side in (reference, answer)):
        return compare_values(reference, answer, symbols, seed)
    return compare_forms(reference, answer, symbols, seed)


def compare_forms(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Comparison:
    """Compare the normal forms of two sums of products, which know no structure.

    Raises:
        Unreadable: the shapes of the answer do not fit together, or something else than sums and products.
    """
    reader = FormReader(symbols, seed)
    right, found = reader.form(reference), reader.form(answer)
    if not same_shape(right, found):
        return Comparison("different", message=f"this is {describe(found)}; {describe(right)} is asked")
    return _same_coefficients(right, found, symbols, seed)


def compare_matrix_equations(reference: Relation, answer: Relation, symbols: Symbols, seed: int) -> Comparison:
    """Decide whether two equations between matrices are one a multiple of the other, or have the same solution.

    Raises:
        Unreadable: the shapes of the answer do not fit together.
    """
    if reference.operators != ("=",) or answer.operators != ("=",):
        raise Unreadable("one equation is asked", answer.column)
    right, found = (Binary("-", *equation.sides) for equation in (reference, answer))
    by_forms = not any(needs_values(side, symbols) for side in (right, found))
    for side in (right, Transpose(right)) if by_forms else ():
        ratio = constant_ratio(side, found, symbols, seed)
        if ratio is not None and ratio != 0:
            return Comparison("equal", "symbolic")
    return same_solutions(right, found, symbols, seed) or Comparison("different" if by_forms else "undecided")


def constant_ratio(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Any | None:
    """The number c with `answer == c * reference`, if there is one; None else."""
    reader = FormReader(symbols, seed)
    right, found = reader.form(reference), reader.form(answer)
    if right.shape != found.shape:
        return None
    keys = right.terms.keys() | found.terms.keys()
    pairs = [(right.terms.get(key, ZERO), found.terms.get(key, ZERO)) for key in keys]
    for point in points(symbols, frozenset().union(*(names(part) for pair in pairs for part in pair)), seed, 1):
        evaluator = Evaluator(point, _RATIO_DIGITS)
        try:
            values = [(evaluator.value(one), evaluator.value(other)) for one, other in pairs]
        except NoValue:
            return None
        at = {name: literal(value) for name, value in point.items()}
        for (one, other), (below, above) in zip(pairs, values, strict=True):
            if below != 0:
                ratio = evaluator.binary("/", above, below)
                scale = literal(ratio) if isinstance(ratio, Fraction) else substituted(Binary("/", other, one), at)
                same = all(compare(Binary("*", scale, a), b, symbols, seed).verdict == "equal" for a, b in pairs)
                return ratio if same else None
    return None


def _same_coefficients(right: Form, found: Form, symbols: Symbols, seed: int) -> Comparison:
    """Whether two sums of words agree: the coefficient of each word is compared as scalars are."""
    whole = Comparison("equal", "symbolic")
    keys = [*right.terms, *(key for key in found.terms if key not in right.terms)]
    for key in keys:
        here = compare(right.terms.get(key, ZERO), found.terms.get(key, ZERO), symbols, seed)
        if here.verdict != "equal":
            return here
        if here.points:
            whole = replace(here, cells=max(whole.cells, here.cells), points=max(whole.points, here.points))
    return whole
