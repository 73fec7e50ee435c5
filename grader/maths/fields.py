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
from grader.maths.nodes import Binary, Negative, Node, Number, Percent, Relation, Unit, names, rebuild, walk
from grader.maths.parse import parse
from grader.maths.question import Question
from grader.maths.symbols import Symbols
from grader.maths.tokens import Vocabulary
from grader.maths.unreadable import Unreadable

KINDS = frozenset({"expr", "matrix", "equation", "number", "quantity", "set"})


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
        node = parse(_without_hedge(text, self.question.kind), self.symbols, self.vocabulary)
        node = self._same_percent(self._without_condition(node))
        if self.vocabulary.units and self.unit is not None and "s" not in dict(self.unit.dimensions):
            node = rebuild(node, _counted_operations)
        return node

    def _without_condition(self, node: Node) -> Node:
        """`f = g = 0`, where the right answer is a difference that can vanish: the last member states a condition."""
        if self.question.kind != "expr" or not isinstance(node, Relation):
            return node
        if self.reference is not None and not _can_vanish(self.reference):
            return node
        if node.members[-1] != Number("0", node.members[-1].column) or node.operators[-1] != "=":
            return node
        if len(node.members) == 2:
            return node.members[0]
        return replace(node, members=node.members[:-1], operators=node.operators[:-1])

    def _same_percent(self, node: Node) -> Node:
        """In `618/60000 = 1.03 %` the members without a sign are shares of one."""
        if not self.percent or not isinstance(node, Relation):
            return node
        signed = [any(isinstance(part, Percent) for part in walk(member)) for member in node.members]
        if not signed[-1] or all(signed):
            return node
        members = tuple(
            member if has else Binary("*", member, Number("100", member.column), member.column)
            for member, has in zip(node.members, signed, strict=True)
        )
        return replace(node, members=members)


def _can_vanish(node: Node) -> bool:
    """Whether it is a sum with a minus in it; products of positive symbols never vanish."""
    is_sum = isinstance(node, Binary) and node.operator in ("+", "-")
    return is_sum and any(
        isinstance(part, Negative) or (isinstance(part, Binary) and part.operator == "-") for part in walk(node)
    )


_HEDGE = re.compile(r"\s*(?:about|approximately|approx\.?|roughly|around|ca\.|circa)(?=[\s$\d])", re.IGNORECASE)
_BOUND = re.compile(r"\s*(?:≤|<=|\\leq?(?![a-z])|at most\b)")


def _without_hedge(text: str, kind: str) -> str:
    """Blank out `about` before an amount and `≤` before a bound, keeping every column."""
    opening = {"number": _HEDGE, "quantity": _HEDGE, "expr": _BOUND}.get(kind)
    found = opening.match(text) if opening else None
    return " " * found.end() + text[found.end() :] if found else text


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
