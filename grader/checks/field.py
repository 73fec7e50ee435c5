"""What all kinds of typed fields share.

Owns what can be said of an answer before its kind is known: that there is none, or
that it is no text. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from grader.checks.base import CheckSpec, Context, not_judged, only
from grader.checks.written import WrittenCheck
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation


class FieldSpec(CheckSpec):
    """A field says in one line what to type."""

    asks: str
    labels: tuple[str, ...] = ()
    """Names beside the field's own that may stand left of `=`."""

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked; the answer is read, and judged after the deadline."""
        return {**super().for_students(written), **only(written, "asks", "labels")}


AnyFieldSpec = TypeVar("AnyFieldSpec", bound=FieldSpec)


class FieldCheck(WrittenCheck[AnyFieldSpec]):
    """One field of one part: what is typed, judged outside. A kind adds `judge_text`, and says how it reads."""

    @property
    def title(self) -> str:
        """What is asked."""
        return self.spec.asks

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Hold the answer against the expectation."""
        text = self._text(context)
        return text if isinstance(text, Outcome) else self.judge_text(context, text)

    def read(self, context: Context) -> Outcome:
        """What a student may know before the deadline: whether the answer can be read, and how."""
        text = self._text(context)
        return text if isinstance(text, Outcome) else self.read_text(context, text)

    def judge_text(self, context: Context, text: str) -> Outcome:
        """Judge an answer that is there."""
        raise NotImplementedError

    def read_text(self, context: Context, text: str) -> Outcome:
        """Read an answer that is there: unreadable, or `needs_review` with its reading."""
        return Outcome(verdict=Verdict.NEEDS_REVIEW, answer=text)

    def _text(self, context: Context) -> str | Outcome:
        answer = context.submission.answer(self.part.id, self.name)
        if answer is None or (answer.fault is None and not (answer.text or "").strip()):
            return not_judged(Verdict.MISSING, "not started: nothing is typed here yet")
        if answer.fault is not None:
            return not_judged(Verdict.UNREADABLE, answer.fault, answer=answer.text)
        return answer.text or ""


def answered(context: Context, part: str, names: Sequence[str]) -> dict[str, str]:
    """Those of the fields that hold a text, by name."""
    answers: dict[str, Any] = {name: context.submission.answer(part, name) for name in names}
    return {name: answer.text for name, answer in answers.items() if answer and (answer.text or "").strip()}
