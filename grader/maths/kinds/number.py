"""`number`: one number without a unit, within a tolerance."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from math import isfinite

from grader.maths.comparing import amounts
from grader.maths.comparing.comparison import Comparison, chain_members
from grader.maths.comparing.field_amounts import compare_amounts, field_amount
from grader.maths.explaining.number_slips import number_slip
from grader.maths.kinds.base import AnswerKind, Right
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading import units
from grader.maths.reading.chain_prefix import without_formulas
from grader.maths.reading.columns import blanked
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.filler_words import is_hedged, nouns_of, number_as_digits, without_hedge, zero_as_digit
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Node, Number, Percent, Relation, last_member, walk
from grader.maths.reading.unit_commands import plain_units
from grader.maths.reading.vocabulary import Vocabulary

_AMOUNTS = Vocabulary(amounts=True, unit_asked=True)
_AGAIN = re.compile(r"(?P<first>.*[^\s(])\s*\((?P<same>=|≈|i\.e\.)?(?P<again>[^()]+)\)[\s.]*", re.DOTALL)
_MIXED = re.compile(
    r"(?<![\w.,^{/·*\\])(\d{1,6})(?:\s*(\\[td]?frac\s*\{?\s*(\d+?)\s*\}?\s*\{?\s*(\d+)\s*\}?)|\s+((\d{1,3})/(\d{1,3})))(?![\w.])"
)
_NO_FACTOR = re.compile(r"[A-Za-z]{2}|%")


class NumberKind(AnswerKind):
    """A number. Formulas in front of it are not judged; every other member of a chain has to be right."""

    def vocabulary(self, question: Question, symbols: Symbols) -> Vocabulary:
        """Multipliers, units, and nouns that name what the field counts."""
        nouns = (*nouns_of(question.id.rpartition(".")[2] if "." in question.id else ""), "times")
        return Vocabulary(symbols, amounts=True, nouns=nouns)

    def with_reference(self, field: PreparedQuestion, reference: Node | None) -> PreparedQuestion:
        """In percent, where the reference is."""
        right = [] if reference is None else [reference]
        percent = field.percent or any(isinstance(part, Percent) for part in walk(*right))
        return replace(field, reference=reference, percent=percent)

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a number without label, hedge and the formulas in front of it."""
        text = _MIXED.sub(_added, plain_units(text))
        text = _without_second_amount(text, field.symbols, field.vocabulary)
        if field.asked is not None:
            text = field.label.taken_off_bound(text)
        if is_hedged(text):
            self._refuse_nearly_zero(field)
        return self.read_amount(field, field.label.taken_off(text))

    def read_amount(self, field: PreparedQuestion, text: str) -> Node:
        """Read an amount without its label."""
        if is_hedged(text):
            self._refuse_nearly_zero(field)
        text = number_as_digits(zero_as_digit(without_hedge(text), field.symbols))
        text = without_formulas(text, field.symbols, field.vocabulary)
        return _same_percent(field, parse(text, field.symbols, field.vocabulary))

    def check(self, field: PreparedQuestion, answer: Node) -> None:
        """Refuse what has no value, units that cannot be added, and another dimension than is asked.

        Raises:
            Misfit: with the unit that is asked.
        """
        worths = [field_amount(field, member) for member, _ in chain_members(answer)]
        found, unit = worths[-1].dimensions, field.unit
        if unit is None and field.question.kind != "number":
            return
        others = (amounts.unit_value(text, parse(text, Symbols(), _AMOUNTS)) for text in field.question.units)
        if found not in (unit.dimensions if unit else (), *(other.dimensions for other in others)):
            said = amounts.dimension_message(found, unit.dimensions if unit else ())
            if unit is None and all(name in units.COUNTED for name, _ in found):
                raise Unreadable(f"{said}: leave the unit out", 1)
            raise Misfit(f"{said}: write it in {unit.symbol}" if unit else said, 1)

    def value(self, field: PreparedQuestion, answer: Node) -> str | None:
        """The first member's value."""
        worth = field_amount(field, chain_members(answer)[0][0])
        return None if worth.dimensions else amounts.decimal_text(worth.value)

    def in_range(self, field: PreparedQuestion, answer: Node) -> Comparison | None:
        """Whether every member lies in the question's range, in the field's unit."""
        if field.question.within is None:
            return None
        low, high = (Fraction(str(bound)) if isfinite(bound) else bound for bound in field.question.within)
        worths = [field_amount(field, member) for member, _ in chain_members(answer)]
        asked = field.unit.dimensions if field.unit else ()
        for worth in worths:
            if worth.dimensions != asked:
                return Comparison("different", message=amounts.dimension_message(worth.dimensions, asked))
        inside = all(low <= amounts.in_unit(worth, field.unit) <= high for worth in worths)
        if inside or field.reference is None:
            return Comparison("equal" if inside else "different", "tolerance" if inside else "refuted")
        return None

    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """Near enough to what is expected; rounding is allowed behind `≈`."""
        return compare_amounts(field, last_member(right.node), member, right.tolerance, near=near)

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """One factor that explains the wrong member."""
        return number_slip(field, self.wrong_member(field, reference, answer, seed))

    def _refuse_nearly_zero(self, field: PreparedQuestion) -> None:
        """Nearly zero is not zero, where exactly zero is right."""
        if isinstance(field.reference, Number) and field.reference.value == 0:
            raise Unreadable("exactly that, or only near it? give the number alone if it is exact", 1)


def _added(found: re.Match[str]) -> str:
    """`4 1/2` as a sum, where the fraction is below one."""
    whole, fraction, above, below = found.group(1), *(found.group(2, 3, 4) if found.group(2) else found.group(5, 6, 7))
    return f"({whole}+{fraction})" if 0 < int(above) < int(below) else found.group()


def _same_percent(field: PreparedQuestion, node: Node) -> Node:
    """In `618/60000 = 1.03 %` the members without a sign are shares of one."""
    if not field.percent or not isinstance(node, Relation):
        return node
    signed = [any(isinstance(part, Percent) for part in walk(member)) for member in node.members]
    if not signed[-1] or all(signed):
        return node
    members = tuple(
        member if has else Binary("*", member, Number("100", member.column), member.column)
        for member, has in zip(node.members, signed, strict=True)
    )
    return replace(node, members=members)


def _without_second_amount(text: str, symbols: Symbols, vocabulary: Vocabulary) -> str:
    """Blank out the same amount again in brackets: `2 GB (2e9 bytes)`, `10^12 (1 trillion)`.

    Only what cannot be a factor, because a word or a sign stands in it, and is the same to one per cent; else all is
    left.

    Raises:
        Unreadable: a share in brackets that is another one.
    """
    found = _AGAIN.fullmatch(text)
    if not found:
        return text
    parts = found.group("first", "again")
    if not found.group("same") and not any(map(_NO_FACTOR.search, (parts[1], parts[0][-4:]))):
        return text
    try:
        first, again = (amounts.amount(parse(part, symbols, vocabulary)) for part in parts)
    except Unreadable:
        return text
    same = first.dimensions == again.dimensions and abs(first.value - again.value) <= abs(first.value) / 100
    if not same and "%" in parts[1] + parts[0][-1:]:
        raise Unreadable("two amounts that differ: give one", found.end("first") + 1)
    return blanked(text, found.end("first")) if same else text
