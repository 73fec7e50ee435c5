"""Matrices of exact numbers: drawing them with a declared structure, and elimination that stays exact.

They are arrays of objects: exact fractions, or numbers of many digits.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.maths.comparing.no_value import Pole
from grader.maths.reading.symbols import Symbol

Grid = NDArray[np.object_]
"""A matrix of numbers; a single number is one of 1×1."""


def grid(lines: Sequence[Sequence[Any]]) -> Grid:
    """A matrix of some rows."""
    return np.array(lines, dtype=object)


def is_rational(matrix: Grid) -> bool:
    """Whether every entry is an exact fraction."""
    return all(isinstance(entry, Fraction) for entry in matrix.flat)


def diagonal(values: Sequence[Any]) -> Grid:
    """A diagonal matrix."""
    matrix = np.full((len(values), len(values)), Fraction(0), dtype=object)
    np.fill_diagonal(matrix, values)
    return matrix


def identity(size: int) -> Grid:
    """An identity matrix."""
    return diagonal([Fraction(1)] * size)


def drawn(symbol: Symbol, shape: Sequence[Any], draw: random.Random) -> Grid:
    """A random rational matrix of a shape, with the structure that its symbol declares."""
    rows, columns = shape
    if symbol.identity:
        return identity(rows)
    if symbol.orthogonal and (symbol.symmetric or symbol.diagonal):
        signs = diagonal([Fraction(draw.choice((1, -1))) for _ in range(rows)])
        turn = _orthogonal(rows, rows, draw)
        reflection: Grid = turn @ signs @ turn.T
        return signs if symbol.diagonal else reflection
    if symbol.orthogonal:
        return _orthogonal(rows, columns, draw)
    if symbol.diagonal:
        entries = grid([[_number(draw) if i == j else Fraction(0) for j in range(columns)] for i in range(rows)])
        return abs(entries) if symbol.positive or symbol.positive_definite else entries
    free = grid([[_number(draw) for _ in range(columns)] for _ in range(rows)])
    if symbol.positive_definite:
        free = free @ free.T + identity(rows)
    elif symbol.symmetric:
        free = grid([[free[max(i, j), min(i, j)] for j in range(columns)] for i in range(rows)])
    return free


def reduced(matrix: Grid, beside: Grid | None = None) -> tuple[Any, int, Grid]:
    """Determinant (of a square matrix), rank, and what elimination makes of the matrix `beside` it."""
    rows, columns = matrix.shape
    table = matrix.copy() if beside is None else np.hstack([matrix, beside])
    rank, worth = 0, Fraction(1)
    for column in range(columns):
        place = max(range(rank, rows), key=lambda row: abs(table[row, column]), default=None)
        if place is None or table[place, column] == 0:
            worth = Fraction(0)
            continue
        if place != rank:
            table[[rank, place]], worth = table[[place, rank]], -worth
        worth = worth * table[rank, column]
        table[rank] = table[rank] / table[rank, column]
        for row in range(rows):
            if row != rank:
                table[row] = table[row] - table[rank] * table[row, column]
        rank += 1
    return worth, rank, table[:, columns:]


def inverse(matrix: Grid) -> Grid:
    """The inverse of a square matrix.

    Raises:
        Pole: it has none.
    """
    size = len(matrix)
    _, rank, entries = reduced(matrix, np.eye(size, dtype=object) + matrix[0, 0] * 0)
    if rank < size:
        raise Pole
    return entries


def _orthogonal(rows: int, columns: int, draw: random.Random) -> Grid:
    """Orthonormal columns (or rows, where it is wide), by Cayley's formula from a skew matrix, with signs."""
    size = max(rows, columns)
    below = grid([[_number(draw) if j < i else Fraction(0) for j in range(size)] for i in range(size)])
    skew = below - below.T
    turn: Grid = (identity(size) - skew) @ inverse(identity(size) + skew)
    turn = turn[:rows, :columns] * [draw.choice((1, -1)) for _ in range(columns)]
    return turn


def _number(draw: random.Random) -> Fraction:
    value = draw.randint(1, 9) * draw.choice((1, -1))
    return Fraction(value, draw.choice((1, 1, 2, 3)))
