"""Trials of wrong functions over class secrets: how surely the checks see one, and whether it is wrong at all.

Owns the order of the trials and when enough is known. A function is put into the reference's submission and runs where
student code runs; what came out is judged by the checks that call it. Bounds belong to `catch_rate`, changes to
`mutants`, inputs beyond the checks' own to `wider_inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Literal, get_args

from grader.assignment.model import Part
from grader.authoring.mutation.catch_rate import Tally, upper_bound
from grader.authoring.mutation.mutants import Mutant
from grader.authoring.mutation.subjects import Placed, Plan, Planting, checks_of, planted, watched_in
from grader.authoring.mutation.wider_inputs import WAYS, widened
from grader.authoring.mutation.witness import SENTENCES
from grader.cache import Cache
from grader.checks.base import Check, Context
from grader.checks.code import CodeCheck
from grader.checks.compare_values import DEFAULT, differ
from grader.checks.convert import from_value
from grader.checks.input_language import DrawError
from grader.grading.grade import Grader, limits
from grader.sandbox.base import Limits, Observation, ProbeBatch
from grader.seeding import derive_key
from grader.submission.model import Submission

Verdict = Literal["killed", "equivalent", "excused", "surviving", "rare"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

LEAST_TRIED = 5
"""Secrets after which a function that none of them caught counts as never caught."""
TRIED_FOR_A_RATE = 20
"""Secrets over which a rate below the bound is told."""
SLOWER = 20
"""A changed function may take so many times the CPU time of the reference's, and a second."""


@dataclass(frozen=True)
class Measurement:
    """What became of one function.

    Attributes:
        verdict: `killed`, `equivalent` (gives what the reference gives, on wider inputs too), `excused` (survives for a
            reason that its author wrote), `surviving` (no secret catches it), `rare` (too few do).
        caught: secrets under which a check refused it, of those `tried`.
        at_least: the share of all secrets that catch it, at least, as far as is known.
        check: the one that saw it, or that should have.
        case: the inputs that decide.
        says: how a survivor differs; what an equivalent does beside returning the same; the reason of what is excused.
        function, key, line, change, diff: of a mutant.
    """

    verdict: Verdict
    caught: int
    tried: int
    at_least: float
    check: str = ""
    case: str = ""
    says: str = ""
    function: str = ""
    key: str = ""
    line: int = 0
    change: str = ""
    diff: str = ""


@dataclass
class _Seen:
    """What the secrets tried so far showed."""

    caught: int = 0
    tried: int = 0
    certain: bool = False
    tallies: dict[str, Tally] = field(default_factory=dict)
    check: str = ""
    case: str = ""

    def at_least(self) -> float:
        if self.certain:
            return 1.0
        return max((tally.at_least() for tally in self.tallies.values()), default=0.0)


@dataclass
class Measurer:
    """Tries functions among the reference's; one for a worker process.

    Attributes:
        grader: its sandbox and its judge.
        reference: the reference as a submission.
        numbers: those that are typed in it.
        plan: how much is tried.
    """

    grader: Grader
    reference: Submission
    numbers: Mapping[str, str]
    plan: Plan

    def mutant(self, mutant: Mutant) -> Measurement:
        """What becomes of a mutant among all checks that give points for its function."""
        plant = planted(mutant)
        checks = checks_of(self.grader.assignment, mutant.function)
        found = self._measure(plant, checks, lambda: self._different(plant, checks))
        if found.verdict == "equivalent":
            found = replace(found, says=self._side_effects(mutant.function, plant, checks))
        facts = {name: getattr(mutant, name) for name in ("function", "key", "line", "change", "diff")}
        return replace(found, **facts)

    def mistake(self, part: Part, check: Check, plant: Planting) -> Measurement:
        """How surely one check sees what was planted for it."""
        return self._measure(plant, [(part, check)], lambda: (check.id, "", "it must not earn everything"))

    def right(self, part: Part, check: Check, plant: Planting) -> Measurement:
        """Under how many secrets a check refuses what is right: `caught`. All are tried, unless it draws in public."""
        caught, tried, case = 0, 0, ""
        for number in range(1 if check.visibility == "public" else self.plan.secrets):
            for _, refused, observations in self._try(plant, [(part, check)], number, limits(part)):
                tried += 1
                if any(refused):
                    caught, case = caught + 1, self._case(check, number, refused, observations)
        return Measurement("rare" if caught else "killed", caught, tried, 0.0, check.id, case)

    def _measure(
        self, plant: Planting, checks: Sequence[Placed], different: Callable[[], tuple[str, str, str] | None]
    ) -> Measurement:
        """Try secrets until it is known well enough how many of them catch what is planted."""
        seen, should = _Seen(), ("", "", "")
        bound = self.grader.assignment.catch
        for number in range(self.plan.secrets):
            asked = [placed for placed in checks if number == 0 or placed[1].visibility != "public"]
            if not asked:
                break
            self._one_secret(seen, plant, asked, number)
            if seen.at_least() >= bound:
                break
            if number == 0 and not seen.caught:
                found = different()
                if found is None:
                    return Measurement("equivalent", 0, 1, 0.0)
                should = found
            if self._is_too_low(seen, bound):
                break
        if seen.certain or seen.caught >= bound * seen.tried:
            return Measurement("killed", seen.caught, seen.tried, seen.at_least(), seen.check, seen.case)
        if seen.caught:
            return Measurement("rare", seen.caught, seen.tried, seen.at_least(), seen.check, seen.case)
        return Measurement("surviving", 0, seen.tried, 0.0, *should)

    @staticmethod
    def _is_too_low(seen: _Seen, bound: float) -> bool:
        enough = TRIED_FOR_A_RATE if seen.caught else LEAST_TRIED
        return seen.tried >= enough and upper_bound(seen.caught, seen.tried) < bound

    def _one_secret(self, seen: _Seen, plant: Planting, checks: Sequence[Placed], number: int) -> None:
        """Count what one secret shows; the parts come one after the other, as the first is mostly enough."""
        caught, seen.tried = False, seen.tried + 1
        for _, placed in groupby(checks, key=lambda one: one[0].id):
            asked = list(placed)
            for check, refused, observations in self._try(plant, asked, number, self._limits(asked)):
                seen.tallies.setdefault(check.id, Tally()).add(sum(refused), len(refused))
                if not any(refused):
                    continue
                caught = True
                if not seen.check:
                    seen.check, seen.case = check.id, self._case(check, number, refused, observations)
                ended = any(one.status == "timeout" for one in observations)
                seen.certain |= ended or check.visibility == "public"
            if seen.certain:
                break
        seen.caught += caught

    def _try(
        self, plant: Planting, checks: Sequence[Placed], number: int, allowed: Limits
    ) -> Iterator[tuple[Check, Sequence[bool], Sequence[Observation]]]:
        """What checks of one part make of what is planted under one secret."""
        submission, secret = plant(self.reference), self.plan.secret(number)
        context = self._context(submission, secret)
        for (_, check), observations in zip(checks, self._observe(context, checks, allowed), strict=True):
            yield check, check.refused_cases(context, observations), observations

    def _case(self, check: Check, number: int, refused: Sequence[bool], observations: Sequence[Observation]) -> str:
        """The inputs of the first case that was refused."""
        if not isinstance(check, CodeCheck):
            return ""
        at = list(refused).index(True)
        cases = check.cases(self._context(self.reference, self.plan.secret(number)))
        return f"{cases[at].preview()} ({observations[at].status})"

    def _context(self, submission: Submission, secret: bytes) -> Context:
        cache = self._caches.setdefault(secret, Cache(environment="validate"))
        while len(self._caches) > 2 * WAYS:
            del self._caches[next(iter(self._caches))]
        return Context(submission, self.grader.judge, secret, cache, numbers=dict(self.numbers))

    @cached_property
    def _caches(self) -> dict[bytes, Cache]:
        """By secret, what is drawn from it and what the reference gives: the same for everything that is planted."""
        return {}

    def _observe(self, context: Context, checks: Sequence[Placed], allowed: Limits) -> list[Sequence[Observation]]:
        batches = [ProbeBatch(check.id, tuple(check.probes(context)), allowed) for _, check in checks]
        seen = iter(self.grader.executor.observe(context.submission.files, batches))
        return [[next(seen) for _ in batch.probes] for batch in batches]

    def _limits(self, checks: Sequence[Placed]) -> Limits:
        """What a changed function may use: little more than the reference's, so that an endless loop is soon over."""
        part = checks[0][0]
        if part.id not in self._allowed:
            context = self._context(self.reference, self.plan.secret(0))
            seen = self._observe(context, checks, limits(part))
            used = max(sum(one.cpu_seconds for one in of_check) for of_check in seen)
            cpu = min(part.spec.cpu_seconds, 1 + SLOWER * used)
            self._allowed[part.id] = replace(limits(part), cpu_seconds=cpu, wall_seconds=10 * cpu + 10)
        return self._allowed[part.id]

    @cached_property
    def _allowed(self) -> dict[str, Limits]:
        return {}

    def _different(self, plant: Planting, checks: Sequence[Placed]) -> tuple[str, str, str] | None:
        """Where, on wider inputs, something else comes out than of the reference: check, inputs and what is said."""
        submission = plant(self.reference)
        for way in range(WAYS):
            for _, placed in groupby(checks, key=lambda one: one[0].id):
                found = self._different_in(submission, list(placed), way)
                if found is not None:
                    return found
        return None

    def _different_in(self, submission: Submission, checks: Sequence[Placed], way: int) -> tuple[str, str, str] | None:
        secret = derive_key(b"wider", str(self.plan.seed), str(way))
        wider = [(part, widened(check, way)) for part, check in checks]
        right, other = self._context(self.reference, secret), self._context(submission, secret)
        key = (way, checks[0][0].id, *(check.id for _, check in checks))
        try:
            if key not in self._expected:
                self._expected[key] = self._observe(right, wider, limits(checks[0][0]))
            came = self._observe(other, wider, self._limits(checks))
        except DrawError:  # what is wider cannot be drawn
            return None
        for (_, check), expected, observed in zip(wider, self._expected[key], came, strict=True):
            for i, (one, its) in enumerate(zip(expected, observed, strict=True)):
                if (says := _not_the_same(check, one, its)) is not None:
                    return check.id, self._wider_case(check, right, i), says
        return None

    def _side_effects(self, function: str, plant: Planting, checks: Sequence[Placed]) -> str:
        """What a function does, and the reference's does not, beside returning the same."""
        own = {sentence for placed in checks for sentence in self._witnessed(function, self.reference, placed)}
        more = {s for placed in checks for s in self._witnessed(function, plant(self.reference), placed)} - own
        return "; ".join(sentence for sentence in SENTENCES if sentence in more)

    def _witnessed(self, function: str, submission: Submission, placed: Placed) -> set[str]:
        """What one check's calls show of side effects, beside which nothing comes out."""
        context = self._context(watched_in(submission, function), self.plan.secret(0))
        (seen,) = self._observe(context, [placed], self._limits([placed]))
        return {sentence for sentence in SENTENCES for one in seen if sentence in one.message}

    @staticmethod
    def _wider_case(check: Check, context: Context, at: int) -> str:
        return check.cases(context)[at].preview() if isinstance(check, CodeCheck) else ""

    @cached_property
    def _expected(self) -> dict[tuple[object, ...], list[Sequence[Observation]]]:
        """What the reference gives on wider inputs."""
        return {}


def _not_the_same(check: Check, expected: Observation, observed: Observation) -> str | None:
    """How an observation differs from the reference's; None too where the reference itself gives nothing to compare."""
    if expected.status != "returned":
        return None
    right = from_value(expected.value)
    tolerance = check.tolerance if isinstance(check, CodeCheck) else DEFAULT
    if differ(right, right, tolerance) is not None:
        return None
    if observed.status != "returned":
        return f"{observed.status}: {observed.message}"
    difference = differ(from_value(observed.value), right, tolerance)
    return None if difference is None else difference.message
