"""`expr`: a formula. It is compared as matrices if it holds any, as an equation if the right answer is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.maths.comparing.comparison import Comparison, chain_members
from grader.maths.comparing.field_amounts import ROUNDING
from grader.maths.comparing.scalars import compare
from grader.maths.comparing.side_conditions import with_definitions, without_condition_behind
from grader.maths.explaining.edit_search import scalar_slip
from grader.maths.explaining.formula_slips import Edit, scalar_edits
from grader.maths.kinds.base import AnswerKind, Right
from grader.maths.kinds.equation import EquationKind
from grader.maths.kinds.matrix import MatrixKind
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.conditions import without_zero
from grader.maths.reading.filler_words import refuse_rounded, without_noun
from grader.maths.reading.tree import Binary, Negative, Node, Relation, walk

_EQUATION, _MATRIX = EquationKind(), MatrixKind()


class ExprKind(AnswerKind):
    """A formula. Every member of a chain `a = b = c` has to be right."""

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a formula without its label, a noun behind it, or `= 0` where that states a condition."""
        refuse_rounded(text)
        if not isinstance(field.reference, Relation):
            text = with_definitions(without_condition_behind(text, field.symbols), field.symbols)
            text = without_noun(field.label.taken_off_bound(text), field.asked or "", field.symbols)
        return _without_condition(field, super().read(field, text))

    def check(self, field: PreparedQuestion, answer: Node) -> None:
        """Refuse an inequality where a value is asked, and shapes that do not fit."""
        if isinstance(field.reference, Relation):
            return
        if field.has_matrices(answer):
            _MATRIX.check(field, answer)
        chain_members(answer)

    def compare_with_any(self, field: PreparedQuestion, rights: Sequence[Right], answer: Node, seed: int) -> Comparison:
        """Equal on the declared domain, within the tolerance if there is one; an equation by its solutions."""
        if any(isinstance(right.node, Relation) for right in rights):
            return _EQUATION.compare_with_any(field, rights, answer, seed)
        return super().compare_with_any(field, rights, answer, seed)

    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """Equal on the declared domain, within the tolerance if there is one."""
        if field.has_matrices(right.node, member):
            return _MATRIX.compare_one(field, right, member, seed, near=near)
        relative = right.tolerance.rel if right.tolerance else None
        tolerance = max(relative or 0.0, float(ROUNDING)) if near else relative
        return compare(right.node, member, field.symbols, seed, tolerance)

    def edits(self, field: PreparedQuestion, reference: Node) -> Iterator[Edit]:
        """Every single edit: of an equation, of matrices, of a scalar formula."""
        if isinstance(reference, Relation):
            return _EQUATION.edits(field, reference)
        return _MATRIX.edits(field, reference) if field.has_matrices(reference) else scalar_edits(reference)

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """The one edit that gives the wrong member, or the simplest true statement about it."""
        wrong = self.wrong_member(field, reference, answer, seed)
        if field.has_matrices(reference, wrong):
            return _MATRIX.slips(field, reference, wrong, seed)
        if isinstance(reference, Relation):
            return _EQUATION.slips(field, reference, answer, seed)
        return scalar_slip(reference, wrong, self.edits(field, reference), field.symbols, seed)


def _without_condition(field: PreparedQuestion, node: Node) -> Node:
    """`f = 0` or `0 = f`, where the right answer is a difference that can vanish: the zero states a condition."""
    if not isinstance(node, Relation) or (field.reference is not None and not _can_vanish(field.reference)):
        return node
    return without_zero(node)


def _can_vanish(node: Node) -> bool:
    """Whether it is a sum with a minus in it; products of positive symbols never vanish."""
    is_sum = isinstance(node, Binary) and node.operator in ("+", "-")
    return is_sum and any(
        isinstance(part, Negative) or (isinstance(part, Binary) and part.operator == "-") for part in walk(node)
    )
