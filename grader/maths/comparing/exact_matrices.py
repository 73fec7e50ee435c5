"""Matrices of exact numbers: drawing them with a declared structure, and arithmetic that stays exact."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grader.maths.comparing.no_value import Pole
from grader.maths.reading.symbols import Symbol

Entries = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Grid:
    """A matrix of numbers, exact fractions or numbers of many digits; a single number is one of 1×1."""

    entries: Entries

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.entries), len(self.entries[0])

    @property
    def is_rational(self) -> bool:
        """Whether every entry is an exact fraction."""
        return all(isinstance(entry, Fraction) for line in self.entries for entry in line)

    @property
    def number(self) -> Any:
        """The only entry of a 1×1 matrix."""
        return self.entries[0][0]

    def turned(self) -> Grid:
        """The transpose."""
        return Grid(tuple(zip(*self.entries, strict=True)))


def single(value: Any) -> Grid:
    """A number as a matrix."""
    return Grid(((value,),))


def drawn(symbol: Symbol, shape: Sequence[Any], draw: random.Random) -> Grid:
    """A random rational matrix of a shape, with the structure that its symbol declares."""
    rows, columns = shape
    if symbol.identity:
        return diagonal([Fraction(1)] * rows)
    if symbol.orthogonal and (symbol.symmetric or symbol.diagonal):
        signs = diagonal([Fraction(draw.choice((1, -1))) for _ in range(rows)])
        turn = _orthogonal(rows, rows, draw)
        return signs if symbol.diagonal else product(product(turn, signs), turn.turned())
    if symbol.orthogonal:
        return _orthogonal(rows, columns, draw)
    if symbol.diagonal:
        entries = [
            [_number(draw) if row == column else Fraction(0) for column in range(columns)] for row in range(rows)
        ]
        positive = symbol.positive or symbol.positive_definite
        return _grid([[abs(entry) for entry in line] for line in entries] if positive else entries)
    free = _grid([[_number(draw) for _ in range(columns)] for _ in range(rows)])
    if symbol.positive_definite:
        square = product(free, free.turned())
        return _grid(
            [[entry + (row == column) for column, entry in enumerate(line)] for row, line in enumerate(square.entries)]
        )
    if symbol.symmetric:
        return _grid([[free.entries[max(i, j)][min(i, j)] for j in range(columns)] for i in range(rows)])
    return free


def product(left: Grid, right: Grid) -> Grid:
    """The product of two matrices that fit."""
    columns = right.turned().entries
    return Grid(tuple(tuple(_total(line, column) for column in columns) for line in left.entries))


def diagonal(values: Sequence[Any]) -> Grid:
    """A diagonal matrix."""
    size = range(len(values))
    return Grid(tuple(tuple(values[i] if i == j else Fraction(0) for j in size) for i in size))


def reduced(grid: Grid, beside: Grid | None = None) -> tuple[Any, int, Entries]:
    """Determinant (of a square matrix), rank, and what elimination makes of the matrix `beside` it.

    Raises:
        NoValue: the entries are not exact, and one that should tell zero from nearly zero cannot.
    """
    rows, columns = grid.shape
    table = [list(line) + (list(beside.entries[place]) if beside else []) for place, line in enumerate(grid.entries)]
    sign, rank, worth = 1, 0, Fraction(1)
    for column in range(columns):
        place = max(range(rank, rows), key=lambda row: abs(table[row][column]), default=None)
        if place is None or table[place][column] == 0:
            worth = Fraction(0)
            continue
        if place != rank:
            table[rank], table[place], sign = table[place], table[rank], -sign
        pivot = table[rank][column]
        worth = worth * pivot
        table[rank] = [entry / pivot for entry in table[rank]]
        for row in range(rows):
            if row != rank and table[row][column] != 0:
                factor = table[row][column]
                table[row] = [entry - factor * top for entry, top in zip(table[row], table[rank], strict=True)]
        rank += 1
    return worth * sign, rank, tuple(tuple(line[columns:]) for line in table)


def inverse(grid: Grid) -> Grid:
    """The inverse of a square matrix.

    Raises:
        NoValue: it has none.
    """
    size, nothing = grid.shape[0], grid.number * 0
    _, rank, entries = reduced(grid, _grid([[nothing + (i == j) for j in range(size)] for i in range(size)]))
    if rank < size:
        raise Pole
    return Grid(entries)


def _orthogonal(rows: int, columns: int, draw: random.Random) -> Grid:
    """Orthonormal columns (or rows, where it is wide), by Cayley's formula from a skew matrix, with signs."""
    size = max(rows, columns)
    skew = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i):
            skew[i][j] = _number(draw)
            skew[j][i] = -skew[i][j]
    plus = _grid([[skew[i][j] + (i == j) for j in range(size)] for i in range(size)])
    minus = _grid([[(i == j) - skew[i][j] for j in range(size)] for i in range(size)])
    turn = product(minus, inverse(plus)).entries
    signs = [draw.choice((1, -1)) for _ in range(size)]
    return _grid([[turn[i][j] * signs[j] for j in range(columns)] for i in range(rows)])


def _grid(entries: Sequence[Sequence[Any]]) -> Grid:
    return Grid(tuple(tuple(line) for line in entries))


def _number(draw: random.Random) -> Fraction:
    value = draw.randint(1, 9) * draw.choice((1, -1))
    return Fraction(value, draw.choice((1, 1, 2, 3)))


def _total(line: Sequence[Any], column: Sequence[Any]) -> Any:
    total = line[0] * column[0]
    for one, other in zip(line[1:], column[1:], strict=True):
        total = total + one * other
    return total
