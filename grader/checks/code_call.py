"""A student's function held against the reference or against a property: `call`.

Owns the judgement of values that came out, and the recognition of planted mistakes among them. How values are
compared belongs to `compare_values`; how they were obtained to `code`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from grader.checks.author_call import NOT_OF_THE_FORM, Raised, ask, not_real
from grader.checks.author_results import author_result
from grader.checks.base import Check, Complaint, Context, PartFacts, missing, not_judged, passed
from grader.checks.case import Case, smallest_first
from grader.checks.code_pairing import PairingCheck
from grader.checks.code_spec import CodeSpec, FieldExpectation
from grader.checks.compare_values import differ
from grader.checks.convert import from_value, to_value
from grader.checks.difference import Difference, shortened
from grader.checks.forbidden import watched
from grader.checks.mixed_numbers import beside_floats
from grader.checks.planted_code import FunctionCheck
from grader.checks.registry import register
from grader.files.author_code import oracle_name
from grader.records import Outcome, Verdict
from grader.runner.values import Value
from grader.sandbox.base import Observation
from grader.sandbox.run_calls import REQUEST_BYTES


class Failing(NamedTuple):
    """A case that fails.

    Attributes:
        case: its number.
        difference: how it fails.
        results: what is told beside the call, by whose it is; what came out is told, too, where `until` is None.
        until: the case as far as it is repeated, where that is not all of it.
    """

    case: int
    difference: Difference
    results: Mapping[str, Any]
    until: Case | None = None


class CallCheck(FunctionCheck[CodeSpec]):
    """A student's function; every case must hold."""

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """All cases must hold; the smallest that fails is told, which is repeated most easily."""
        first = self._first_failing(context, cases, came)
        if first is None:
            what = "holds" if self.spec.holds else "agrees with the reference"
            return passed(f"{what} in {len(cases)} of {len(cases)} cases{self.counts_beside}")
        failing, difference, results, until = first
        mistake = self._mistake(context, cases, came)
        message = f"{difference.message} — {mistake}" if mistake else difference.message
        results = results if until else {"yours": came[failing], **results}
        again = self._again(context, until or cases[failing], results)
        facts = (("input", cases[failing].preview()), *difference.details, *again)
        return not_judged(Verdict.WRONG, message, details=facts, mistake=mistake, staff=difference.staff)

    def refused_cases(self, context: Context, observations: Sequence[Observation]) -> Sequence[bool]:
        """See `Check.refused_cases`: each case held against the reference, or the property, by itself."""
        cases = self.cases(context)
        told = watched(context.submission.files, self.spec.call or "", self.forbids, observations)
        if isinstance(told, Outcome):
            return [True] * len(cases)
        return [
            one.status != "returned" or self._first_failing(context, [case], [one.value]) is not None
            for case, one in zip(cases, told, strict=True)
        ]

    def _first_failing(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Failing | None:
        return (self._first_broken if self.spec.holds else self._first_other)(context, cases, came)

    def _first_broken(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Failing | None:
        """The smallest case in which the property does not hold."""
        name = self.spec.holds or ""
        holds = self.part.author_code.property_function(name)
        found = author_result(
            context.cache,
            self.part.author_code,
            [name],
            lambda: [[{word: to_value(value) for word, value in case.names.items()} for case in cases], list(came)],
            lambda: self._where_broken(holds, cases, came),
        )
        if found is None:
            return None
        index, message, reason, staff = found
        return Failing(index, Difference(message, (("reason", reason),) if reason else (), staff), {})

    def _where_broken(
        self, holds: Callable[..., object], cases: Sequence[Case], came: Sequence[Value]
    ) -> list[Any] | None:
        """The smallest case in which a property does not hold: its number, what is said, why, and what staff read."""
        for i in smallest_first(cases):
            seen = from_value(came[i])
            if self.spec.finite and (says := not_real(seen)) is not None:
                return [i, says, "", ""]
            answer = ask(_sentence, holds, cases[i].for_author(), seen)
            if isinstance(answer, Raised):
                return [i, NOT_OF_THE_FORM, answer.reason, answer.where]
            if answer is not None:
                return [i, answer, "", ""]
        return None

    def _first_other(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Failing | None:
        """The smallest case in which something else came out than the reference gives."""
        right = beside_floats(self._all_expected(context, cases))
        for i in smallest_first(cases):
            if (difference := differ(from_value(came[i]), right[i], self.tolerance)) is not None:
                return Failing(i, difference, {"wanted": right[i]})
        return None

    def _all_expected(self, context: Context, cases: Sequence[Case]) -> list[Any]:
        """What the reference gives in every case."""
        name = self._oracle
        return author_result(
            context.cache,
            self.part.author_code,
            [name, self.spec.observe or ""],
            lambda: [self._asked(case) for case in cases],
            lambda: self._expected(name, cases),
        )

    def _expected(self, name: str, cases: Sequence[Case]) -> list[Any]:
        function = self.part.author_code.reference(name)
        return [case.result_of(function, partial(self._run_outside, function, case)) for case in cases]

    @property
    def _oracle(self) -> str:
        """What the student's function is held against, by its name in the reference."""
        return self.spec.expect if isinstance(self.spec.expect, str) else oracle_name(self.spec.call or "")

    def _mistake(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> str | None:
        """What is said of the planted variant that gives the same wrong values in every case, if there is one."""
        if self.spec.holds is not None or not self.part.author_code.has_reference:
            return None
        codes = [mistake.code for mistake in self.spec.mistakes]
        given = author_result(
            context.cache,
            self.part.author_code,
            [*codes, self.spec.observe or ""],
            lambda: [[self._asked(case) for case in cases], list(came), [self.tolerance.rel, self.tolerance.abs]],
            lambda: next((i for i, code in enumerate(codes) if self._is_given_by(code, cases, came)), None),
        )
        return None if given is None else self.spec.mistakes[given].says

    def problems(self) -> Sequence[Complaint]:
        """A reference that is not there, or raises on what is drawn: no student's result could be judged."""
        found, author_code = [*super().problems()], self.part.author_code
        if self.spec.holds is not None or not author_code.has_reference:
            return found
        if self.spec.expect is None:
            found += missing(("call",), author_code.reference, self._oracle)
        if found:
            return found
        case = self.sample[0]
        came = ask(self._run_outside, self.part.author_code.reference(self._oracle), case)
        if isinstance(came, Raised):
            return [(("call",), f"{self._oracle} raises {came.where}, with {case.preview()}")]
        from grader.runner.convert import freeze  # torch: seconds that only the linting of code spends

        crossed = ask(freeze, came, REQUEST_BYTES)
        return [(("call",), f"of {self._oracle}, {crossed.reason}")] if isinstance(crossed, Raised) else []


def _sentence(holds: Callable[..., object], *given: Any) -> str | None:
    """What a property says. Raises `TypeError` where that is no sentence, such as a truth value."""
    answer = holds(*given)
    if answer is None or isinstance(answer, str):
        return answer
    raise TypeError(f"a property gives None or a sentence; it gave {shortened(repr(answer))}")


@register("call", place="runs", spec=CodeSpec)
def _run(part: PartFacts, name: str, spec: CodeSpec) -> Check:
    kind = PairingCheck if isinstance(spec.expect, FieldExpectation) else CallCheck
    return kind(part, name, spec)
