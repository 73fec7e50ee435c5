"""A sampler held against a distribution: `distribution`.

Owns how far a sample may lie from its distribution: the largest distance between the share of it below a point and the
distribution function there, refused beyond the bound of Dvoretzky, Kiefer and Wolfowitz (with Massart's constant),
which holds for every distribution and every size of sample. Nine tenths of the stated rate are spent on that, the rest
on `independence`. So a right sampler is refused at the stated rate at most, over all secrets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from grader.checks.author_call import NOT_OF_THE_FORM, Raised, ask
from grader.checks.base import Complaint, Context, not_judged, passed
from grader.checks.case import Case
from grader.checks.code import Seen, Unlike, first_unlike
from grader.checks.code_spec import CallName, MeasuredMistakeSpec, RunSpec
from grader.checks.convert import from_value
from grader.checks.input_language import SeededGenerator
from grader.checks.planted_code import FunctionCheck, with_mistake
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, PropertyName, Told
from grader.records import Outcome, Verdict
from grader.runner.values import Value

if TYPE_CHECKING:
    from grader.checks.independence import Numbers

_OF_DISTANCE = 0.9
"""The share of the error rate that is spent on the distance from the distribution."""
_TWICE = "the same numbers came out twice; draw from the generator that is handed in"
_OTHER = "a generator in the same state gave other numbers; draw from it and from nothing else"


class DistributionSpec(RunSpec):
    """A function returns a sample, which must be distributed as asked.

    `draws` is how many numbers it returns, and a size that inputs may use. `cdf: file:function` in
    `problems/properties/` gets what was drawn and a list of points, and gives the distribution function there; `pmf`
    gets what was drawn and gives a mapping of every possible value to its probability. Draws must be independent, too.
    `error_rate` is how often, over class secrets, a right function may be refused. `says` of a mistake is told where
    what came out is distributed as what the mistake gives.
    """

    kind: Literal["distribution"]
    call: Told[CallName]
    draws: Told[int] = Field(default=20_000, ge=100, le=200_000)
    cdf: Annotated[PropertyName | None, InKit(lambda cdf: f"{WITHHELD}:{WITHHELD}")] = None
    pmf: PropertyName | None = None
    error_rate: Told[float] = Field(default=1e-6, gt=0, le=0.01)
    mistakes: tuple[MeasuredMistakeSpec, ...] = ()
    cases: Told[int] = Field(default=2, ge=1, le=20)

    @model_validator(mode="after")
    def _says_which(self) -> DistributionSpec:
        if (self.cdf is None) == (self.pmf is None):
            raise ValueError("give `cdf`, for numbers on the line, or `pmf`, for few values")
        return self

    @property
    def allowed(self) -> float:
        """The largest distance of one case that is not refused."""
        return math.sqrt(math.log(2 * self.cases / (_OF_DISTANCE * self.error_rate)) / (2 * self.draws))

    def asked(self) -> Sequence[str]:
        """How near is near enough, and what may not be used."""
        near = f"shares may be off by {self.allowed:.2g} in {self.draws} draws"
        return [f"its results are held against the distribution: {near}", *super().asked()]


@register("distribution", place="runs", spec=DistributionSpec)
class DistributionCheck(FunctionCheck[DistributionSpec]):
    """One sampler, one sample per case."""

    @property
    def title(self) -> str:
        """That a sample is looked at."""
        return self.spec.title or f"`{self.spec.call}` draws from the distribution that is asked for"

    def _given_sizes(self, index: int) -> Mapping[str, int]:
        return {**super()._given_sizes(index), "draws": self.spec.draws}

    def _draw(self, key: bytes, words: Sequence[str]) -> Sequence[Case]:
        """With the first case twice more, where a generator is handed in: its state says what comes out.

        Once in the same state, and once in another, with everything else as it was.
        """
        cases = super()._draw(key, words)
        first, more = cases[0], len(cases)
        if not any(isinstance(given, SeededGenerator) for given in first.args):
            return cases
        names = {name: _in_another_state(value) for name, value in first.names.items()}
        other = Case(names, tuple(map(_in_another_state, first.args)), more + 1)
        return [*cases, replace(first, index=more), other]

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """Every sample must be near, and two the same where, and only where, the generator was in the same state."""
        import numpy as np

        samples = [_numbers(from_value(value)) for value in came]
        seen: list[bytes] = []
        farthest = 0.0
        for i, (case, sample) in enumerate(zip(cases, samples, strict=True)):
            told = self._how_far(case, sample) if i <= self.spec.cases else 0.0  # so many may be far by chance
            order = np.argsort(sample, kind="stable").tobytes()  # what a factor does not hide
            if i and case.names is cases[0].names:
                told = told if np.array_equal(sample, samples[0]) else not_judged(Verdict.WRONG, _OTHER)
            elif order in seen and not isinstance(told, Outcome) and self._differ_by_chance(case):
                told = not_judged(Verdict.WRONG, _TWICE)
            if isinstance(told, Outcome):
                told = with_mistake(told, self._said_of(partial(self._shows, case, sample)))
                return told.model_copy(update={"details": (("input", case.preview()), *told.details)})
            seen.append(order)
            farthest = max(farthest, told)
        off = f"{farthest:.2g} at most, {self.spec.allowed:.2g} is allowed"
        return passed(f"distributed as asked: shares are off by {off}")

    def _differ_by_chance(self, case: Case) -> bool:
        """Whether two samples are hardly ever the same; those of a rare event may be."""
        if self.spec.pmf is None:
            return True
        chances = self.part.author_code.property_function(self.spec.pmf)(case.for_author())
        alike = sum(float(chance) ** 2 for chance in chances.values())
        return self.spec.draws * math.log(max(alike, 1e-300)) < math.log(self.spec.error_rate)

    def _how_far(self, case: Case, sample: Numbers) -> float | Outcome:
        """How far a sample is from the distribution; what is said where that is too far."""
        import numpy as np

        if sample.shape != (self.spec.draws,) or not np.isfinite(sample).all():
            says = f"{self.spec.draws} finite numbers in one dimension are asked for"
            return not_judged(Verdict.WRONG, says)
        found = ask(self._distances, case, sample)
        if isinstance(found, Raised):
            reason = (("reason", found.reason),)
            return not_judged(Verdict.WRONG, NOT_OF_THE_FORM, details=reason, staff=found.where)
        points, distances, expected = found
        worst = int(np.abs(distances).argmax())
        far = float(abs(distances[worst]))
        if far <= self.spec.allowed:
            rest = (1 - _OF_DISTANCE) * self.spec.error_rate / self.spec.cases
            from grader.checks.independence import what_depends

            dependent = what_depends(self._uniform(sample, found), rate=rest, continuous=self.spec.pmf is None)
            return far if dependent is None else not_judged(Verdict.WRONG, dependent)
        share = f"{expected[worst] + distances[worst]:.3f} of your numbers are at most {points[worst]:.4g}"
        rate = (("rate", f"a right function is this far off once in {1 / self.spec.error_rate:,.0f} classes"),)
        return not_judged(Verdict.WRONG, f"{share}, {expected[worst]:.3f} should be", details=rate)

    def _uniform(self, sample: Numbers, found: tuple[Numbers, Numbers, Numbers]) -> Numbers:
        """The sample, in its order, put through the distribution function; where that jumps, anywhere in the jump."""
        import numpy as np

        points, _, expected = found
        place = np.searchsorted(points, sample)
        if self.spec.pmf is None:
            return np.asarray(expected[place])
        below = np.concatenate([[0.0], expected])[place]
        within = np.random.default_rng(0).random(len(sample))
        return np.asarray(below + within * (expected[place] - below))

    def _shows(self, case: Case, sample: Numbers, code: str) -> bool:
        """Whether a planted variant gives the same numbers, or such of the same wrong distribution."""
        import numpy as np

        came = self._given_by(code, case)
        given = np.empty(0) if isinstance(came, Raised) else _numbers(came)
        if not self._are_alike(given, sample):
            return False
        found = ask(self._distances, case, given)
        is_far = not isinstance(found, Raised) and float(np.abs(found[1]).max()) > self.spec.allowed
        return is_far or np.array_equal(given, sample)

    def _are_alike(self, one: Numbers, other: Numbers) -> bool:
        """Whether two samples are as near as such samples nearly always are."""
        import numpy as np

        if one.shape != other.shape or one.ndim != 1 or not one.size or not np.isfinite([one, other]).all():
            return False
        points = np.concatenate([one, other])
        shares = [np.searchsorted(np.sort(each), points, side="right") / len(each) for each in (one, other)]
        return bool(np.abs(shares[0] - shares[1]).max() <= self.spec.allowed)

    def unlike_runs(self, context: Context, expected: Seen, came: Seen) -> Unlike | None:
        """Another distribution: which numbers come of one state of a generator is for each function to choose."""
        cases = self.cases(context)

        def differs(i: int, right: Any, its: Any) -> str | None:
            told = self._how_far(cases[i], _numbers(its))
            if isinstance(told, Outcome):
                return told.message
            alike = self._are_alike(_numbers(right), _numbers(its))
            return None if alike else "the numbers are distributed in another way"

        return first_unlike(expected, came, differs)

    def _distances(self, case: Case, sample: Numbers) -> tuple[Any, Any, Any]:
        """Points, how far the share of the sample up to each is from what it should be, and what it should be."""
        import numpy as np

        names = case.for_author()
        code = self.part.author_code
        ordered = np.sort(sample)
        if self.spec.pmf is not None:
            chances = code.property_function(self.spec.pmf)(names)
            points = np.array(sorted({*map(float, chances), *ordered}))
            expected = np.cumsum([float(chances.get(point, 0.0)) for point in points])
            shares = np.searchsorted(ordered, points, side="right") / len(ordered)
            return points, shares - expected, expected
        cdf = code.property_function(self.spec.cdf or "")
        expected = np.asarray(cdf(names, ordered.tolist()), dtype=np.float64)
        above = np.arange(1, len(ordered) + 1) / len(ordered) - expected
        below = expected - np.arange(len(ordered)) / len(ordered)
        return ordered, np.where(above >= below, above, -below), expected

    def problems(self) -> Sequence[Complaint]:
        """A reference that does not draw from the distribution."""
        return super().problems() or self.fails_of_reference(self.sample[:1], "call")


def _in_another_state(value: Any) -> Any:
    return SeededGenerator(value.seed ^ 1) if isinstance(value, SeededGenerator) else value


def _numbers(value: Any) -> Numbers:
    """What came out as numbers; an empty array where it is none: a text that reads like one, a complex number."""
    import numpy as np

    try:
        found = np.asarray(value)
    except (TypeError, ValueError, OverflowError):
        return np.empty(0)
    return found.astype(np.float64) if found.dtype.kind in "biuf" else np.empty(0)
