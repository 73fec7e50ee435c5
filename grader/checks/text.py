"""Words that a person marks: `text`.

Owns the rubric as data, and what can be said without a person: that an answer is blank. Evidence phrases
only ever highlight; they never give or take a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from grader.checks.base import Complaint, Family
from grader.checks.field import FieldCheck, FieldSpec
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, Spec, Withheld
from grader.errors import did_you_mean
from grader.submission.model import Submission


class RubricItemSpec(Spec):
    """One thing that earns points."""

    earns: str
    points: float = Field(gt=0)


def _unsaid(rubric: Sequence[RubricItemSpec]) -> list[dict[str, str]]:
    """A rubric of as many points that says nothing."""
    return [{"earns": WITHHELD, "points": f"{sum(item.points for item in rubric):g}"}]


class TextSpec(FieldSpec):
    """A free answer with its rubric.

    `beside` names what whoever marks it must see, too: fields of the part, and files; by default all other answers.
    """

    kind: Literal["text"]
    rubric: Annotated[tuple[RubricItemSpec, ...], InKit(_unsaid)] = Field(min_length=1)
    full: Withheld[str]
    empty: Withheld[str]
    evidence: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> TextSpec:
        total = sum(item.points for item in self.rubric)
        if abs(total - self.points) > 1e-9:
            raise ValueError(f"the rubric adds up to {total:g}, `points` says {self.points:g}")
        return self


@register("text", place="fields", spec=TextSpec)
class TextCheck(FieldCheck[TextSpec]):
    """One free answer: missing, or waiting for a person, as nobody else judges words."""

    family: ClassVar[Family] = Family.TEXT

    @property
    def asked(self) -> str:
        """What is asked, and that words are wanted."""
        return f"{self.spec.asks} (in words)"

    def template_lines(self) -> Sequence[str]:
        """With room for several lines."""
        *asks, key = super().template_lines()
        return [*asks, f"{key} |", ""]

    def problems(self) -> Sequence[Complaint]:
        """What stands beside it must be another field of the part, or a file."""
        known = self.part.fields.keys() - {self.name}
        return [
            (("beside", i), f"{name!r} is no other field of {self.part.id} and no file{did_you_mean(name, known)}")
            for i, name in enumerate(self.spec.beside)
            if name not in known and "." not in name
        ]

    def spoilt(self, submission: Submission) -> Submission:
        """As it was: no words are worthless before a person has read them."""
        return submission
