"""What all kinds of typed fields share.

Owns a field's identity and what can be said of an answer before its kind is known: that there is none, or
that it is no text. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from grader.checks.base import CheckSpec, Complaint, Context, PartFacts, not_judged, only
from grader.record import Outcome, Verdict, Visibility
from grader.sandbox.base import Observation, Probe


class FieldSpec(CheckSpec):
    """A field says in one line what to type."""

    asks: str
    labels: tuple[str, ...] = ()
    """Names beside the field's own that may stand left of `=`."""

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked; the answer is read, and judged after the deadline."""
        return {**super().for_students(written), **only(written, "asks", "labels")}


AnyFieldSpec = TypeVar("AnyFieldSpec", bound=FieldSpec)


@dataclass(frozen=True)
class FieldCheck(Generic[AnyFieldSpec]):
    """One field of one part. A kind adds `read` and `judge_text`."""

    part: PartFacts
    name: str
    spec: AnyFieldSpec

    @property
    def id(self) -> str:
        """`part.field`."""
        return f"{self.part.id}.{self.name}"

    @property
    def kind(self) -> str:
        """The kind's name."""
        return self.spec.kind

    @property
    def title(self) -> str:
        """What is asked."""
        return self.spec.asks

    @property
    def points(self) -> float:
        """The most it can earn."""
        return self.spec.points

    @property
    def bonus(self) -> bool:
        """Whether its points lie on top of the part's."""
        return self.spec.bonus

    @property
    def visibility(self) -> Visibility:
        """Who may see the outcome before release."""
        return self.spec.visibility

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of the fields that must have earned credit first."""
        return tuple(f"{self.part.id}.{name}" for name in self.spec.after)

    def probes(self, context: Context) -> Sequence[Probe]:
        """Nothing runs: what is typed is judged outside."""
        return ()

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

    def problems(self) -> Sequence[Complaint]:
        """Nothing beyond what the spec checks."""
        return ()

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
