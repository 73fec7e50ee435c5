"""What all kinds of typed fields share.

Owns the way from an answer to what its kind says of it: that there is none, that it cannot be read, how it reads, what
it earns; and the answers that authors list. Registers no kind.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field
from typing_extensions import TypeVar

from grader.checks.base import Check, Complaint, Context, Family, Variant, not_judged
from grader.checks.control import BOX, Control
from grader.checks.spec import CheckSpec, Spec, Told, notes_of
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation
from grader.submission.model import Answer, Submission

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge

_WIDTH = 108
"""Characters of a line that asks, so that the answers file, which indents it, stays below 111."""


class FieldSpec(CheckSpec):
    """A field says in one line what to type."""

    asks: Told[str]
    labels: Told[tuple[str, ...]] = ()
    """Names beside the field's own that may stand left of `=`."""


class MistakeSpec(Spec):
    """A wrong answer that the author foresaw."""

    answer: str
    says: str
    credit: float = Field(default=0, ge=0, lt=1)


class ForeseenSpec(FieldSpec):
    """A field of which an author lists answers: other ways to write what is right, and wrong ones."""

    accepted: tuple[str, ...] = ()
    """`validate` wants them to earn everything."""
    mistakes: tuple[MistakeSpec, ...] = ()


AnyFieldSpec = TypeVar("AnyFieldSpec", bound=FieldSpec, default=FieldSpec, covariant=True)


def comment(text: str, start: str = "# ") -> list[str]:
    """A paragraph as comment lines of an answers file, indented below its first line."""
    return textwrap.wrap(
        " ".join(text.split()), _WIDTH, initial_indent=start, subsequent_indent="#".ljust(len(start) + 2)
    )


class Unreadable(Exception):
    """What was typed cannot be read; the message is for the student."""


class FieldCheck(Check[AnyFieldSpec]):
    """One field of one part: what is typed, judged outside.

    A kind adds `read` and `judge_read`; where reading needs more, `read_text` and `judge_text`.
    """

    family: ClassVar[Family] = Family.ANSWER

    @property
    def title(self) -> str:
        """What is asked."""
        return self.spec.asks

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Hold the answer against the expectation."""
        return self._typed(context, self.judge_text)

    def before_deadline(self, context: Context) -> Outcome:
        """Whether the answer can be read, and how."""
        return self._typed(context, self.read_text)

    def judge_text(self, context: Context, text: str) -> Outcome:
        """Judge an answer that is there."""
        return self._read_then(self.judge_read, context, text)

    def read_text(self, context: Context, text: str) -> Outcome:
        """Read an answer that is there: unreadable, or `needs_review` with its reading."""
        return self._read_then(lambda context, meant, read: read, context, text)

    def read(self, context: Context, text: str) -> tuple[Any, str | None]:
        """What is meant by an answer that is there, and how it reads.

        Raises:
            Unreadable: nothing that is asked for.
        """
        return text, None

    def judge_read(self, context: Context, meant: Any, read: Outcome) -> Outcome:
        """Judge what is meant; `read` is the outcome of an answer that is read and not judged.

        What no kind judges waits for a person.

        Raises:
            Unreadable: it cannot be held against what is right.
        """
        return read.model_copy(update={"message": "a person reads this"})

    def _read_then(self, go_on: Callable[[Context, Any, Outcome], Outcome], context: Context, text: str) -> Outcome:
        try:
            meant, reading = self.read(context, text)
            return go_on(context, meant, Outcome(verdict=Verdict.NEEDS_REVIEW, answer=text, reading=reading))
        except Unreadable as error:
            return not_judged(Verdict.UNREADABLE, str(error), answer=text)

    @property
    def asked(self) -> str:
        """What is asked, as the answers file says it."""
        return self.spec.asks

    @property
    def asked_with_notes(self) -> str:
        """What is asked, with what checks of code ask of it."""
        return " ".join([self.asked, *self.notes])

    @property
    def notes(self) -> Sequence[str]:
        """What checks of code ask of it."""
        return notes_of(self.part.runs, self.name)

    @property
    def control(self) -> Control:
        """How a page asks for it."""
        return BOX

    def named(self) -> Iterable[str]:
        """The field, and what may be chosen in it."""
        return (self.name, *self.control.options, *self.control.slots)

    def offered(self) -> Sequence[str]:
        """What can be chosen, as comment lines of the answers file."""
        return ()

    def template_lines(self) -> Sequence[str]:
        """What is asked, what can be chosen, and the key below."""
        return [*comment(self.asked_with_notes), *self.offered(), f"{self.name}:"]

    def spoilt(self, submission: Submission) -> Submission:
        """With a wrong answer here: one that its author foresaw, or else a number that nobody asked for."""
        worthless = [mistake for mistake in self.planted_mistakes() if mistake.credit == 0]
        return (worthless[0] if worthless else self.variant("12345.678")).plant(submission)

    def variant(self, answer: str, **facts: Any) -> Variant:
        """A submission with this answer here. `facts` are those of `Variant`."""
        return Variant(answer, partial(self._with_answer, answer), **facts)

    def planted_mistakes(self) -> Sequence[Variant]:
        """The wrong answers that its author foresaw."""
        mistakes = self.spec.mistakes if isinstance(self.spec, ForeseenSpec) else ()
        return [
            self.variant(one.answer, credit=one.credit, says=one.says, place=("mistakes", i))
            for i, one in enumerate(mistakes)
        ]

    def accepted(self) -> Sequence[Variant]:
        """Other ways to write what is right."""
        answers = self.spec.accepted if isinstance(self.spec, ForeseenSpec) else ()
        return [self.variant(answer, credit=1.0, place=("accepted", i)) for i, answer in enumerate(answers)]

    def problems_judged(self, judge: Judge) -> Sequence[Complaint]:
        """Listed mistakes that cannot be read, or are right."""
        context, found = Context(Submission("", {}), judge, b""), list[Complaint]()
        for i, mistake in enumerate(self.spec.mistakes if isinstance(self.spec, ForeseenSpec) else ()):
            outcome = self.judge_text(context, mistake.answer)
            if outcome.verdict is Verdict.UNREADABLE:
                found.append((("mistakes", i, "answer"), f"{mistake.answer!r} cannot be read: {outcome.message}"))
            elif outcome.verdict is Verdict.CORRECT:
                found.append((("mistakes", i, "answer"), f"{mistake.answer!r} is listed as a mistake but is right"))
        return found

    def _with_answer(self, answer: str, submission: Submission) -> Submission:
        return replace(submission, answers={**submission.answers, (self.part.id, self.name): Answer(answer)})

    def _typed(self, context: Context, go_on: Callable[[Context, str], Outcome]) -> Outcome:
        answer = context.submission.answer(self.part.id, self.name)
        if answer is None or not answer.is_given:
            return not_judged(Verdict.MISSING, "not started: nothing is typed here yet")
        if answer.fault is not None:
            return not_judged(Verdict.UNREADABLE, answer.fault, answer=answer.text)
        return go_on(context, answer.text or "")


def answered(context: Context, part: str, names: Sequence[str]) -> dict[str, str]:
    """Those of the fields that hold a text, by name."""
    answers = {name: context.submission.answer(part, name) for name in names}
    return {name: answer.text for name, answer in answers.items() if answer and answer.text and answer.is_given}


def partly(read: Outcome, credit: float, says: str, mistake: str = "") -> Outcome:
    """An answer that was read, judged by its share of the points; `says` is told where it is not all of them."""
    if credit >= 1:
        return read.model_copy(update={"verdict": Verdict.CORRECT, "credit": 1.0, "proof": "exact"})
    verdict = Verdict.PARTIAL if credit > 0 else Verdict.WRONG
    facts = {"verdict": verdict, "credit": round(credit, 9), "message": says, "mistake": mistake or None}
    return read.model_copy(update=facts)
