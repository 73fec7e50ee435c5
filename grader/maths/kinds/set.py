"""`set`: a set of whole numbers, as a list or as ranges, or of other values."""

from __future__ import annotations

from fractions import Fraction

from grader.maths.comparing import sets
from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.evaluator import FLOAT_DIGITS, value_at
from grader.maths.comparing.value_sets import same_values
from grader.maths.explaining.number_slips import set_slip
from grader.maths.kinds.base import AnswerKind, Right
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.listed_values import is_whole, read_values
from grader.maths.reading.tree import Binary, Listing, Node, walk


class SetKind(AnswerKind):
    """A set, whatever order and ranges it is typed in. Of whole numbers, where the right one is."""

    takes_chains = False

    def read_author(self, field: PreparedQuestion, text: str) -> Node:
        """Read an author's set."""
        try:
            return sets.read_set(text)
        except Unreadable:
            return read_values(text, field.symbols)

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a set; a range that is too long is refused."""
        try:
            listing = sets.read_set(text, field.asked or "")
        except Unreadable as refused:
            listing = self._values(field, text, refused)
        if is_whole(listing):
            sets.members(listing)
        return listing

    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """The same values."""
        expected = right.node
        if not isinstance(expected, Listing) or not isinstance(member, Listing):
            raise Unreadable("a set of whole numbers is asked", 1)
        if is_whole(expected) and is_whole(member):
            same = sets.members(expected) == sets.members(member)
            return Comparison("equal", "exact") if same else Comparison("different", "refuted")
        return same_values(expected, member, field.symbols, seed)

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """A shift, or members that are missing or too many."""
        if isinstance(answer, Listing) and isinstance(reference, Listing) and is_whole(answer) and is_whole(reference):
            return set_slip(reference, answer)
        return None

    def _values(self, field: PreparedQuestion, text: str, refused: Unreadable) -> Listing:
        """A set of other values, or of whole numbers written as such.

        Raises:
            Unreadable: what was said about whole numbers, where those are asked and these are no values.
        """
        whole = field.reference is None or (isinstance(field.reference, Listing) and is_whole(field.reference))
        try:
            values = read_values(text, field.symbols)
        except Unreadable as error:
            raise (refused if whole and not error.message.startswith("one of these") else error) from None
        if whole and not all(map(_is_whole_number, values.items)):
            raise refused
        return values


def _is_whole_number(node: Node) -> bool:
    """Whether a value is whole, and no difference, which may be meant for a range: `71-50`."""
    value = value_at(node, {}, FLOAT_DIGITS)
    plain = not any(isinstance(part, Binary) and part.operator in ("+", "-") for part in walk(node))
    return plain and isinstance(value, Fraction) and value.denominator == 1
