"""The value of a tree of matrices at one draw of their entries.

Owns what each operation on matrices is worth and which shapes it takes; scalars are left to `Evaluator`. A shape that
does not fit is told in the names of the sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial, reduce
from typing import Any

import numpy as np

from grader.maths.comparing.budget import spend
from grader.maths.comparing.conditions import CONDITIONAL
from grader.maths.comparing.exact_matrices import Grid, diagonal, grid, identity, is_rational, reduced
from grader.maths.comparing.matrix_arithmetic import Identity, MatrixArithmetic, Worth
from grader.maths.comparing.no_value import NoValue
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.tree import (
    BINDERS,
    PRODUCTS,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    Rows,
    Transpose,
)

_MAX_POWER = 8
_MAX_ENTRIES = 3_000
_MAX_RUN, _UNIT = 60, 12
"""Terms of a sum over entries, and the digits that one is counted as."""
_ENTRYWISE = frozenset({"exp", "log", "sin", "cos", "tan", "tanh", "sqrt", "max", "min", "sign", "round"})


class MatrixEvaluator(MatrixArithmetic):
    """Evaluates trees of matrices."""

    def value(self, node: Node) -> Worth:
        """The worth of a tree.

        Raises:
            NoValue: none at this draw.
            Misfit: shapes do not fit.
            Unreadable: an operation that has no meaning.
        """
        try:
            return self.below(node)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise NoValue from error

    def below(self, node: Node) -> Worth:
        """The worth of a tree or a part of one."""
        match node:
            case Name(name) if name in self.values:
                return self.values[name]
            case Rows():
                return self.written(node)
            case Negative(operand):
                return self.scaled(self.below(operand), Fraction(-1))
            case Transpose(operand):
                inner = self.below(operand)
                return inner.T if isinstance(inner, np.ndarray) else inner
            case Percent(operand):
                return self.scaled(self.below(operand), Fraction(1, 100))
            case Binary("^", left, right):
                return self.power(node, self.below(left), right)
            case Binary("+" | "-" as sign, left, right):
                return self.added(node, self.below(left), self.below(right), sign)
            case Binary("/", left, right):
                return self.divided(node, self.below(left), self.below(right))
            case Binary(operator, left, right) if operator in PRODUCTS:
                return self.product(node, self.below(left), self.below(right))
            case Call("sum_over" | "product_over", arguments):
                return self.running(node, arguments)
            case Call("entry", (matrix, *indices)):
                return self.entry(node, self.below(matrix), indices)
            case Call(function, arguments) if function in BINDERS or function in CONDITIONAL or function.endswith("_"):
                return single(self.scalars.below(node))
            case Call(function, arguments):
                return self.call(node, function, [self.below(argument) for argument in arguments])
        return single(self.scalars.below(node))

    def running(self, node: Call, arguments: tuple[Node, ...]) -> Worth:
        """A sum or product over an index, term by term."""
        index, first, last, body = arguments
        start, stop = (self.scalars.below(end) for end in (first, last))
        whole = all(isinstance(end, Fraction) and end.denominator == 1 for end in (start, stop))
        if not isinstance(index, Name) or not whole or stop - start > _MAX_RUN:
            raise NoValue
        before, terms = self.scalars.point, []
        for value in range(int(start), int(stop) + 1):
            spend(_UNIT)
            self.scalars.point = {**before, index.name: Fraction(value)}
            terms.append(self.below(body))
        self.scalars.point = before
        if not terms:
            return single(Fraction(node.function == "product_over"))
        if node.function == "sum_over":
            return reduce(partial(self.added, node, sign="+"), terms)
        return reduce(partial(self.product, Binary("*", body, body, node.column)), terms)

    def entry(self, node: Call, matrix: Worth, indices: list[Node]) -> Worth:
        """One entry, counted from 1."""
        matrix = self.sized(matrix, node)
        places = [self.scalars.below(index) for index in indices]
        if any(not isinstance(place, Fraction) or place.denominator != 1 for place in places):
            raise NoValue
        row, column = int(places[0]), int(places[1]) if len(places) == 2 else 1
        if not (1 <= row <= matrix.shape[0] and 1 <= column <= matrix.shape[1]):
            raise NoValue
        return single(matrix[row - 1, column - 1])

    def divided(self, node: Binary, left: Worth, right: Worth) -> Worth:
        """A matrix over a number."""
        if isinstance(right, Identity) or right.shape != (1, 1):
            raise Misfit("division by a matrix has no meaning: write the inverse, A^(-1)", node.right.column)
        return self.scaled(left, self.scalars.binary("/", Fraction(1), right.item()))

    def power(self, node: Binary, base: Worth, exponent: Node) -> Worth:
        """A whole power of a square matrix, or any power of a number."""
        if isinstance(base, np.ndarray) and base.shape == (1, 1):
            found = self.below(exponent)
            if isinstance(found, np.ndarray) and found.shape == (1, 1):
                return single(self.scalars.binary("^", base.item(), found.item()))
        value = self.scalars.below(exponent)
        if not isinstance(value, Fraction) or value.denominator != 1 or abs(value) > _MAX_POWER:
            raise Unreadable("a matrix has small whole powers only; a transpose is written ^T", exponent.column)
        times = int(value)
        if isinstance(base, Identity):
            return Identity(self.scalars.binary("^", base.scale, value))
        base = self.square(node, base)
        base = self.inverted(base) if times < 0 else base
        return reduce(self.multiplied, [base] * abs(times), identity(len(base)))

    def call(self, node: Call, function: str, values: list[Worth]) -> Worth:
        """A function of matrices, or of numbers that matrices give."""
        special: dict[str, Callable[[Call, list[Worth]], Worth]] = {
            "inverse": self.inverse, "trace": self.trace, "det": self.determinant, "rank": self.rank, "norm": self.norm,
            "hadamard": self.hadamard, "kron": self.kron, "outer": self.outer, "diag": self.diag, "inner": self.inner,
        }  # fmt: skip
        if function in special:
            return special[function](node, values)
        grids = [self.sized(value, node) for value in values]
        if all(grid.shape == (1, 1) for grid in grids):
            return single(self.scalars.call(function, [grid.item() for grid in grids]))
        if function == "abs":
            return self.norm(node, values) if grids[0].shape[1] == 1 else self.determinant(node, values)
        if function == "sum" and len(grids) == 1:
            return self.total(grids[0])
        told = ", entry by entry: say so in words" if function in _ENTRYWISE else ""
        raise Unreadable(f"{function} of a matrix is not used here{told}", node.column)

    def inverse(self, node: Call, values: list[Worth]) -> Worth:
        """The inverse."""
        if isinstance(values[0], Identity):
            return Identity(self.scalars.binary("/", Fraction(1), values[0].scale))
        return self.inverted(self.square(node, values[0]))

    def trace(self, node: Call, values: list[Worth]) -> Worth:
        """The sum of the diagonal."""
        grid = self.square(node, values[0])
        return self.total(grid.diagonal())

    def determinant(self, node: Call, values: list[Worth]) -> Worth:
        """The determinant."""
        grid = self.square(node, values[0])
        return single(reduced(self.numbers(grid))[0])

    def rank(self, node: Call, values: list[Worth]) -> Worth:
        """The rank; only of exact entries."""
        grid = self.sized(values[0], node)
        if not is_rational(grid):
            raise NoValue
        return single(Fraction(reduced(grid)[1]))

    def norm(self, node: Call, values: list[Worth]) -> Worth:
        """The length of a vector, or the Frobenius norm where that is said."""
        grid = self.sized(values[0], node)
        if len(values) == 1 and min(grid.shape) > 1:
            raise Unreadable("which norm of a matrix? write ‖A‖_F for the root of the sum of squares", node.column)
        if len(values) == 2 and node.arguments[1] != Number("2"):
            raise Unreadable("only the norm with index 2 or F is used here", node.column)
        squares = self.total(self.entrywise(grid, grid, "*"))
        return single(self.scalars.power(squares.item(), Fraction(1, 2)))

    def hadamard(self, node: Call, values: list[Worth]) -> Worth:
        """The product entry by entry."""
        a, b = self.same_size(*values)
        if a.shape != b.shape:
            self.misfit(node, a, b, "so there is no product entry by entry")
        return self.entrywise(a, b, "*")

    def kron(self, node: Call, values: list[Worth]) -> Worth:
        """The Kronecker product."""
        a, b = (self.sized(value, node) for value in values)
        if a.shape[0] * a.shape[1] * b.shape[0] * b.shape[1] > _MAX_ENTRIES:
            raise NoValue
        pairs = self.entrywise(a[:, None, :, None], b[None, :, None, :], "*")
        return pairs.reshape(a.shape[0] * b.shape[0], -1)

    def outer(self, node: Call, values: list[Worth]) -> Worth:
        """`outer(x, y)` is `x y^T`."""
        a, b = (self.sized(value, node) for value in values)
        if a.shape[1] != 1 or b.shape[1] != 1:
            raise Misfit("an outer product is one of two columns", node.column)
        return self.multiplied(a, b.T)

    def inner(self, node: Call, values: list[Worth]) -> Worth:
        """`⟨x, y⟩` is `x^T y`; of two matrices, the sum of the products of their entries."""
        a, b = self.same_size(*values)
        if a.shape != b.shape:
            self.misfit(node, a, b, "so there is no inner product of the two")
        return self.total(self.entrywise(a, b, "*"))

    def total(self, entries: Grid) -> Grid:
        """Numbers added up."""
        return single(reduce(partial(self.scalars.binary, "+"), entries.flat, Fraction(0)))

    def diag(self, node: Call, values: list[Worth]) -> Worth:
        """The diagonal matrix of a vector or of numbers; the diagonal of a matrix."""
        grids = [self.sized(value, node) for value in values]
        if len(grids) > 1 or grids[0].shape[1] == 1:
            return diagonal([entry for each in grids for entry in each.flat])
        return self.square(node, grids[0]).diagonal()[:, None]

    def written(self, node: Rows) -> Grid:
        """A matrix written out, of numbers or of blocks."""
        lines = []
        for line in node.lines:
            blocks = [self.sized(self.below(entry), node) for entry in line]
            if len({len(block) for block in blocks}) != 1:
                raise Misfit("the blocks of a row differ in height", node.column)
            lines.append(np.hstack(blocks))
        if len({line.shape[1] for line in lines}) != 1:
            raise Misfit("the blocks of a column differ in width", node.column)
        return np.vstack(lines)


def single(value: Any) -> Grid:
    """A number as a matrix."""
    return grid([[value]])
