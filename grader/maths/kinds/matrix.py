"""`matrix`: an expression of matrices, whose products do not commute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.maths.comparing.comparison import Comparison, chain_members
from grader.maths.comparing.matrices import compare_matrices
from grader.maths.comparing.matrix_values import check_shapes
from grader.maths.comparing.side_conditions import with_definitions
from grader.maths.explaining.edit_search import matrix_slip
from grader.maths.explaining.formula_slips import Edit, equation_edits, matrix_edits
from grader.maths.kinds.base import AnswerKind, Right
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.errors import Misfit
from grader.maths.reading.symbols import Symbol
from grader.maths.reading.tree import Binary, Name, Node, Relation, Rows, Transpose, last_member


def _as_column(node: Node) -> Node:
    """`(1, 2, 3)^T` is the column that `(1, 2, 3)` is."""
    return (
        node.operand if isinstance(node, Transpose) and isinstance(node.operand, Rows) and node.operand.flat else node
    )


_ASKED = "the asked matrix"


class MatrixKind(AnswerKind):
    """An expression of matrices. Shapes are checked first; every member of a chain has to be right."""

    writes_matrices = True

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a matrix; a list that is the whole answer is a column, also with a transpose behind it."""
        if not isinstance(field.reference, Relation):
            text = with_definitions(text, field.symbols)
        node = super().read(field, text)
        if isinstance(node, Relation):
            return replace(node, members=tuple(_as_column(member) for member in node.members))
        return _as_column(node)

    def check(self, field: PreparedQuestion, answer: Node) -> None:
        """Refuse shapes that do not fit together."""
        for member, _ in chain_members(answer):
            check_shapes(member, field.symbols)
            self._check_asked_shape(field, member)

    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """Equal for all matrices of the declared shapes."""
        return compare_matrices(last_member(right.node), member, field.symbols, seed)

    def _check_asked_shape(self, field: PreparedQuestion, member: Node) -> None:
        """Refuse another shape than the one that the question states.

        Raises:
            Misfit: with the shape that is asked.
        """
        if not field.question.shape:
            return
        rows, columns = (int(size) if size.isdigit() else size for size in field.question.shape.split(" x "))
        asked = Symbol(_ASKED, rows=rows, columns=columns)
        symbols = replace(field.symbols, by_name={**field.symbols.by_name, _ASKED: asked})
        together = Binary("+", member, Name(_ASKED))
        try:
            check_shapes(together, symbols)
        except Misfit:
            raise Misfit(f"this has another shape: {rows}×{columns} is asked", member.column) from None

    def edits(self, field: PreparedQuestion, reference: Node) -> Iterator[Edit]:
        """A transpose, an order, a factor, a sign; the slips of scalars in an equation."""
        if isinstance(reference, Relation):
            return equation_edits(reference)
        matrices = frozenset(name for name, symbol in field.symbols.by_name.items() if symbol.is_matrix)
        return matrix_edits(reference, matrices)

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """The one edit that gives the wrong member."""
        wrong = self.wrong_member(field, reference, answer, seed)
        return matrix_slip(reference, wrong, self.edits(field, reference), field.symbols, seed)
