"""Whether a function that no check refuses is another one at all.

Owns the comparison with the reference on inputs wider than the checks' own, and what a function that gives the same
does beside. Which inputs are wider belongs to `wider_inputs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from grader.authoring.mutation.subjects import Placed, Planting, by_part, watched_in
from grader.authoring.mutation.visits import Asked, Visits
from grader.authoring.mutation.wider_inputs import WAYS, widened
from grader.authoring.mutation.witness import SENTENCES
from grader.checks.base import Check, Context
from grader.checks.code import CodeCheck, first_unlike, unlike_values
from grader.checks.compare_values import DEFAULT
from grader.checks.input_language import DrawError
from grader.grading.grade import limits
from grader.sandbox.base import Observation
from grader.seeding import derive_key
from grader.submission.model import Submission


class Difference(NamedTuple):
    """The check that should have seen it, its inputs, and how what came out differs."""

    check: str
    case: str
    says: str


@dataclass
class Equivalence:
    """Compares functions with the reference's; one for a worker process."""

    visits: Visits
    _expected: dict[tuple[str, ...], list[Sequence[Observation]]] = field(default_factory=dict)
    """What the reference gives on wider inputs, by the checks."""
    _own: dict[str, set[str]] = field(default_factory=dict)
    """What the reference's functions do beside returning."""

    def difference(self, plant: Planting, checks: Sequence[Placed]) -> Difference | None:
        """Where, on wider inputs, something else comes out than of the reference."""
        submission = plant(self.visits.reference)
        return next(filter(None, (self._in_one_part(submission, placed) for placed in by_part(checks))), None)

    def _in_one_part(self, submission: Submission, checks: Sequence[Placed]) -> Difference | None:
        """All ways of widening at once, as most functions that come here are the same in all of them."""
        right, other = self._wider(self.visits.reference, checks), self._wider(submission, checks)
        if not right:
            return None
        key = tuple(check.id for _, check in checks)
        if key not in self._expected:
            self._expected[key] = self.visits.observe(right, limits(checks[0][0]))
        came = self.visits.observe(other, self.visits.allowed(checks))
        for (context, (_, check)), expected, observed in zip(right, self._expected[key], came, strict=True):
            if isinstance(check, CodeCheck):
                found = check.unlike(context, expected, observed)
            else:
                found = first_unlike(expected, observed, partial(unlike_values, DEFAULT))
            if found is not None:
                return Difference(check.id, inputs_of(check, context, found.case), found.says)
        return None

    def _wider(self, submission: Submission, checks: Sequence[Placed]) -> list[Asked]:
        """The checks on wider inputs, way by way; without what cannot be drawn."""
        seed, found = str(self.visits.plan.seed), list[Asked]()
        for way in range(WAYS):
            context = self.visits.context(submission, derive_key(b"wider", seed, str(way)))
            for part, check in checks:
                wider = widened(check, way)
                with suppress(DrawError):
                    wider.probes(context)
                    found.append((context, (part, wider)))
        return found

    def side_effects(self, function: str, plant: Planting, checks: Sequence[Placed]) -> str:
        """What a function does, and the reference's does not, beside returning the same."""
        if function not in self._own:
            self._own[function] = self._witnessed(function, self.visits.reference, checks)
        more = self._witnessed(function, plant(self.visits.reference), checks) - self._own[function]
        return "; ".join(sentence for sentence in SENTENCES if sentence in more)

    def _witnessed(self, function: str, submission: Submission, checks: Sequence[Placed]) -> set[str]:
        """What the checks' calls show of side effects, beside which nothing comes out."""
        context = self.visits.context(watched_in(submission, function), self.visits.plan.secret(0))
        said = set[str]()
        for asked in by_part(checks):
            came = self.visits.observe([(context, one) for one in asked], self.visits.allowed(asked))
            said |= {sentence for sentence in SENTENCES for seen in came for one in seen if sentence in one.message}
        return said


def inputs_of(check: Check, context: Context, at: int) -> str:
    """The inputs of one of a check's cases; empty for a kind that draws none."""
    return check.cases(context)[at].preview() if isinstance(check, CodeCheck) else ""
