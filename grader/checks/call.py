"""A student's function held against the reference or against a property: `call`.

Owns the judgement of values that came out, and the recognition of planted mistakes among them. How values are
compared belongs to `closeness`; how they were obtained to `run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from grader.checks.base import Check, Complaint, Context, PartFacts, missing, not_judged, register
from grader.checks.closeness import Difference, differ
from grader.checks.failed import failed
from grader.checks.live import detached, from_wire, to_live, to_wire
from grader.checks.pairing import PairingCheck
from grader.checks.run import Case, FieldExpectation, RunCheck, RunSpec
from grader.library import oracle_name
from grader.record import Outcome, Verdict
from grader.sandbox.base import Observation
from grader.wire import Value

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
            difference = self._difference(context, case, values[i], i)
            if difference is not None:
                mistake = self._mistake(context, cases, observations)
                message = f"{difference.message} — {mistake}" if mistake else difference.message
                facts = (("input", case.preview()), *difference.details)
                return not_judged(Verdict.WRONG, message, details=facts, mistake=mistake, output=output)
        return Outcome(verdict=Verdict.CORRECT, credit=1.0, message=self._praise(len(cases)), output=output)

    def _praise(self, count: int) -> str:
        what = "holds" if self.spec.holds else "agrees with the reference"
        return f"{what} in {count} of {count} cases"

    def _difference(self, context: Context, case: Case, value: Any, index: int) -> Difference | None:
        if self.spec.holds is not None:
            holds = self.part.library.judge_of_property(self.spec.holds)
            try:
                says = holds({name: to_live(v) for name, v in case.names.items()}, value)
            except NOT_OF_THE_FORM as error:
                return Difference("what came out is not of the form that is asked for", (("reason", str(error)[:200]),))
            return None if says is None else Difference(says)
        name = self._oracle
        expected = context.findings.once(
            [name, self.spec.observe or ""],
            lambda: _asked([case], [index]),
            lambda: self._run_outside(self.part.library.reference(name), case, index),
        )
        return differ(value, expected, self.relative)

    @property
    def _oracle(self) -> str:
        """What the student's function is held against, by its name in the reference."""
        return self.spec.expect if isinstance(self.spec.expect, str) else oracle_name(self.spec.call or "")

    def _run_outside(self, function: Any, case: Case, index: int) -> Any:
        """What a trusted function gives on the same inputs, observed the same way."""
        import torch

        torch.default_generator.manual_seed(index)  # `torch.manual_seed` formats the stack, for milliseconds
        args = [to_live(value) for value in case.args]
        if self.spec.observe is not None:
            return detached(self.part.library.observer(self.spec.observe)(function, *args))
        return detached(function(*args))

    def _mistake(self, context: Context, cases: Sequence[Case], observations: Sequence[Observation]) -> str | None:
        """The planted variant that gives the same wrong values in every case, if there is one."""
        if self.spec.holds is not None or not self.part.library.has_reference:
            return None
        for mistake in self.spec.mistakes:
            same = context.findings.once(
                [mistake.code, self.spec.observe or ""],
                lambda: [_asked(cases, range(len(cases))), [seen.value for seen in observations], self.relative],
                partial(self._is_given_by, self.part.library.mistake(mistake.code), cases, observations),
            )
            if same:
                return mistake.says
        return None

    def _is_given_by(self, wrong: Any, cases: Sequence[Case], observations: Sequence[Observation]) -> bool:
        """Whether a wrong function gives what came out, in every case."""
        try:
            return all(
                differ(from_wire(observations[i].value), self._run_outside(wrong, case, i), self.relative) is None
                for i, case in enumerate(cases)
            )
        except NOT_OF_THE_FORM:
            return False

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


def _asked(cases: Sequence[Case], seeds: Sequence[int]) -> Value:
    """What a run depends on beside the code."""
    return [[*map(to_wire, case.args), seed] for case, seed in zip(cases, seeds, strict=True)]


@register("call", place="runs", spec=RunSpec)
def _run(part: PartFacts, name: str, spec: RunSpec) -> Check:
    kind = PairingCheck if isinstance(spec.expect, FieldExpectation) else CallCheck
    return kind(part, name, spec)
