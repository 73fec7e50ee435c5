"""Identities among the student's own fields: `identity`.

Owns checks that need no answer key, such as `C_0*N_opt*D_opt = C`: public, worth no points, and the best
help a student can get before the deadline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from grader.checks.base import Check, Complaint, Context, Family, not_judged
from grader.checks.decision_outcome import to_outcome
from grader.checks.field import answered
from grader.checks.registry import register
from grader.checks.spec import CheckSpec
from grader.maths.reading.question import Question
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation


class IdentitySpec(CheckSpec):
    """A statement over fields of the part and symbols that must hold."""

    kind: Literal["identity"]
    name: str = Field(pattern=r"^\w+$")
    holds: str
    says: str
    visibility: Literal["public"] = "public"
    points: Literal[0] = 0

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """All of it: no key is involved."""
        return dict(written)


@register("identity", place="checks", spec=IdentitySpec)
class IdentityCheck(Check[IdentitySpec]):
    """One statement, with the student's fields in the place of their names."""

    family: ClassVar[Family] = Family.STATEMENT

    @property
    def id(self) -> str:
        """`part.holds.name`."""
        return f"{self.part.id}.holds.{self.spec.name}"

    @property
    def title(self) -> str:
        """What it asks."""
        return self.spec.says

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Whether the statement holds once the student's fields stand in it."""
        previous = answered(context, self.part.id, self._names())
        if missing := [name for name in self._names() if name not in previous]:
            return not_judged(Verdict.BLOCKED, f"waits for {', '.join(missing)}")
        secret, _ = self.drawn_from(context)
        question = Question(id=self.id, kind="equation", reference="", symbols=self.part.symbols, secret=secret)
        decision = context.judge.holds(question, self.spec.holds, previous)
        outcome = to_outcome(decision, "")
        if outcome.verdict is Verdict.UNREADABLE:
            return not_judged(Verdict.BLOCKED, f"waits for a readable answer: {decision.message}")
        words = "holds" if outcome.verdict is Verdict.CORRECT else "does not hold yet"
        return outcome.model_copy(
            update={"message": f"{words}: {self.spec.says}", "answer": None, "reading": None, "value": None}
        )

    def sentences(self) -> Sequence[str]:
        """What the statement says."""
        return [self.spec.says]

    def _names(self) -> list[str]:
        words = set(re.findall(r"[A-Za-z_]\w*", self.spec.holds))
        return [name for name in self.part.fields if name in words]

    def problems(self) -> Sequence[Complaint]:
        """An identity must speak of at least one field."""
        if self._names():
            return []
        return [(("holds",), f"names no field of this part (there are: {', '.join(self.part.fields)})")]
