r"""`complexity`: an asymptotic class, `O(n^2 d)`, `\Theta(n \log n)`, compared as classes."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.maths.comparing.comparison import Comparison
from grader.maths.comparing.growth import compare_growth
from grader.maths.kinds.base import AnswerKind, Right
from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.columns import alone, closing, is_open, pieces
from grader.maths.reading.delimiters import without_frame
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.tree import Binary, Call, Node

_CLASSES = {
    "O": "O", "𝒪": "O", "Theta": "Theta", "Θ": "Theta", "Omega": "Omega", "Ω": "Omega", "o": "o", "omega": "omega",
    "ω": "omega",
}  # fmt: skip
_LETTERS = {"same": (), "tight": ("O", "Theta"), "upper": ("O", "Theta"), "lower": ("Omega", "Theta")}
"""What may stand in front, beside the letter of the right answer."""
_WORDS = (
    r"(?:(?:the|its|total|overall|time|space|memory|runtime|running|worst-case|average|complexity|cost|is|of|order|in|"
    r"grows|as|like)\b[\s:]*)*"
)
_OPENING = re.compile(
    rf"\s*{_WORDS}(?:\\(?:mathcal|mathscr|cal|mathrm|mathbf|text|operatorname)\s*\{{?\s*(O|o)\s*\}}?|\\?(Theta|Omega|omega)|(O|o|𝒪|Θ|Ω|ω))"
    r"\s*(?:\\left|\\[bB]igg?l?)?\s*([(\[{])"
)
_CLOSING = re.compile(
    r"(?:\\right|\\[bB]igg?r?)?\s*([)\]}])[\s.]*"
    r"(?:(?:(?:time|space|memory|operations|ops|steps|FLOPs|multiplications|in|total)\b)[\s.]*)*$"
)
_PLUS = re.compile(r"(?<=[)\]}])\s*\+")
_MOST_PARTS = 12
"""Classes of a sum."""
_PAIRS = {"(": ")", "[": "]", "{": "}"}


class ComplexityKind(AnswerKind):
    """How something grows, up to a constant. The letter counts: `O` bounds from above, `Theta` from both sides."""

    takes_chains = False

    def read_author(self, field: PreparedQuestion, text: str) -> Node:
        """Read an author's class."""
        return _class(text, field)

    def read(self, field: PreparedQuestion, text: str) -> Node:
        """Read a class without its label."""
        return _class(field.label.taken_off(text), field)

    def compare_one(self, field: PreparedQuestion, right: Right, member: Node, seed: int, *, near: bool) -> Comparison:
        """A letter that is allowed, and each at most a constant times the other, or one bounded as is asked."""
        expected = right.node
        assert isinstance(expected, Call)
        assert isinstance(member, Call)
        asked, found, growth = expected.function, member.function, field.question.growth
        if found not in (asked, *_LETTERS[growth]):
            return Comparison("different", message=f"{asked} is asked, and {found} says something else")
        tightly = found == "Theta" or growth in ("same", "tight")
        return compare_growth(expected.arguments[0], member.arguments[0], seed, "same" if tightly else growth)


def _class(text: str, field: PreparedQuestion) -> Node:
    """The class that a text names.

    Raises:
        Unreadable: no letter, or no brackets around the whole.
    """
    text = without_frame(text)
    signs = (sign for sign in _PLUS.finditer(text) if is_open(text, sign.start()))
    parts = [_one(part, field) for part in pieces(text, signs)]
    if len({part.function for part in parts}) != 1 or len(parts) > _MOST_PARTS:
        raise Unreadable("one class is asked, with brackets around the whole", parts[1].column)
    whole = parts[0]
    for part in parts[1:]:
        whole = replace(whole, arguments=(Binary("+", whole.arguments[0], part.arguments[0], part.column),))
    return whole


def _one(text: str, field: PreparedQuestion) -> Call:
    opening, ending = _OPENING.match(text), _CLOSING.search(text)
    if not opening or not ending or _PAIRS[opening.group(4)] != ending.group(1):
        raise Unreadable("a growth is asked: write it as O(…) or \\Theta(…), as in O(n^2)", 1)
    letter = next(group for group in opening.groups() if group)
    inner = alone(text, opening.end(), ending.start())
    if closing(inner, 0) is not None:  # a bracket closes that did not open inside
        raise Unreadable("one class is asked, with brackets around the whole", opening.end())
    return Call(_CLASSES[letter], (parse(inner, field.symbols, field.vocabulary),), opening.start(4) + 1)
