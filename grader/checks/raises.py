"""An exception that is asked for: `raises`."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Literal

from pydantic import field_validator

from grader.checks.base import Complaint, Context, not_judged, passed
from grader.checks.case import Case
from grader.checks.code_spec import CallName, RunSpec
from grader.checks.planted_code import FunctionCheck
from grader.checks.registry import register
from grader.checks.spec import Told
from grader.errors import nearest
from grader.records import Outcome, Verdict
from grader.runner.values import Value

OBSERVER = "@raising:raised"


class RaisesSpec(RunSpec):
    """A function must raise an exception of Python's own, or one derived from it, on every one of these inputs."""

    kind: Literal["raises"]
    call: Told[CallName]
    error: Told[str]

    @field_validator("error")
    @classmethod
    def _is_an_exception(cls, value: str) -> str:
        known = [name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, Exception)]
        if value not in known:
            near = nearest(value, known)
            raise ValueError(f"{value!r} is no exception of Python's — such as {near or 'ValueError'}")
        return value

    def is_comparison(self) -> bool:
        """No: a function that always raises would pass."""
        return False


@register("raises", place="runs", spec=RaisesSpec)
class RaisesCheck(FunctionCheck[RaisesSpec]):
    """One function on inputs that it must refuse."""

    @property
    def title(self) -> str:
        """What must be raised."""
        return self.spec.title or f"`{self.spec.call}` raises {self.spec.error}"

    @property
    def observer(self) -> str:
        """See `grader.runner.observing.raising`."""
        return OBSERVER

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """Every case must raise it."""
        for case, value in zip(cases, came, strict=True):
            raised = list(map(str, value)) if isinstance(value, list) else []
            if self.spec.error not in raised:
                does = f"raises {raised[0]}" if raised else "returns a value"
                message = f"{self.spec.error} must be raised here; your function {does}"
                facts = (("input", case.preview()), *self._again(context, case, {}))
                return not_judged(Verdict.WRONG, message, details=facts)
        return passed(f"raises {self.spec.error} in {len(cases)} of {len(cases)} cases{self.counts_beside}")

    def problems(self) -> Sequence[Complaint]:
        """A reference that does not raise it."""
        return super().problems() or self.fails_of_reference(self.sample[:1], "error")
