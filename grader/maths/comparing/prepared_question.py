"""A question made ready: its kind, its symbols, its unit, its reference read.

Owns the difference between a student's unreadable answer (`Unreadable`) and a question that its author got
wrong (`QuestionError`). How answers are read and compared belongs to the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.maths.comparing.known_functions import is_known
from grader.maths.kinds.base import AnswerKind, find_kind, kind_names
from grader.maths.reading import units
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.label_prefix import Label
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import OPAQUE, Symbols
from grader.maths.reading.tokens import MAX_CHARACTERS
from grader.maths.reading.tree import Node, Relation, names
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
    unit: units.UnitValue | None
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
            symbols = replace(Symbols.from_spec(question.symbols), ties=question.ties == "judged")
            vocabulary = kind.vocabulary(question, symbols)
            for name, function in symbols.functions.items():
                if function != OPAQUE and not is_known(function):
                    raise QuestionError(f"symbol {name}: there is no known function {function[:40]!r}")
            for constraint in symbols.constraints:
                if not isinstance(parse(constraint, symbols), Relation):
                    raise QuestionError(f"the constraint {constraint[:60]!r} is no relation")
            unit = kind.unit(question, vocabulary)
            field = cls(question, kind, symbols, vocabulary, None, unit, question.percent)
            reference = field.read_author(question.reference) if question.reference.strip() else None
        except (Unreadable, ValueError) as error:
            raise QuestionError(f"the question cannot be used: {error}") from error
        return field if reference is None else kind.with_reference(field, reference)

    def with_changes(self, **changes: Any) -> PreparedQuestion:
        """The question with other values in some of its attributes."""
        return replace(self, **changes)

    @property
    def asked(self) -> str | None:
        """The name of what is asked: the last part of a dotted id."""
        return self.question.id.rpartition(".")[2] if "." in self.question.id else None

    @property
    def label(self) -> Label:
        """What may stand in front of an answer."""
        used = names(self.reference) if self.reference is not None else frozenset()
        return Label(self.asked, self.question.labels, self.symbols, used)

    def has_matrices(self, *nodes: Node) -> bool:
        """Whether a matrix occurs, so that products do not commute whatever the kind says."""
        matrices = {name for name, symbol in self.symbols.by_name.items() if symbol.is_matrix}
        return any(names(node) & matrices for node in nodes)

    def read_author(self, text: str) -> Node:
        """Read an author's text: a reference, another right answer, a mistake.

        Raises:
            Unreadable: with the column.
        """
        return self.kind.read_author(self, text)

    def read(self, text: str) -> Node:
        """Read a student's text, without its label.

        Raises:
            Unreadable: with column and advice.
        """
        if len(text) > MAX_CHARACTERS:
            raise Unreadable(f"longer than {MAX_CHARACTERS} characters", MAX_CHARACTERS + 1)
        return self.kind.read(self, text)
