"""The nearest mistake: what an author foresaw first, then what the kind of the answer knows about slips.

Messages name the kind of slip and never the right answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from grader.maths.prepared_question import PreparedQuestion
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.question import Question
from grader.maths.reading.tree import PRODUCTS, Binary, Node, rebuild

_MAX_EDITS = 600


@dataclass(frozen=True, slots=True)
class NearestMistake:
    """What an answer comes near to. `credit` is above 0 only where an author says so."""

    name: str
    message: str
    credit: float = 0.0


def nearest(field: PreparedQuestion, answer: Node, seed: int) -> NearestMistake | None:
    """The simplest explanation of a wrong answer, or None."""
    declared = declared_mistake(field, answer, seed)
    if declared or field.reference is None:
        return declared
    try:
        name = field.kind.slips(field, field.reference, answer, seed)
    except Unreadable:
        return None
    return NearestMistake(name, f"looks as if {name}" if name[:2] in ("a ", "on", "tw") else name) if name else None


def declared_mistake(field: PreparedQuestion, answer: Node, seed: int) -> NearestMistake | None:
    """The first mistake that the author foresaw and that the answer equals."""
    for mistake in field.question.mistakes:
        expected = field.read_author(mistake.answer)
        try:
            equal = field.kind.compare(field, expected, answer, seed, field.question.tolerance).verdict == "equal"
        except Misfit:
            equal = _plain(expected) == _plain(answer)
        except Unreadable:
            equal = False
        if equal:
            return NearestMistake(mistake.says, mistake.says, mistake.credit)
    return None


def mutations(question: Question) -> Iterator[str]:
    """Single edits of the reference that change its value, as text: each must be judged different.

    The first few stand for all: the order is that of digests, not that of the formula.

    Raises:
        QuestionError: the question cannot be used.
    """
    field = PreparedQuestion.of(question)
    if field.reference is None:
        return
    edits = islice(field.kind.edits(field, field.reference), _MAX_EDITS)
    by_text = {write(edited): edited for _, edited in edits}
    for text in sorted(by_text, key=lambda text: hashlib.sha256(text.encode()).digest()):
        if _changes(field, field.reference, by_text[text]):
            yield text


def _changes(field: PreparedQuestion, reference: Node, edited: Node) -> bool:
    """Whether an edit means something, and something else than the reference."""
    try:
        field.kind.check(field, edited)
        return field.kind.compare(field, reference, edited, 1, None).verdict == "different"
    except Unreadable:
        return False


def _plain(node: Node) -> Node:
    """The tree with every product spelled the same, for answers whose shapes do not fit."""

    def plain(part: Node) -> Node:
        return replace(part, operator="*") if isinstance(part, Binary) and part.operator in PRODUCTS else part

    return rebuild(node, plain)
