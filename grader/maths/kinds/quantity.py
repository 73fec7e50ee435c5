"""`quantity`: a number with a unit, within a tolerance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.maths.comparing import amounts
from grader.maths.comparing.comparison import chain_members
from grader.maths.comparing.field_amounts import field_amount, with_counts
from grader.maths.kinds import number
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading import units
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.filler_words import refuse_unclear_money
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Node, Unit, rebuild
from grader.maths.reading.vocabulary import Vocabulary

_RATE = re.compile(r"[kMGTPEZY]?FLOPS")


class QuantityKind(number.NumberKind):
    """A number whose unit is the field's, or is typed."""

    def vocabulary(self, question: Question, symbols: Symbols) -> Vocabulary:
        """As of a number, but a word behind an amount can only be a unit."""
        return replace(super().vocabulary(question, symbols), unit_asked=True)

    def unit(self, question: Question, vocabulary: Vocabulary) -> units.UnitValue | None:
        """The unit that a bare number has; None where the question names none."""
        if not question.unit:
            return None
        return amounts.unit_value(question.unit, parse(question.unit, vocabulary.symbols, vocabulary))

    def with_reference(self, field: PreparedQuestion, reference: Node | None) -> PreparedQuestion:
        """`B` is a billion where money or something counted is asked, else bytes; `flops` a rate where one is asked."""
        asked = field.unit.dimensions if field.unit else amounts.amount(reference).dimensions if reference else ()
        vocabulary = replace(
            field.vocabulary,
            bytes_meant="B" in dict(asked) or not (units.COUNTED | units.CURRENCIES) & dict(asked).keys(),
            kelvin_meant="K" in dict(asked),
            rate_meant=asked == units.dimensions({"FLOP": 1, "s": -1}),
        )
        return replace(field, reference=reference, vocabulary=vocabulary)

    def read_author(self, field: PreparedQuestion, text: str) -> Node:
        """Read an author's text, in which `B` is bytes and `K` kelvin."""
        return parse(text, field.symbols, replace(field.vocabulary, bytes_meant=True, kelvin_meant=True))

    def read_amount(self, field: PreparedQuestion, text: str) -> Node:
        """Read an amount; money whose thousands are unclear is refused."""
        if field.unit is not None and dict(field.unit.dimensions).keys() & units.CURRENCIES:
            refuse_unclear_money(text)
        node = super().read_amount(field, text)
        if field.unit is not None and "s" not in dict(field.unit.dimensions) and not _is_in(field, node):
            node = rebuild(node, _counted_operations)
        return node

    def wrong_anyway(self, field: PreparedQuestion, answer: Node) -> str:
        """Another dimension than that of the unit that the question names."""
        for member, _ in self.members(field, answer) if field.unit else ():
            found = field_amount(field, member).dimensions
            if field.unit and found != field.unit.dimensions:
                return amounts.dimension_message(found, field.unit.dimensions)
        return ""

    def value(self, field: PreparedQuestion, answer: Node) -> str | None:
        """The first member's value in the field's unit."""
        worth = field_amount(field, chain_members(answer)[0][0])
        if field.unit is not None and worth.dimensions != field.unit.dimensions:
            return None
        return amounts.decimal_text(amounts.in_unit(worth, field.unit))

    def members(self, field: PreparedQuestion, answer: Node) -> Sequence[tuple[Node, bool]]:
        """The members; all but the last may leave out of their unit what is merely counted."""
        *first, last = chain_members(answer)
        return [*((with_counts(field, member), near) for member, near in first), last]


def _is_in(field: PreparedQuestion, node: Node) -> bool:
    """Whether an amount is in the field's unit as it stands, as `1 PFLOPS * 1 day` is."""
    try:
        found = {amounts.amount(member).dimensions for member, _ in chain_members(node)}
    except Unreadable:
        return False
    return field.unit is not None and found == {field.unit.dimensions}


def _counted_operations(node: Node) -> Node:
    """`FLOPS` as a count of operations, where no rate is asked."""
    if isinstance(node, Unit) and _RATE.fullmatch(node.symbol):
        return replace(node, symbol=node.symbol[:-1])
    return node
