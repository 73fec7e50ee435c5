"""Trials of wrong functions over class secrets: how surely the checks see one, and whether it is wrong at all.

Owns the order of the trials and when enough is known. A function is put into the reference's submission and runs where
student code runs; what came out is judged by the checks that call it. Bounds belong to `catch_rate`, changes to
`mutants`, what is wider than the checks' own inputs to `equivalence`, the way into the sandbox to `visits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Literal, get_args

from grader.assignment.model import Part
from grader.authoring.mutation.catch_rate import Tally, upper_bound
from grader.authoring.mutation.equivalence import Difference, Equivalence, inputs_of
from grader.authoring.mutation.mutants import Mutant
from grader.authoring.mutation.subjects import Placed, Planting, by_part, checks_of, planted
from grader.authoring.mutation.visits import Visits
from grader.checks.base import Check, Context
from grader.grading.grade import limits
from grader.sandbox.base import Limits, Observation
from grader.submission.model import Submission

_Came = tuple[Check, Context, Sequence[Observation]]
"""What came out for a check under a secret."""
_Judged = tuple[Check, Sequence[bool], Sequence[Observation]]
"""By case, whether a check refused what came out."""

Verdict = Literal["killed", "equivalent", "excused", "surviving", "rare"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

LEAST_TRIED = 5
"""Secrets after which a function that none of them caught counts as never caught."""
TRIED_FOR_A_RATE = 20
"""Secrets over which a rate below the bound is told."""
MOST_SECRETS = 8
"""Secrets that are tried at once, at most: those after the one that decides are in vain."""


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
    """Tries functions among the reference's; one for a worker process."""

    visits: Visits

    @cached_property
    def _equivalence(self) -> Equivalence:
        return Equivalence(self.visits)

    def mutant(self, mutant: Mutant) -> Measurement:
        """What becomes of a mutant among all checks that give points for its function."""
        plant = planted(mutant)
        checks = checks_of(self.visits.grader.assignment, mutant.function)
        found = self._measure(plant, checks, lambda: self._equivalence.difference(plant, checks))
        if found.verdict == "equivalent":
            found = replace(found, says=self._equivalence.side_effects(mutant.function, plant, checks))
        facts = {name: getattr(mutant, name) for name in ("function", "key", "line", "change", "diff")}
        return replace(found, **facts)

    def mistake(self, part: Part, check: Check, plant: Planting) -> Measurement:
        """How surely one check sees what was planted for it."""
        return self._measure(plant, [(part, check)], lambda: Difference(check.id, "", "it must not earn everything"))

    def right(self, part: Part, check: Check, plant: Planting) -> Measurement:
        """Under how many secrets a check refuses what is right: `caught`. All are tried, unless it draws in public."""
        seen = _Seen()
        for number, came in self._under_secrets(plant, [(part, check)], lambda asked: limits(asked[0][0])):
            self._one_secret(seen, number, came)
        return Measurement("rare" if seen.caught else "killed", seen.caught, seen.tried, 0.0, check.id, seen.case)

    def _measure(
        self, plant: Planting, checks: Sequence[Placed], different: Callable[[], Difference | None]
    ) -> Measurement:
        """Try secrets until it is known well enough how many of them catch what is planted."""
        seen, should = _Seen(), Difference("", "", "")
        bound = self.visits.grader.assignment.catch
        for number, came in self._under_secrets(plant, checks, self.visits.allowed):
            self._one_secret(seen, number, came)
            if seen.at_least() >= bound:
                break
            if number == 0 and not seen.caught:
                found = different()
                if found is None:
                    return Measurement("equivalent", 0, 1, 0.0)
                should = found
            if self._is_too_low(seen, bound):
                break
        if not seen.caught:
            return Measurement("surviving", 0, seen.tried, 0.0, *should)
        verdict: Verdict = "killed" if seen.certain or seen.caught >= bound * seen.tried else "rare"
        return Measurement(verdict, seen.caught, seen.tried, seen.at_least(), seen.check, seen.case)

    @staticmethod
    def _is_too_low(seen: _Seen, bound: float) -> bool:
        enough = TRIED_FOR_A_RATE if seen.caught else LEAST_TRIED
        return seen.tried >= enough and upper_bound(seen.caught, seen.tried) < bound

    def _one_secret(self, seen: _Seen, number: int, came: Iterator[_Judged]) -> None:
        """Count what one secret shows; what comes later is not asked once it is certain."""
        caught, seen.tried = False, seen.tried + 1
        for check, refused, observations in came:
            seen.tallies.setdefault(check.id, Tally()).add(sum(refused), len(refused))
            if not any(refused):
                continue
            caught = True
            if not seen.check:
                seen.check, seen.case = check.id, self._case(check, number, refused, observations)
            seen.certain |= check.visibility == "public" or any(one.status == "timeout" for one in observations)
            if seen.certain:
                break
        seen.caught += caught

    def _under_secrets(
        self, plant: Planting, checks: Sequence[Placed], allowed: Callable[[Sequence[Placed]], Limits]
    ) -> Iterator[tuple[int, Iterator[_Judged]]]:
        """What checks make of what is planted, secret by secret, as far as it is asked.

        What is asked in public is asked once. Several secrets are tried in one visit to the sandbox, whose start costs
        more than most functions; more each time, as few functions need more than one or two.
        """
        self.visits.begin(getattr(checks[0][1].spec, "call", None))
        submission, number, several = plant(self.visits.reference), 0, 1
        while number < self.visits.plan.secrets:
            last = min(number + several, self.visits.plan.secrets)
            asked = [placed for placed in checks if number == 0 or placed[1].visibility != "public"]
            contexts = [self._context(submission, each) for each in range(number, last)] if asked else []
            visits = [cache(partial(self._visit, contexts, placed, allowed)) for placed in by_part(asked)]
            for i in range(len(contexts)):
                yield number + i, self._judged(visits, i)
            number, several = last, min(2 * several, MOST_SECRETS)

    def _visit(
        self, contexts: Sequence[Context], checks: Sequence[Placed], allowed: Callable[[Sequence[Placed]], Limits]
    ) -> list[list[_Came]]:
        """What came out for the checks of one part, by context."""
        asked = [(context, placed) for context in contexts for placed in checks]
        seen = self.visits.observe(asked, allowed(checks))
        came = [(check, context, one) for (context, (_, check)), one in zip(asked, seen, strict=True)]
        return [came[first : first + len(checks)] for first in range(0, len(came), len(checks))]

    @staticmethod
    def _judged(visits: Sequence[Callable[[], list[list[_Came]]]], at: int) -> Iterator[_Judged]:
        """Under one secret; the parts come one after the other, as the first is mostly enough."""
        for visit in visits:
            for check, context, seen in visit()[at]:
                yield check, check.refused_cases(context, seen), seen

    def _context(self, submission: Submission, number: int) -> Context:
        return self.visits.context(submission, self.visits.plan.secret(number))

    def _case(self, check: Check, number: int, refused: Sequence[bool], observations: Sequence[Observation]) -> str:
        """The inputs of the first case that was refused."""
        at = list(refused).index(True)
        shown = inputs_of(check, self._context(self.visits.reference, number), at)
        return shown and f"{shown} ({observations[at].status})"
