"""A student's function held against the reference or against a property: `call`.

Owns the judgement of values that came out, and the recognition of planted mistakes among them. How values are
compared belongs to `closeness`; how they were obtained to `run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.checks.base import Check, Complaint, Context, PartFacts, missing, not_judged, register
from grader.checks.closeness import Difference, differ
from grader.checks.failed import failed
from grader.checks.pairing import PairingCheck
from grader.checks.run import Case, FieldExpectation, RunCheck, RunSpec, detached, from_wire, to_live
from grader.record import Outcome, Verdict
from grader.sandbox.base import Observation

NOT_OF_THE_FORM = (TypeError, ValueError, IndexError, AttributeError, RuntimeError, KeyError)
"""What a property raises when it is handed a value of a shape or type that nobody asked for."""


class CallCheck(RunCheck):
    """A student's function; every case must hold."""

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """The first case that fails decides; all must hold."""
        output = "".join(o.stdout + o.stderr for o in observations)[:4000]
        cases = self.cases(context)
        for case, observation in zip(cases, observations, strict=True):
            if observation.status != "returned":
                return failed(observation, case.preview(), output)
        values = [from_wire(observation.value) for observation in observations]
        for i, case in enumerate(cases):
            difference = self._difference(case, values[i], i)
            if difference is not None:
                mistake = self._mistake(cases, values)
                message = f"{difference.message} — {mistake}" if mistake else difference.message
                facts = (("input", case.preview()), *difference.details)
                return not_judged(Verdict.WRONG, message, details=facts, mistake=mistake, output=output)
        return Outcome(verdict=Verdict.CORRECT, credit=1.0, message=self._praise(len(cases)), output=output)

    def _praise(self, count: int) -> str:
        what = "holds" if self.spec.holds else "agrees with the reference"
        return f"{what} in {count} of {count} cases"

    def _difference(self, case: Case, value: Any, index: int) -> Difference | None:
        if self.spec.holds is not None:
            holds = self.part.library.judge_of_property(self.spec.holds)
            try:
                says = holds({name: to_live(v) for name, v in case.names.items()}, value)
            except NOT_OF_THE_FORM as error:
                return Difference("what came out is not of the form that is asked for", (("reason", str(error)[:200]),))
            return None if says is None else Difference(says)
        expected = self._run_outside(self._oracle(), case, index)
        return differ(value, expected, self.relative)

    def _oracle(self) -> Any:
        if isinstance(self.spec.expect, str):
            return self.part.library.reference(self.spec.expect)
        return self.part.library.oracle(self.spec.call or "")

    def _run_outside(self, function: Any, case: Case, index: int) -> Any:
        """What a trusted function gives on the same inputs, observed the same way."""
        import torch

        torch.default_generator.manual_seed(index)  # `torch.manual_seed` formats the stack, for milliseconds
        args = [to_live(value) for value in case.args]
        if self.spec.observe is not None:
            return detached(self.part.library.observer(self.spec.observe)(function, *args))
        return detached(function(*args))

    def _mistake(self, cases: Sequence[Case], values: Sequence[Any]) -> str | None:
        """The planted variant that gives the same wrong values in every case, if there is one."""
        if self.spec.holds is not None or not self.part.library.has_reference:
            return None
        for mistake in self.spec.mistakes:
            wrong = self.part.library.mistake(mistake.code)
            try:
                same = all(
                    differ(values[i], self._run_outside(wrong, case, i), self.relative) is None
                    for i, case in enumerate(cases)
                )
            except NOT_OF_THE_FORM:
                continue
            if same:
                return mistake.says
        return None

    def problems(self) -> Sequence[Complaint]:
        """Inputs that cannot be drawn, functions that do not exist."""
        found, library = list(super().problems()), self.part.library
        if self.spec.holds is not None:
            found += missing(("holds",), library.judge_of_property, self.spec.holds)
        if not library.has_reference:
            return found
        if isinstance(self.spec.expect, str):
            found += missing(("expect",), library.reference, self.spec.expect)
        elif self.spec.call and self.spec.holds is None:
            found += missing(("call",), library.oracle, self.spec.call)
        for i, mistake in enumerate(self.spec.mistakes):
            found += missing(("mistakes", i, "code"), library.mistake, mistake.code)
        return found


@register("call", place="runs", spec=RunSpec)
def _run(part: PartFacts, name: str, spec: RunSpec) -> Check:
    kind = PairingCheck if isinstance(spec.expect, FieldExpectation) else CallCheck
    return kind(part, name, spec)
