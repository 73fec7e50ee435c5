"""What a kind of typed answer is, and how kinds join.

Owns the base class and the registry. A question made ready for its kind is `prepared_question.py`'s. A new kind is
one new file beside this one, named like the kind, with one subclass of `AnswerKind`. Knows no kind itself, and
imports none before it is asked for.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from grader.maths.comparing.comparison import Comparison, chain_members
from grader.maths.kinds import kind_names
from grader.maths.reading.filler_words import zero_as_digit
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question, Tolerance
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Node, Relation
from grader.maths.reading.units import UnitValue
from grader.maths.reading.vocabulary import Vocabulary

if TYPE_CHECKING:
    from grader.maths.explaining.formula_slips import Edit
    from grader.maths.prepared_question import PreparedQuestion


class AnswerKind(ABC):
    """How answers of one kind are read, compared with a right answer, and explained where they are wrong.

    A kind has to define `compare_one`. Everything else has a default that suits a formula.
    """

    writes_matrices = False
    """Whether a list in brackets is a vector, even where the question declares no matrix."""
    takes_chains = True
    """Whether the members of `a = b ≈ c` are answers, each of which has to be right; else the whole is one."""

    def vocabulary(self, question: Question, symbols: Symbols) -> Vocabulary:
        """What may be typed beside numbers and signs."""
        return Vocabulary(symbols)

    def unit(self, question: Question, vocabulary: Vocabulary) -> UnitValue | None:
        """The unit that answers are given in; None where the kind has none.

        Raises:
            Unreadable: the unit cannot be read. The author's fault.
        """
        return None

    def with_reference(self, field: PreparedQuestion, reference: Node | None) -> PreparedQuestion:
        """The question with its reference, where it has one, and with what that or the unit says about reading."""
        return replace(field, reference=reference)

    def read_author(self, field: PreparedQuestion, text: str) -> Node:
        """Read an author's text: a reference, another right answer, a mistake.

        Raises:
            Unreadable: with the column.
        """
        return parse(text, field.symbols, field.vocabulary)

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a student's text.

        Raises:
            Unreadable: with column and advice.
        """
        text = zero_as_digit(field.label.taken_off(text), field.symbols)
        return parse(text, field.symbols, field.vocabulary)

    def check(self, field: PreparedQuestion, answer: Node) -> None:  # noqa: B027  # most kinds refuse nothing
        """Refuse an answer that can be read but has no meaning in this kind.

        Raises:
            Unreadable: another kind of answer, such as a value where an equation is asked.
            Misfit: shapes or units that do not fit together: a wrong answer.
        """

    def wrong_anyway(self, field: PreparedQuestion, answer: Node) -> str:
        """What is wrong with an answer whatever the right one is; empty if nothing is. It may be told at once."""
        return ""

    def value(self, field: PreparedQuestion, answer: Node) -> str | None:
        """The answer's number in the field's unit, as decimal text; None where the kind has no numbers."""
        return None

    def in_range(self, field: PreparedQuestion, answer: Node) -> Comparison | None:
        """What the question's range (`within`) decides about an answer; None where it decides nothing."""
        return None

    def members(self, field: PreparedQuestion, answer: Node) -> Sequence[tuple[Node, bool]]:
        """What is judged one by one, each with whether it only has to be near: the members of `a = b ≈ c`.

        Raises:
            Unreadable: the answer is an inequality.
        """
        return chain_members(answer) if self.takes_chains else [(answer, False)]

    def compare(
        self, field: PreparedQuestion, expected: Node, answer: Node, seed: int, tolerance: Tolerance | None
    ) -> Comparison:
        """Compare an answer with one right answer: every member of a chain has to be right.

        Args:
            field: the question.
            expected: what is right.
            answer: what was typed.
            seed: where random points start.
            tolerance: how far a number may lie from the right one; None asks for equality.

        Raises:
            Unreadable: the answer is of the wrong kind, or its shapes or units do not fit together.
        """
        return self.compare_with_any(field, [Right(expected, tolerance)], answer, seed)

    def compare_with_any(self, field: PreparedQuestion, rights: Sequence[Right], answer: Node, seed: int) -> Comparison:
        """Compare an answer with several right ones: every member of a chain has to equal one of them.

        Raises:
            Unreadable: the answer is of the wrong kind, or its shapes or units do not fit together.
        """
        whole = Comparison("equal", "identical")
        members = self.members(field, answer)
        for member, near in members:
            found = [self.compare_one(field, right, member, seed, near=near) for right in rights]
            best = next((one for one in found if one.verdict == "equal"), None)
            if best is None:
                worst = next((one for one in found if one.verdict == "undecided"), found[0])
                chained = len(members) > 1 and not worst.message
                return replace(worst, message="every member of a chain a = b = c has to be right") if chained else worst
            whole = best if best.points >= whole.points else replace(whole, cells=max(whole.cells, best.cells))
        return whole

    @abstractmethod
    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """Compare one member of an answer with one right answer; behind `≈` it may be rounded.

        Raises:
            Unreadable: it is of the wrong kind, or its shapes or units do not fit together.
        """

    def edits(self, field: PreparedQuestion, reference: Node) -> Iterator[Edit]:
        """Single edits of a right answer, each with the name of the slip that it shows."""
        return iter(())

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """The slip that explains a wrong answer, as part of a sentence; None where no single one does."""
        return None

    def wrong_member(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> Node:
        """The first member of a chain `a = b = c` that is not right; the answer itself where it is no chain."""
        if isinstance(answer, Relation) and not isinstance(reference, Relation):
            for member in answer.members:
                if self.compare(field, reference, member, seed, field.question.tolerance).verdict != "equal":
                    return member
        return answer


@dataclass(frozen=True, slots=True)
class Right:
    """A right answer, with how far a number may lie from it."""

    node: Node
    tolerance: Tolerance | None = None


@cache
def find_kind(name: str) -> AnswerKind | None:
    """The kind of that name; None where there is none.

    Raises:
        RuntimeError: a file of this folder that does not define exactly one kind.
    """
    if name not in kind_names():
        return None
    module = importlib.import_module(f"grader.maths.kinds.{name}")
    own: list[type[AnswerKind]] = [
        value for value in vars(module).values() if _is_kind(value) and value.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise RuntimeError(f"{module.__name__} must define exactly one subclass of AnswerKind, not {len(own)}")
    return own[0]()


def _is_kind(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, AnswerKind)
