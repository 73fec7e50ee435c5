"""Pairings: the student's own formula against what was executed.

Owns the evaluation of a typed field at the inputs of a run. Public and worth no points: it tells a student that
formula and code disagree without telling which is right, and staff which of the two it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from grader.checks.base import Complaint, Context, Family, not_judged, passed
from grader.checks.case import Case
from grader.checks.code import CodeCheck
from grader.checks.code_spec import FieldExpectation
from grader.checks.compare_values import differ
from grader.checks.convert import from_value
from grader.checks.difference import apart
from grader.checks.field import answered
from grader.checks.formula import FormulaCheck
from grader.checks.formula_spec import is_scalar
from grader.checks.input_language import DrawError, evaluate
from grader.records import Outcome, Verdict
from grader.runner.values import Value
from grader.sandbox.base import Observation, Probe
from grader.seeding import generator


class PairingCheck(CodeCheck):
    """One field held against one run."""

    @property
    def expected(self) -> FieldExpectation:
        """Which field, which member of the result, and further symbols' values."""
        assert isinstance(self.spec.expect, FieldExpectation)  # what makes it a pairing
        return self.spec.expect

    @property
    def id(self) -> str:
        """`part.field.pairing`."""
        return f"{self.part.id}.{self.expected.field}.pairing"

    family: ClassVar[Family] = Family.STATEMENT

    @property
    def kind(self) -> str:
        """A kind of its own in records."""
        return "pairing"

    @property
    def title(self) -> str:
        """What it asks."""
        against = f"`{self.spec.call}`" if self.spec.call else "an experiment"
        return self._with_tolerance(self.spec.title or f"`{self.expected.field}` against {against}")

    def probes(self, context: Context) -> Sequence[Probe]:
        """One probe per case; none while there is no formula to hold against them."""
        return super().probes(context) if self._formula(context) is not None else ()

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Blocked where there is no formula that can be read, or where the code stops."""
        typed = context.outcomes.get(f"{self.part.id}.{self.expected.field}")
        if self._formula(context) is None or (typed and typed.verdict is Verdict.UNREADABLE):
            return not_judged(Verdict.BLOCKED, f"waits for {self.expected.field}")
        if all(one.status == "returned" for one in observations):
            return self.judge_values(context, self.cases(context), [one.value for one in observations])
        why = super().judge(context, observations)
        if why.verdict is Verdict.MISSING:
            return not_judged(Verdict.BLOCKED, f"waits for {self.function}")
        return not_judged(Verdict.BLOCKED, f"waits for the code: {why.message}", details=why.details)

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """Whether formula and execution agree in every case."""
        name = self.expected.field
        field = FormulaCheck(self.part, name, self.part.fields[name])  # type: ignore[arg-type]  # see problems()
        points = [self._point(case) for case in cases]
        numbers = context.judge.evaluate(field.question(reference=""), self._formula(context) or "", points)
        for case, number, value in zip(cases, numbers, came, strict=True):
            if number is None:
                return not_judged(Verdict.BLOCKED, f"{name} cannot be evaluated at {case.preview()}")
            its = self._member(from_value(value))
            if its is None:
                return not_judged(Verdict.BLOCKED, "the code gives no number here")
            if differ(its, float(number), self.tolerance) is not None:
                return self._disagree(context, case, *apart(float(number), its))
        return passed(f"formula and {self._other} agree in {len(cases)} of {len(cases)} cases")

    def _formula(self, context: Context) -> str | None:
        """What was typed into the field that it holds against the code; None if nothing was."""
        return answered(context, self.part.id, [self.expected.field]).get(self.expected.field)

    @property
    def _other(self) -> str:
        return "code" if self.spec.call else "experiment"

    def _point(self, case: Case) -> Mapping[str, str]:
        """The value of every symbol of the formula that the case fixes."""
        names, rng = dict(case.names), generator(0)
        for name, text in self.expected.at.items():
            names[name] = evaluate(text, names, rng, self.part.author_code)
        numbers = {name: value for name, value in names.items() if isinstance(value, int | float)}
        return {name: repr(value) for name, value in numbers.items() if name in self.part.symbols}

    def _member(self, value: Any) -> Any:
        """The number that the formula is held against; None if there is none."""
        if self.expected.element is not None:
            if not isinstance(value, list) or len(value) <= self.expected.element:
                return None
            value = value[self.expected.element]
        is_number = (
            value.numel() == 1 and not value.is_complex() if hasattr(value, "numel") else isinstance(value, int | float)
        )
        if not is_number:
            return None
        return value.item() if hasattr(value, "item") else value

    def _disagree(self, context: Context, case: Case, formula: str, came: str) -> Outcome:
        message = f"formula and {self._other} disagree: your formula gives {formula}, the {self._other} {came}"
        details = (("input", case.preview()),)
        return not_judged(Verdict.WRONG, message, details=details, staff=self._which(context))

    def _which(self, context: Context) -> str:
        """Which of the two agrees with the reference, where that is known: for staff, as the field is hidden."""
        known = {
            "the formula": context.outcomes.get(f"{self.part.id}.{self.expected.field}"),
            f"the {self._other}": context.outcomes.get(f"{self.part.id}.run.{self.function}"),
        }
        right = [
            what
            for what, outcome in known.items()
            if outcome and outcome.verdict is Verdict.CORRECT and not outcome.follows
        ]
        return f"{right[0]} agrees with the reference" if len(right) == 1 else ""

    def problems(self) -> Sequence[Complaint]:
        """The field must exist and be a formula; further values must be computable."""
        found = list(super().problems())
        spec = self.part.fields.get(self.expected.field)
        if spec is None or not is_scalar(spec):
            allowed = ", ".join(n for n, s in self.part.fields.items() if is_scalar(s))
            found.append(
                (("expect", "field"), f"{self.expected.field!r} is no formula of this part — allowed: {allowed}")
            )
        try:
            self._point(self._case(generator(0), 0))
        except DrawError as error:
            found.append((("expect", "at"), str(error)))
        return found
