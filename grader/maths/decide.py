"""The one way into this package: judge, read, evaluate, or check an identity. Pure functions of their input.

Owns the order in which an answer is explained: the right answer, an equally right one, right given the
student's own earlier answers, a mistake that the author foresaw, a slip that can be named. Never raises on
anything a student wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite

from grader.maths.comparing.budget import Exhausted, budget
from grader.maths.comparing.comparison import Comparison, chain_members
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.sampling import seed
from grader.maths.explaining.follow_through import following, statement_holds
from grader.maths.explaining.nearest_mistake import declared_mistake, nearest
from grader.maths.kinds.base import Right
from grader.maths.prepared_question import PreparedQuestion, QuestionError
from grader.maths.reading.errors import Misfit, Unreadable
from grader.maths.reading.printer import write
from grader.maths.reading.question import Decision, Question
from grader.maths.reading.tree import ZERO, Binary, Node, walk

__all__ = ["QuestionError", "decide", "evaluate", "holds", "read"]

_POINT_DIGITS = 40
_SHOWN_DIGITS = 25
_UNDECIDED = "could not be decided by machine; a person will look"


def decide(question: Question, answer: object, previous: Mapping[str, str] | None = None) -> Decision:
    """Judge one answer.

    Args:
        question: what is asked.
        answer: what was typed; anything but text or a number is invalid.
        previous: earlier field → the student's own answer there, as typed, for `question.follows`.

    Raises:
        QuestionError: the question itself cannot be used.
    """
    field = PreparedQuestion.of(question)
    if field.reference is None and question.within is None:
        raise QuestionError("the question has no right answer to decide by")
    return _guarded(lambda: _decided(field, field.read(answer_text(answer)), previous or {}))


def read(question: Question, answer: object) -> Decision:
    """Only read an answer: "undecided" with its reading, or "invalid" with message and column.

    Raises:
        QuestionError: the question itself cannot be used.
    """
    field = PreparedQuestion.of(question)
    return _guarded(lambda: _read(field, answer))


def evaluate(question: Question, answer: object, points: Sequence[Mapping[str, str]]) -> list[str | None]:
    """The value of a scalar answer at given points, as decimal text of 25 digits; None where it has none.

    Raises:
        QuestionError: the question itself cannot be used.
    """
    field = PreparedQuestion.of(question)
    try:
        node = chain_members(field.read(answer_text(answer)))[-1][0]
    except (Unreadable, RecursionError, Exhausted):
        return [None for _ in points]
    return [_value_at(node, point) for point in points]


def holds(question: Question, statement: str, previous: Mapping[str, str]) -> Decision:
    """Whether an author's statement is true of the student's own answers: `C_0*N_opt*D_opt = C`.

    Needs no reference: names of earlier fields in the statement stand for what the student typed there.
    """
    field = PreparedQuestion.of(question)
    return _guarded(lambda: statement_holds(field, statement, previous))


def answer_text(answer: object) -> str:
    """An answer as text: text itself, or a plain number.

    Raises:
        Unreadable: nothing, or something else.
    """
    if isinstance(answer, str):
        if not answer.strip():
            raise Unreadable("there is nothing here", 1)
        return answer
    if isinstance(answer, bool) or answer is None:
        raise Unreadable("there is no answer here: text is expected")
    if isinstance(answer, int) and answer.bit_length() < 1_000:
        return str(answer)
    if isinstance(answer, float) and isfinite(answer):
        return repr(answer)
    whole = isinstance(answer, list) and all(type(item) is int and item.bit_length() < 64 for item in answer[:401])
    if isinstance(answer, list) and whole and len(answer) <= 400:
        return str(answer)
    raise Unreadable("text is expected here, or a plain number")


def _guarded(step: Callable[[], Decision]) -> Decision:
    """The decision of a step; what a student typed can neither raise nor compute without end."""
    try:
        with budget():
            return step()
    except Unreadable as error:
        return Decision("invalid", message=error.message, column=error.column)
    except RecursionError:
        return Decision("invalid", message="nested too deeply")
    except Exhausted:
        return Decision("undecided", message=_UNDECIDED)


def _read(field: PreparedQuestion, answer: object) -> Decision:
    node = field.read(answer_text(answer))
    try:
        _check(field, node)
    except Misfit as misfit:
        return Decision("invalid", reading=write(node), message=misfit.message, column=misfit.column)
    wrong = field.kind.wrong_anyway(field, node)
    if wrong:
        return Decision("invalid", reading=write(node), message=wrong)
    return Decision("undecided", reading=write(node), value=field.kind.value(field, node))


def _decided(field: PreparedQuestion, node: Node, previous: Mapping[str, str]) -> Decision:
    question = field.question
    reading = write(node)
    start = seed(question.secret, question.id, reading)
    base = Decision("different", "refuted", reading=reading)
    try:
        _check(field, node)
    except Misfit as misfit:
        foreseen = declared_mistake(field, node, start)
        if foreseen:
            return replace(base, mistake=foreseen.name, message=foreseen.message, credit=foreseen.credit)
        return replace(base, message=misfit.message, column=misfit.column)
    base = replace(base, value=field.kind.value(field, node))
    found = _against_right_answers(field, node, start)
    if found.verdict == "equal":
        return replace(base, verdict="equal", proof=found.proof, credit=1.0, cells=found.cells, points=found.points)
    if following(field, node, previous, start):
        return replace(base, verdict="equal", proof="numeric", credit=1.0, follows=True)
    if found.verdict == "undecided":
        return replace(base, verdict="undecided", proof="", message=_UNDECIDED)
    try:
        mistake = nearest(field, node, start)
    except Exhausted:
        mistake = None
    if mistake:
        return replace(base, mistake=mistake.name, message=mistake.message, credit=mistake.credit)
    return replace(base, message=found.message)


def _against_right_answers(field: PreparedQuestion, node: Node, start: int) -> Comparison:
    question = field.question
    ranged = field.kind.in_range(field, node)
    if ranged is not None:
        return ranged
    rights = [Right(field.reference, question.tolerance)] if field.reference is not None else []
    for other in question.alternatives:
        if other.answer.strip():
            rights.append(Right(field.read_author(other.answer), other.tolerance or question.tolerance))
    return field.kind.compare_with_any(field, rights, node, start) if rights else Comparison("different")


def _check(field: PreparedQuestion, node: Node) -> None:
    """Refuse a division by zero, an answer of the wrong kind, shapes and units that do not fit."""
    for part in walk(node):
        if isinstance(part, Binary) and part.operator == "/" and part.right == ZERO:
            raise Misfit("this divides by zero", part.column)
    field.kind.check(field, node)


def _value_at(node: Node, point: Mapping[str, str]) -> str | None:
    try:
        evaluator = Evaluator({name: Fraction(text) for name, text in point.items()}, _POINT_DIGITS)
        value = evaluator.number(evaluator.real(evaluator.value(node)))
    except (NoValue, ValueError, ZeroDivisionError):
        return None
    return str(evaluator.mp.nstr(value, _SHOWN_DIGITS))
