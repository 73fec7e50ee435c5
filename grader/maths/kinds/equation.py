"""`equation`: an equation or an inequality, judged by its solutions."""

from __future__ import annotations

from collections.abc import Iterator

from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.equations import compare_equations
from grader.maths.comparing.matrices import compare_matrix_equations
from grader.maths.explaining.edit_search import equation_slip
from grader.maths.explaining.formula_slips import Edit, equation_edits
from grader.maths.kinds.base import AnswerKind, Right
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.solution_sets import read_solutions
from grader.maths.reading.tree import Node, Relation, names


class EquationKind(AnswerKind):
    """Both sides of an equation, or an inequality."""

    takes_chains = False

    def read_author(self, field: PreparedQuestion, text: str) -> Node:
        """Read an author's relation, or alternatives: `x < -1 or x > 1`."""
        return read_solutions(text, None, lambda part: parse(part, field.symbols, field.vocabulary))

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read the text as it stands: what is left of `=` is no label here."""
        wanted = names(field.reference) if field.reference is not None else frozenset()
        variable = next(iter(wanted)) if len(wanted) == 1 else None
        return read_solutions(text, variable, lambda part: parse(part, field.symbols, field.vocabulary))

    def check(self, field: PreparedQuestion, answer: Node) -> None:
        """Refuse a mere value."""
        if not isinstance(answer, Relation):
            raise Unreadable("an equation is asked: both sides, with = between them", 1)

    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """Equal where the solutions are the same on the declared domain."""
        expected = right.node
        self.check(field, member)
        if not isinstance(expected, Relation) or not isinstance(member, Relation):
            raise Unreadable("a value is asked, not an equation", 1)
        if field.has_matrices(expected, member):
            return compare_matrix_equations(expected, member, field.symbols, seed)
        return compare_equations(expected, member, field.symbols, seed)

    def edits(self, field: PreparedQuestion, reference: Node) -> Iterator[Edit]:
        """Every single edit of either side."""
        if isinstance(reference, Relation):
            yield from equation_edits(reference)

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """The one edit that makes the reference true wherever the answer is."""
        if not isinstance(reference, Relation):
            return None
        return equation_slip(reference, answer, self.edits(field, reference), field.symbols, seed)
