"""Classes of equal answers.

Owns grouping for display. The judge's decisions are taken as they are: right answers are one class, and so is every
named mistake. Other formulas are grouped if their values agree at a few fixed points; no points depend on it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.grouping import by_key
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.sampling import points
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Listing, Node, Relation, Span, Transpose, Unit, walk
from grader.records import CheckRecord, Verdict

POINTS = 3  # different formulas that agree at three random points are very rare, and would only be listed together
DIGITS = 15
_UNVALUED = (Relation, Listing, Span, Transpose, Unit)


@dataclass(frozen=True)
class AnswerClass:
    """Submissions with equal answers. `typical` is the check of a submission with the most common spelling."""

    typical: CheckRecord
    submissions: tuple[str, ...]
    spellings: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """The number of submissions."""
        return len(self.submissions)


def answer_classes(answers: Sequence[tuple[str, CheckRecord]], symbols: Mapping[str, object]) -> list[AnswerClass]:
    """Group (submission, check) pairs of one check, the largest class first."""
    groups = by_key((_key(check, symbols), (submission, check)) for submission, check in answers)
    classes = [_class(members) for members in groups.values()]
    return sorted(classes, key=lambda one: (-one.count, one.typical.answer or one.typical.message))


def _class(members: Sequence[tuple[str, CheckRecord]]) -> AnswerClass:
    spellings = Counter((check.answer or "").strip() for _, check in members if check.answer)
    usual = max(members, key=lambda member: spellings[(member[1].answer or "").strip()])
    return AnswerClass(
        typical=usual[1],
        submissions=tuple(submission for submission, _ in members),
        spellings=tuple(spellings.most_common()),
    )


def _key(check: CheckRecord, symbols: Mapping[str, object]) -> tuple[str, ...]:
    if check.verdict is Verdict.CORRECT:
        return ("follows",) if check.follows else ("right",)
    if check.mistake:
        return ("mistake", check.mistake)
    if check.reading:
        return (check.verdict, values_of(check.reading, symbols))
    said = check.answer or check.message
    return (check.verdict, " ".join(said.split()).lower())


def values_of(reading: str, symbols: Mapping[str, object]) -> str:
    """The values of a reading at fixed points, as text; the reading itself if it has no values."""
    return _values_of(reading, json.dumps(symbols, sort_keys=True))


@lru_cache(maxsize=16_384)
def _values_of(reading: str, symbols: str) -> str:
    declared = Symbols.from_spec(json.loads(symbols))
    try:
        tree = parse(reading, declared)
        if any(isinstance(node, _UNVALUED) for node in walk(tree)):
            return reading
        return _values(tree, declared)
    except (Unreadable, NoValue, OverflowError):  # of a number such as 1e400 as well, which no float can hold
        return reading


def _values(tree: Node, symbols: Symbols) -> str:
    scalars = frozenset(name for name, symbol in symbols.by_name.items() if not symbol.is_matrix)
    found = []
    for point in points(symbols, scalars, 0, POINTS):
        value = complex(Evaluator(point, DIGITS).value(tree))
        found.append(f"{value.real:.9g}{value.imag:+.9g}i")
    return " ".join(found)
