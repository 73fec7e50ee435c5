"""A question made ready for its kind: its symbols, its vocabulary, its reference.

Owns the difference between a student's unreadable answer (`Unreadable`) and a question that its author got wrong
(`QuestionError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.maths.comparing.known_functions import is_known
from grader.maths.comparing.sequences import without_dots
from grader.maths.kinds import kind_names
from grader.maths.kinds.base import AnswerKind, find_kind
from grader.maths.reading.call_like import refuse_calls
from grader.maths.reading.entries import family_ranges, holds_matrix, with_norms
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.label_prefix import Label
from grader.maths.reading.layout import without_layout
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import OPAQUE, Symbols
from grader.maths.reading.tokens import MAX_CHARACTERS
from grader.maths.reading.tree import Node, Relation, calls, names
from grader.maths.reading.units import UnitValue
from grader.maths.reading.vocabulary import Vocabulary


class QuestionError(ValueError):
    """A question cannot be judged: its symbols, unit or reference are wrong. An author's fault."""


@dataclass(frozen=True)
class PreparedQuestion:
    """One question with everything that does not depend on the answer."""

    question: Question
    kind: AnswerKind
    symbols: Symbols
    vocabulary: Vocabulary
    reference: Node | None
    """None where only a range decides, or where nothing is to be decided."""
    unit: UnitValue | None
    percent: bool

    @classmethod
    def of(cls, question: Question) -> PreparedQuestion:
        """Make a question ready.

        Raises:
            QuestionError: unknown kind, bad symbols or unit, unreadable reference.
        """
        kind = find_kind(question.kind) if isinstance(question.kind, str) else None
        if kind is None:
            raise QuestionError(f"unknown kind {str(question.kind)[:40]!r}: use one of {', '.join(kind_names())}")
        if not isinstance(question.reference, str) or not isinstance(question.symbols, Mapping):
            raise QuestionError("the reference must be text and the symbols a mapping")
        try:
            declared = Symbols.from_spec(question.symbols)
            symbols = replace(declared, ties=question.ties == "judged", matrices_meant=kind.writes_matrices)
            vocabulary = kind.vocabulary(question, symbols)
            for name, function in symbols.functions.items():
                if function != OPAQUE and not is_known(function):
                    raise QuestionError(f"symbol {name}: there is no known function {function[:40]!r}")
            for constraint in symbols.constraints:
                refuse_calls(constraint, symbols)
                if not isinstance(parse(constraint, symbols), Relation):
                    raise QuestionError(f"the constraint {constraint[:60]!r} is no relation")
            unit = kind.unit(question, vocabulary)
            field = cls(question, kind, symbols, vocabulary, None, unit, question.percent)
            reference = field.read_author(question.reference) if question.reference.strip() else None
        except Unreadable as error:
            where = f"column {error.column}: " if error.column else ""
            raise QuestionError(f"the question cannot be used: {where}{error.message}") from error
        except ValueError as error:
            raise QuestionError(f"the question cannot be used: {error}") from error
        if reference is not None:
            field = replace(field, symbols=replace(symbols, ranges=family_ranges(reference)))
        return kind.with_reference(field, reference)

    @property
    def asked(self) -> str | None:
        """The name of what is asked: the last part of a dotted id."""
        return self.question.id.rpartition(".")[2] if "." in self.question.id else None

    @property
    def label(self) -> Label:
        """What may stand in front of an answer."""
        right = [] if self.reference is None else [self.reference]
        used = frozenset(call.function for call in calls(*right)).union(*map(names, right))
        return Label(self.asked, self.question.labels, self.symbols, used)

    def has_matrices(self, *nodes: Node) -> bool:
        """Whether a matrix occurs, so that products do not commute whatever the kind says."""
        return any(holds_matrix(node, self.symbols) for node in nodes)

    def read_author(self, text: str) -> Node:
        """Read an author's text: a reference, another right answer, a mistake.

        Raises:
            Unreadable: with the column.
        """
        refuse_calls(text, self.symbols)
        return with_norms(without_dots(self.kind.read_author(self, text), self.symbols), self.symbols)

    def read(self, text: str) -> Node:
        """Read a student's text, without its label.

        Raises:
            Unreadable: with column and advice.
        """
        if len(text) > MAX_CHARACTERS:
            raise Unreadable(f"longer than {MAX_CHARACTERS} characters", MAX_CHARACTERS + 1)
        return without_dots(self.kind.read(self, without_layout(text, self.symbols)), self.symbols)
