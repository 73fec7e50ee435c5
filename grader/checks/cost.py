"""How the cost of a function grows, by counted operations: `cost`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from pydantic import Field, field_validator

from grader.checks.author_call import Raised
from grader.checks.base import Complaint, Context, not_judged, passed
from grader.checks.case import Case
from grader.checks.code import Seen, Unlike
from grader.checks.code_spec import CallName, MeasuredMistakeSpec, RunSpec
from grader.checks.compare_values import differ
from grader.checks.convert import from_value
from grader.checks.forbidden import ELSEWHERE
from grader.checks.input_language import DrawError, evaluate
from grader.checks.mixed_numbers import beside_floats
from grader.checks.planted_code import FunctionCheck, with_mistake
from grader.checks.registry import register
from grader.checks.spec import Told
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation
from grader.seeding import generator

OBSERVER = "@counting:operations"
_COPIED = (
    "operations that were counted grow slowly enough, but most of what was handed in was copied to where nothing is "
    "counted (`int(x)`, an array of numpy's, `tolist()`): a person looks at it"
)

_MOST = 1 << 63
"""No honest function counts so many operations; what wrote another number was not the counter."""


class CostSpec(RunSpec):
    """The operations of a function must grow no faster than a formula.

    `at` gives sizes in growing order, each name with as many values; `grows` is a formula in them, `n*log(n)`, that
    leaves out constants. Between the smallest and the largest size, operations may grow by `slack` times more. Where
    most of what was handed in was copied out of the count (`int(x)`, arrays of numpy's), a growth that would do is not
    believed: a person looks. `says` of a mistake is told where operations grow as the mistake's do.
    """

    kind: Literal["cost"]
    call: Told[CallName]
    grows: Told[str]
    at: Told[dict[str, tuple[int, ...]]] = Field(min_length=1)
    slack: float = Field(default=1.6, gt=1, le=10)
    mistakes: tuple[MeasuredMistakeSpec, ...] = ()

    @field_validator("at")
    @classmethod
    def _same_number(cls, value: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        if len({len(sizes) for sizes in value.values()}) != 1 or min(map(len, value.values())) < 3:
            raise ValueError("every name needs as many sizes, at least three")
        return value

    def is_comparison(self) -> bool:
        """No: what is quickly wrong is worth nothing."""
        return False

    def asked(self) -> Sequence[str]:
        """How fast it may grow, and what may not be used."""
        return [f"its operations, which are counted, may grow as {self.grows}", *super().asked()]


@register("cost", place="runs", spec=CostSpec)
class CostCheck(FunctionCheck[CostSpec]):
    """One function on inputs of several sizes."""

    @property
    def title(self) -> str:
        """How fast it may grow."""
        return self.spec.title or f"`{self.spec.call}`: its operations grow no faster than `{self.spec.grows}`"

    @property
    def observer(self) -> str:
        """See `grader.runner.observing.counting`."""
        return OBSERVER

    @property
    def _count(self) -> int:
        return len(next(iter(self.spec.at.values())))

    def _given_sizes(self, index: int) -> Mapping[str, int]:
        at = {name: sizes[index] for name, sizes in self.spec.at.items()}
        return {**super()._given_sizes(index), **at}

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Any]) -> Outcome:
        """The growth from the smallest size to the largest."""
        counts = [count for value in came if (count := _counted(value)) is not None]
        if len(counts) < len(came):
            return not_judged(Verdict.WRONG, "the counting of operations was switched off")
        right = beside_floats([self._expected(case) for case in cases])
        if any(differ(from_value(value.get("value")), one) is not None for value, one in zip(came, right, strict=True)):
            return not_judged(Verdict.WRONG, "the result is wrong, so its cost says nothing")
        uncounted = _COPIED if any(value.get("left") is not False for value in came) else ""
        uncounted = ELSEWHERE if any(value.get("elsewhere") for value in came) else uncounted
        outcome = self._judged(cases, counts, uncounted)
        if outcome.verdict is not Verdict.WRONG:
            return outcome
        return with_mistake(outcome, self._said_of(partial(self._grows_as, counts)))

    def _judged(self, cases: Sequence[Case], counts: Sequence[int], uncounted: str) -> Outcome:
        allowed = [self._growth(case) for case in cases]
        grew, may = _grew(counts), allowed[-1] / allowed[0]
        told = ", ".join(
            f"{count:,} at {' '.join(f'{name} = {case.names[name]}' for name in self.spec.at)}"
            for case, count in zip(cases, counts, strict=True)
        )
        facts = (("operations", told),)
        if grew > may * self.spec.slack:
            says = f"operations grow {grew:.3g} times where {self.spec.grows} grows {may:.3g} times"
            return not_judged(Verdict.WRONG, says, details=facts)
        if uncounted:
            return not_judged(Verdict.UNDECIDED, uncounted, details=facts)
        return passed(f"operations grow no faster than {self.spec.grows}{self.counts_beside}", details=facts)

    def _grows_as(self, counts: Sequence[int], code: str) -> bool:
        """Whether operations grow as those of a planted variant do on inputs of no submission, a fifth more or less."""
        given = [self._given_by(code, case) for case in self.sample]
        if any(isinstance(one, Raised) for one in given):
            return False
        return 0.8 < _grew(counts) / max(_grew([one["operations"] for one in given]), 1e-9) < 1.25

    def unlike_runs(self, context: Context, expected: Seen, came: Seen) -> Unlike | None:
        """Another result, or operations that grow faster than they may: how many there are says nothing."""
        found = super().unlike_runs(
            context, *([_without_count(one) for one in several] for several in (expected, came))
        )
        if found is not None or any(one.status != "returned" for one in expected):
            return found
        replies: list[Any] = [one.value for one in came]
        judged = self._judged(self.cases(context), [int(reply["operations"]) for reply in replies], "")
        return None if judged.verdict is Verdict.CORRECT else Unlike(0, judged.message)

    def _growth(self, case: Case) -> float:
        """The formula's value at the sizes of a case."""
        return float(evaluate(self.spec.grows, case.names, generator(0), self.part.author_code))

    def _expected(self, case: Case) -> Any:
        return case.called(self.part.author_code.oracle(self.spec.call))

    def problems(self) -> Sequence[Complaint]:
        """A formula that has no value, a reference that grows faster."""
        try:
            if min(map(self._growth, self.sample)) <= 0:
                return [(("grows",), f"{self.spec.grows!r} is not positive at every size in `at`")]
        except (DrawError, ValueError) as error:
            return [(("grows",), str(error))]
        return super().problems() or self.fails_of_reference(self.sample, "grows")


def _grew(counts: Sequence[int]) -> float:
    return counts[-1] / max(counts[0], 1)


def _counted(value: Any) -> int | None:
    """How many operations were counted; None where that was not the counter's doing."""
    count = value.get("operations") if isinstance(value, dict) and value.get("kept") is True else None
    return count if type(count) is int and 0 <= count < _MOST else None


def _without_count(observation: Observation) -> Observation:
    value: Any = observation.value
    return replace(observation, value=value["value"]) if isinstance(value, dict) else observation
