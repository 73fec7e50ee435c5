"""`set`: a set of whole numbers, as a list or as ranges."""

from __future__ import annotations

from collections.abc import Sequence

from grader.maths.comparing import sets
from grader.maths.comparing.comparison import Comparison
from grader.maths.explaining.number_slips import set_slip
from grader.maths.kinds.base import AnswerKind, PreparedQuestion
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.question import Tolerance
from grader.maths.reading.tree import Listing, Node


class SetKind(AnswerKind):
    """A set of whole numbers, whatever order and ranges they are typed in."""

    def read_author(self, field: PreparedQuestion, text: str) -> Node:
        """Read an author's set."""
        return sets.read_set(text)

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a set; a range that is too long is refused."""
        listing = sets.read_set(text, field.asked or "")
        sets.members(listing)
        return listing

    def members(self, field: PreparedQuestion, answer: Node) -> Sequence[tuple[Node, bool]]:
        """The set as a whole."""
        return [(answer, False)]

    def compare_member(
        self,
        field: PreparedQuestion,
        expected: Node,
        member: Node,
        seed: int,
        tolerance: Tolerance | None,
        *,
        loosely: bool,
    ) -> Comparison:
        """The same numbers."""
        if not isinstance(expected, Listing) or not isinstance(member, Listing):
            raise Unreadable("a set of whole numbers is asked", 1)
        same = sets.members(expected) == sets.members(member)
        return Comparison("equal", "exact") if same else Comparison("different", "refuted")

    def slips(self, field: PreparedQuestion, reference: Node, answer: Node, seed: int) -> str | None:
        """A shift, or members that are missing or too many."""
        return set_slip(reference, answer)
