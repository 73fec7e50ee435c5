"""Sums and products of matrices that were drawn, and what is said where their shapes do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import numpy as np

from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.exact_matrices import Grid, diagonal, inverse, is_rational
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.tree import Binary, Call, Node


@dataclass(frozen=True)
class Identity:
    """An identity of no size yet, times a number."""

    scale: Any

    def of_size(self, size: int) -> Grid:
        """The identity of a size."""
        return diagonal([self.scale] * size)


Worth = Grid | Identity


class MatrixArithmetic:
    """Arithmetic at one draw: `values` are the matrices, `scalars` knows all else, `shown` names sizes."""

    def __init__(self, values: Mapping[str, Worth], scalars: Evaluator, shown: Mapping[int, str]) -> None:
        self.values = values
        self.scalars = scalars
        self.shown = shown

    def scaled(self, worth: Worth, factor: Any) -> Worth:
        """A number times a matrix."""
        if isinstance(worth, Identity):
            return Identity(self.scalars.binary("*", worth.scale, factor))
        return self.entrywise(worth, factor, "*")

    def added(self, node: Node, left: Worth, right: Worth, sign: str) -> Worth:
        """A sum or a difference."""
        if isinstance(left, Identity) and isinstance(right, Identity):
            return Identity(self.scalars.binary(sign, left.scale, right.scale))
        a, b = self.fitted(left, right)
        if a.shape != b.shape:
            self.misfit(node, left, right, f"which cannot be {'added' if sign == '+' else 'subtracted'}")
        return self.entrywise(a, b, sign)

    def fitted(self, left: Worth, right: Worth) -> tuple[Grid, Grid]:
        """Two matrices, of which a single zero is one of the other's size."""
        a, b = self.same_size(left, right)
        return _spread(a, b), _spread(b, a)

    def entrywise(self, a: Grid, b: Any, sign: str) -> Grid:
        """One operation on all pairs of entries."""
        found: Grid = np.frompyfunc(partial(self.scalars.binary, sign), 2, 1)(a, b)
        return found

    def product(self, node: Node, left: Worth, right: Worth) -> Worth:
        """A product, also with a number or an identity."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Identity) and isinstance(other, np.ndarray) and other.shape == (1, 1):
                return self.scaled(one, other.item())
            if isinstance(one, Identity):
                return self.scaled(other, one.scale)
        assert isinstance(left, np.ndarray)
        assert isinstance(right, np.ndarray)
        if left.shape[1] == right.shape[0]:
            return self.multiplied(left, right)
        for one, other in ((left, right), (right, left)):
            if one.shape == (1, 1):
                return self.scaled(other, one.item())
        dotted = (isinstance(node, Binary) and node.operator == "·") or isinstance(node, Call)
        if dotted and left.shape == right.shape and left.shape[1] == 1:
            return self.multiplied(left.T, right)
        self.misfit(node, left, right, "so there is no product of the two in this order")

    def multiplied(self, left: Grid, right: Grid) -> Grid:
        """The product of two matrices that fit."""
        if not (is_rational(left) and is_rational(right)):
            left, right = self.inexact(left), self.inexact(right)
        found: Grid = left @ right
        return found

    def inverted(self, grid: Grid) -> Grid:
        """The inverse of a square matrix."""
        return inverse(self.numbers(grid))

    def numbers(self, grid: Grid) -> Grid:
        """All entries of one kind: fractions if they all are, else numbers of many digits."""
        return grid if is_rational(grid) else self.inexact(grid)

    def inexact(self, grid: Grid) -> Grid:
        """All entries as numbers of many digits."""
        found: Grid = np.frompyfunc(self.scalars.number, 1, 1)(grid)
        return found

    def same_size(self, left: Worth, right: Worth) -> tuple[Grid, Grid]:
        """An identity of no size takes that of the other."""
        shape = next((side.shape for side in (left, right) if isinstance(side, np.ndarray)), (2, 2))
        a, b = (side if isinstance(side, np.ndarray) else side.of_size(shape[0]) for side in (left, right))
        return a, b

    def sized(self, worth: Worth, node: Node) -> Grid:
        """A matrix that has a size."""
        if isinstance(worth, Identity):
            raise Unreadable("the size of this identity is not known: write it with its size, as I_n", node.column)
        return worth

    def square(self, node: Node, worth: Worth) -> Grid:
        """The matrix of which a function or a power is taken, which has to be square."""
        grid, matrix = self.sized(worth, node), _sides(node)[0]
        if grid.shape[0] != grid.shape[1]:
            raise Misfit(f"{write(matrix)} is {self.described(grid)}, not square", matrix.column)
        return grid

    def misfit(self, node: Node, left: Worth, right: Worth, why: str) -> NoReturn:
        """Refuse two shapes that do not fit."""
        one, other = _sides(node)
        raise Misfit(
            f"shapes do not fit: {write(one)} is {self.described(left)} and {write(other)} is "
            f"{self.described(right)}, {why}",
            other.column,
        )

    def described(self, worth: Worth) -> str:
        """A shape in the names of its sizes."""
        if isinstance(worth, Identity):
            return "an identity matrix times a number"
        if worth.shape == (1, 1):
            return "a single number"
        return "×".join(str(self.shown.get(size, size)) for size in worth.shape)


def _spread(grid: Grid, other: Grid) -> Grid:
    return np.broadcast_to(grid, other.shape) if grid.shape == (1, 1) and grid.item() == 0 else grid


def _sides(node: Node) -> tuple[Node, Node]:
    match node:
        case Binary(_, left, right):
            return left, right
        case Call(_, (left, right, *_)):
            return left, right
        case Call(_, (operand,)):
            return operand, operand
    return node, node
