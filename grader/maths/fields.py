"""A question made ready: its symbols, its unit, its reference read, and how an answer to it is read.

Owns the difference between a student's unreadable answer (`Unreadable`) and a question that its author got
wrong (`QuestionError`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.maths import sets, units
from grader.maths.amounts import amount, unit_value
from grader.maths.labels import take_label
from grader.maths.nodes import Node, Percent, Relation, Unit, names, rebuild, walk
from grader.maths.parse import parse
from grader.maths.question import Question
from grader.maths.symbols import Symbols
from grader.maths.tokens import Vocabulary
from grader.maths.unreadable import Unreadable

KINDS = frozenset({"expr", "matrix", "equation", "number", "quantity", "set"})
_BYTE = units.dimensions({"B": 1})


class QuestionError(ValueError):
    """A question cannot be judged: its symbols, unit or reference are wrong. An author's fault."""


@dataclass(frozen=True)
class Field:
    """One question with everything that does not depend on the answer."""

    question: Question
    symbols: Symbols
    vocabulary: Vocabulary
    reference: Node | None
    """None where only a range decides, or where nothing is to be decided."""
    unit: units.UnitValue | None
    percent: bool

    @classmethod
    def of(cls, question: Question) -> Field:
        """Make a question ready.

        Raises:
            QuestionError: unknown kind, bad symbols or unit, unreadable reference.
        """
        if question.kind not in KINDS:
            raise QuestionError(f"unknown kind {str(question.kind)[:40]!r}: use one of {', '.join(sorted(KINDS))}")
        if not isinstance(question.reference, str) or not isinstance(question.symbols, Mapping):
            raise QuestionError("the reference must be text and the symbols a mapping")
        try:
            symbols = Symbols.from_spec(question.symbols)
            vocabulary = _vocabulary(question, symbols)
            for constraint in symbols.constraints:
                if not isinstance(parse(constraint, symbols), Relation):
                    raise QuestionError(f"the constraint {constraint[:60]!r} is no relation")
            unit = _unit(question, vocabulary)
            field = cls(question, symbols, vocabulary, None, unit, question.percent)
            reference = field.author(question.reference) if question.reference.strip() else None
        except (Unreadable, ValueError) as error:
            raise QuestionError(f"the question cannot be used: {error}") from error
        return field if reference is None else field.with_reference(reference)

    def with_reference(self, reference: Node) -> Field:
        """The field with what its reference tells: percent, and whether `B` is bytes or a billion."""
        percent = self.percent
        if self.question.kind == "number":
            percent = percent or any(isinstance(part, Percent) for part in walk(reference))
        vocabulary = self.vocabulary
        if self.question.kind == "quantity":
            asked = self.unit.dimensions if self.unit else amount(reference).dimensions
            vocabulary = replace(vocabulary, bytes_meant="B" in dict(asked))
        return replace(self, reference=reference, percent=percent, vocabulary=vocabulary)

    @property
    def asked(self) -> str | None:
        """The name of what is asked: the last part of a dotted id."""
        return self.question.id.rpartition(".")[2] if "." in self.question.id else None

    @property
    def per(self) -> units.UnitValue | None:
        """The unit that a name such as `bytes_per_token` ends with."""
        _, found, counted = (self.asked or "").rpartition("_per_")
        return units.find(counted) or units.find(counted.replace("_", "-")) if found else None

    def has_matrices(self, *nodes: Node) -> bool:
        """Whether a matrix occurs, so that products do not commute whatever the kind says."""
        matrices = {name for name, symbol in self.symbols.by_name.items() if symbol.is_matrix}
        return any(names(node) & matrices for node in nodes)

    def author(self, text: str) -> Node:
        """Read an author's text: a reference, an alternative, a mistake."""
        if self.question.kind == "set":
            return sets.read_set(text)
        return parse(text, self.symbols, replace(self.vocabulary, bytes_meant=self.question.kind == "quantity"))

    def read(self, text: str) -> Node:
        """Read a student's text, without its label.

        Raises:
            Unreadable: with column and advice.
        """
        if len(text) > 2_000:
            raise Unreadable("longer than 2000 characters", 2_001)
        used = names(self.reference) if self.reference is not None else frozenset()
        if self.question.kind not in ("equation",):
            text = take_label(text, self.asked, self.question.labels, self.symbols, used)
        if self.question.kind == "set":
            listing = sets.read_set(text)
            sets.members(listing)
            return listing
        node = parse(text, self.symbols, self.vocabulary)
        if self.vocabulary.units and self.unit is not None and "s" not in dict(self.unit.dimensions):
            node = rebuild(node, _counted_operations)
        return node


def _vocabulary(question: Question, symbols: Symbols) -> Vocabulary:
    if question.kind not in ("number", "quantity"):
        return Vocabulary(symbols)
    asked = question.id.rpartition(".")[2].lower() if "." in question.id else ""
    stems = [word.rstrip("s") for word in (asked, *asked.split("_"))]
    nouns = (*(stem for stem in stems if len(stem) >= 3), "times")
    return Vocabulary(symbols, amounts=True, units=question.kind == "quantity", nouns=nouns)


def _unit(question: Question, vocabulary: Vocabulary) -> units.UnitValue | None:
    if question.kind != "quantity" or not question.unit:
        return None
    return unit_value(question.unit, parse(question.unit, vocabulary.symbols, vocabulary))


def _counted_operations(node: Node) -> Node:
    """`FLOPS` as a count of operations, where no rate is asked."""
    if isinstance(node, Unit) and re.fullmatch(r"[kMGTPEZY]?FLOPS", node.symbol):
        return replace(node, symbol=node.symbol[:-1])
    return node
