"""A question made ready: its symbols, its unit, its reference read, and how an answer to it is read.

Owns the difference between a student's unreadable answer (`Unreadable`) and a question that its author got
wrong (`QuestionError`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.maths.comparing import sets
from grader.maths.comparing.amounts import amount, unit_value
from grader.maths.reading import units
from grader.maths.reading.chain_prefix import without_formulas
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.filler_words import (
    is_hedged,
    nouns_of,
    refuse_unclear_money,
    without_hedge,
    without_noun,
    zero_as_digit,
)
from grader.maths.reading.label_prefix import Label
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Negative, Node, Number, Percent, Relation, Unit, names, rebuild, walk
from grader.maths.reading.vocabulary import Vocabulary

KINDS = frozenset({"expr", "matrix", "equation", "number", "quantity", "set"})


class QuestionError(ValueError):
    """A question cannot be judged: its symbols, unit or reference are wrong. An author's fault."""


@dataclass(frozen=True)
class PreparedQuestion:
    """One question with everything that does not depend on the answer."""

    question: Question
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

    def with_reference(self, reference: Node) -> PreparedQuestion:
        """The field with what its reference tells: percent, and whether `B` is bytes or a billion."""
        percent = self.percent
        if self.question.kind == "number":
            percent = percent or any(isinstance(part, Percent) for part in walk(reference))
        vocabulary = self.vocabulary
        if self.question.kind == "quantity":
            asked = self.unit.dimensions if self.unit else amount(reference).dimensions
            things = units.COUNTED | units.CURRENCIES
            vocabulary = replace(vocabulary, bytes_meant=not things & dict(asked).keys())
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

    @property
    def named_unit(self) -> units.UnitValue | None:
        """The unit that the name of a plain number ends with, as `pf_days` does."""
        words = (self.asked or "").split("_")
        endings = ("-".join(words[first:]) for first in range(len(words)))
        return next((found for word in endings if len(word) >= 3 and (found := units.find(word))), None)

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
        if self.question.kind == "set":
            listing = sets.read_set(text, self.asked or "")
            sets.members(listing)
            return listing
        if self.question.kind == "equation":
            return parse(text, self.symbols, self.vocabulary)
        label = Label(self.asked, self.question.labels, self.symbols, self._used)
        if self.question.kind in ("number", "quantity"):
            if is_hedged(text):
                self._refuse_nearly_zero()
            return self._read_amount(label.taken_off(text))
        if self.question.kind == "expr" and not isinstance(self.reference, Relation):
            text = without_noun(label.taken_off_bound(text), self.asked or "", self.symbols)
        text = zero_as_digit(label.taken_off(text), self.symbols)
        return self._without_condition(parse(text, self.symbols, self.vocabulary))

    @property
    def _used(self) -> frozenset[str]:
        return names(self.reference) if self.reference is not None else frozenset()

    def _read_amount(self, text: str) -> Node:
        if is_hedged(text):
            self._refuse_nearly_zero()
        text = zero_as_digit(without_hedge(text), self.symbols)
        text = without_formulas(text, self.symbols, self.vocabulary)
        if self.unit is not None and dict(self.unit.dimensions).keys() & units.CURRENCIES:
            refuse_unclear_money(text)
        node = self._same_percent(parse(text, self.symbols, self.vocabulary))
        if self.unit is not None and "s" not in dict(self.unit.dimensions):
            node = rebuild(node, _counted_operations)
        return node

    def _refuse_nearly_zero(self) -> None:
        """Nearly zero is not zero, where exactly zero is right."""
        if isinstance(self.reference, Number) and self.reference.value == 0:
            raise Unreadable("exactly that, or only near it? give the number alone if it is exact", 1)

    def _without_condition(self, node: Node) -> Node:
        """`f = 0` or `0 = f`, where the right answer is a difference that can vanish: the zero states a condition."""
        if self.question.kind != "expr" or not isinstance(node, Relation):
            return node
        if self.reference is not None and not _can_vanish(self.reference):
            return node
        members, operators = node.members, node.operators
        if members[0] == Number("0") and operators[0] == "=":
            members, operators = members[1:], operators[1:]
        elif members[-1] == Number("0") and operators[-1] == "=":
            members, operators = members[:-1], operators[:-1]
        return replace(node, members=members, operators=operators) if operators else members[0]

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


def _vocabulary(question: Question, symbols: Symbols) -> Vocabulary:
    if question.kind not in ("number", "quantity"):
        return Vocabulary(symbols)
    nouns = (*nouns_of(question.id.rpartition(".")[2] if "." in question.id else ""), "times")
    return Vocabulary(symbols, amounts=True, unit_asked=question.kind == "quantity", nouns=nouns)


def _unit(question: Question, vocabulary: Vocabulary) -> units.UnitValue | None:
    if question.kind != "quantity" or not question.unit:
        return None
    return unit_value(question.unit, parse(question.unit, vocabulary.symbols, vocabulary))


def _counted_operations(node: Node) -> Node:
    """`FLOPS` as a count of operations, where no rate is asked."""
    if isinstance(node, Unit) and re.fullmatch(r"[kMGTPEZY]?FLOPS", node.symbol):
        return replace(node, symbol=node.symbol[:-1])
    return node
