"""Equations between matrices solved for one of them: `A x = b` and `x = A^{-1} b` have the same solution.

At each draw both equations are solved exactly for the same matrix, in which both are straight and have one solution.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.exact_matrices import Grid, grid, identity, inverse, is_rational
from grader.maths.comparing.matrix_evaluator import MatrixEvaluator
from grader.maths.comparing.matrix_values import drawn_values
from grader.maths.comparing.no_value import NoValue
from grader.maths.reading.symbols import Symbol, Symbols
from grader.maths.reading.tree import Node, names

_DRAWS, _ENOUGH = 6, 3
_MAX_ENTRIES = 36


def same_solutions(reference: Node, answer: Node, symbols: Symbols, seed: int) -> Comparison | None:
    """Whether two differences vanish at the same matrices; None where neither can be solved for one of them.

    Undecided where that holds for invertible matrices and positive numbers only, and one is not declared so.

    Raises:
        Unreadable: shapes do not fit together.
    """
    both = names(reference) | names(answer)
    for name in sorted(names(reference) & names(answer)):
        symbol = symbols.declared(name)
        if not symbol.is_matrix or symbol.rows is None or _has_structure(symbol):
            continue
        solutions = _solutions(reference, answer, name, both, symbols, seed)
        if any((one != other).any() for one, other in solutions):
            return Comparison("different")
        if len(solutions) >= _ENOUGH:
            sure = all(_never_vanishes(symbols.declared(name)) for name in both)
            return Comparison("equal", "numeric", cells=1, points=len(solutions)) if sure else Comparison("undecided")
    return None


def _solutions(
    reference: Node, answer: Node, name: str, wanted: frozenset[str], symbols: Symbols, seed: int
) -> list[tuple[Grid, Grid]]:
    """The solutions of both at several draws; none where they vanish, as those of `A x = c x`, or only one has any."""
    found = []
    for draw in drawn_values(symbols, wanted, seed, _DRAWS):
        one, other = (_solution(side, name, draw) for side in (reference, answer))
        if (one is None) != (other is None):
            return []
        if one is not None and other is not None and one.any():
            found.append((one, other))
    return found


def _solution(difference: Node, name: str, draw: MatrixEvaluator) -> Grid | None:
    """The only matrix at which a difference vanishes, all others as drawn; None where it is not straight in it."""
    known = draw.values[name]
    if not isinstance(known, np.ndarray):
        return None
    if known.size > _MAX_ENTRIES:
        return None

    def at(entries: Grid) -> Grid:
        values = {**draw.values, name: entries.reshape(known.shape)}
        worth = MatrixEvaluator(values, draw.scalars, draw.shown).value(difference)
        if not isinstance(worth, np.ndarray) or not is_rational(worth):
            raise NoValue
        return worth.flatten()

    try:
        start = at(np.full(known.size, Fraction(0), dtype=object))
        slopes = grid([at(unit) - start for unit in identity(known.size)]).T
        if (slopes @ known.flatten() + start != at(known)).any() or len(start) != known.size:
            return None
        solution: Grid = inverse(slopes) @ -start
        return solution
    except (NoValue, ValueError):
        return None


def _has_structure(symbol: Symbol) -> bool:
    return symbol.symmetric or symbol.orthogonal or symbol.diagonal or symbol.positive_definite


def _never_vanishes(symbol: Symbol) -> bool:
    """Whether equations may be multiplied by a symbol, or it is a vector, by which nobody does."""
    if not symbol.is_matrix:
        return symbol.positive
    return 1 in (symbol.rows, symbol.columns) or symbol.invertible or symbol.identity or _is_regular(symbol)


def _is_regular(symbol: Symbol) -> bool:
    return symbol.positive_definite or (symbol.orthogonal and symbol.rows == symbol.columns)
