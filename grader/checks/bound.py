"""A bound on a number that student code produces: `bound`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from pydantic import Field, model_validator

from grader.checks.author_call import NOT_OF_THE_FORM, Raised, ask, not_real
from grader.checks.base import Complaint, Context, not_judged, passed
from grader.checks.case import Case
from grader.checks.code_spec import CallName, MeasuredMistakeSpec, RunSpec
from grader.checks.convert import from_value
from grader.checks.planted_code import FunctionCheck, with_mistake
from grader.checks.registry import register
from grader.checks.spec import ProbeName, PropertyName, Told
from grader.checks.value_kinds import form_of
from grader.records import Outcome, Verdict
from grader.runner.values import Value


class BoundSpec(RunSpec):
    """A function is right if a number about its results reaches a bound.

    `score: file:function` in `problems/properties/` gets what was drawn (`let` too, which no student code sees: labels)
    and what came out, and gives the number. Without it what came out is the number. `what` names it. `observe` runs the
    function in its place, as it does of a `call`: of a class it makes an object, uses it, and returns what came out.
    What is not finite or complex fails before `score` is asked, unless `finite: false` stands there.
    """

    kind: Literal["bound"]
    call: Told[CallName]
    observe: ProbeName | None = None
    score: PropertyName | None = None
    what: Told[str] = "the number"
    at_least: Told[float | None] = None
    at_most: Told[float | None] = None
    finite: bool = True
    cases: int = Field(default=1, ge=1, le=200)
    mistakes: tuple[MeasuredMistakeSpec, ...] = ()

    @model_validator(mode="after")
    def _has_a_bound(self) -> BoundSpec:
        if self.at_least is None and self.at_most is None:
            raise ValueError("nothing is asked — give `at_least`, `at_most` or both")
        return self

    @property
    def bound(self) -> str:
        """The bound in words."""
        low = [f"at least {self.at_least:g}"] if self.at_least is not None else []
        high = [f"at most {self.at_most:g}"] if self.at_most is not None else []
        return " and ".join([*low, *high])

    def asked(self) -> Sequence[str]:
        """The bound, and what may not be used."""
        return [f"{self.what} must be {self.bound}", *super().asked()]


@register("bound", place="runs", spec=BoundSpec)
class BoundCheck(FunctionCheck[BoundSpec]):
    """One function, one number per case."""

    @property
    def title(self) -> str:
        """The bound."""
        return self.spec.title or f"`{self.spec.call}`: {self.spec.what} is {self.spec.bound}"

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """Every case must reach the bound."""
        reached = []
        for case, value in zip(cases, came, strict=True):
            number = self._number(case, from_value(value))
            if isinstance(number, Outcome):
                return number
            if not self._is_reached(number):
                message = f"{self.spec.what} is {number:.4g}; it must be {self.spec.bound}"
                facts = (("input", case.preview()), (self.spec.what, f"{number:.6g}"))
                outcome = not_judged(Verdict.WRONG, message, details=facts)
                return with_mistake(outcome, self._said_of(partial(self._is_given_by, cases=cases, came=came)))
            reached.append(f"{number:.4g}")
        told = ", ".join(reached[:5]) + (", …" if len(reached) > 5 else "")
        return passed(f"{self.spec.what} is {told}: {self.spec.bound}")

    def _is_reached(self, number: float) -> bool:
        low = -math.inf if self.spec.at_least is None else self.spec.at_least
        high = math.inf if self.spec.at_most is None else self.spec.at_most
        return math.isfinite(number) and low <= number <= high

    def _number(self, case: Case, came: Any) -> float | Outcome:
        """The number of a case; what is said where there is none."""
        if self.spec.score is None:
            score: Any = came
        elif self.spec.finite and (says := not_real(came)) is not None:
            return not_judged(Verdict.WRONG, says)
        else:
            score = ask(self.part.author_code.property_function(self.spec.score), case.for_author(), came)
        number = score if isinstance(score, Raised) else ask(_number, score)
        if not isinstance(number, Raised):
            return number
        says = f"{NOT_OF_THE_FORM}: it is {form_of(came)}"
        return not_judged(Verdict.WRONG, says, details=(("reason", number.reason),), staff=number.where)

    def problems(self) -> Sequence[Complaint]:
        """A reference that does not reach the bound."""
        return super().problems() or self.fails_of_reference(self.sample[:1], "call")


def _number(value: Any) -> float:
    """A number or a tensor of one. Raises `TypeError` for a text, too, which Python would read."""
    if isinstance(value, str | bytes):
        raise TypeError("a text is no number")
    return float(value)
