"""Visits to the sandbox: what functions give that are planted in the reference's submission.

Owns what is asked in one visit, what a planted function may use, and for how long what is drawn under a secret is
held. A visit may take a process of its own, which costs more than most functions do, so several secrets share one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.authoring.mutation.subjects import Placed, Plan
from grader.cache import Cache
from grader.checks.base import Context
from grader.grading.grade import Grader, limits
from grader.sandbox.base import Limits, Observation, ProbeBatch
from grader.submission.model import Submission

SLOWER = 20
"""A changed function may take so many times the CPU time of the reference's, and a second."""
MOST_AT_ONCE = 16
"""Batches of one visit: their replies count together, and so many may be as large as one may be."""
VISIT_SECONDS = 4.0
"""CPU time of one visit, if it is more than one batch: far below a submission's limit on the wall, which a crowded
machine reaches early."""

Asked = tuple[Context, Placed]
"""A check under a context."""


@dataclass
class Visits:
    """The sandbox, and what the reference uses in it; one for a worker process.

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
    _caches: dict[bytes, Cache] = field(default_factory=dict)
    """By secret, what is drawn from it and what the reference gives."""
    _about: object = None
    _used: dict[str, float] = field(default_factory=dict)
    """By part, what the reference uses."""
    _longest: dict[str, float] = field(default_factory=dict)
    """By part, the longest batch so far."""

    def begin(self, about: object) -> None:
        """Let go of what was drawn for another function."""
        if about != self._about:
            self._caches, self._about = {}, about

    def context(self, submission: Submission, secret: bytes) -> Context:
        """A submission under a secret. What is drawn, and what the reference gives, is the same for all of them."""
        cache = self._caches.setdefault(secret, Cache(environment="validate"))
        return Context(submission, self.grader.judge, secret, cache, numbers=dict(self.numbers))

    def observe(self, asked: Sequence[Asked], allowed: Limits) -> list[Sequence[Observation]]:
        """What came out, for each check of one part under a context; all contexts are of one submission.

        Raises:
            DrawError: inputs cannot be drawn.
        """
        batches = [ProbeBatch(check.id, tuple(check.probes(context)), allowed) for context, (_, check) in asked]
        part = asked[0][1][0].id
        came: list[Sequence[Observation]] = []
        while len(came) < len(batches):
            most = int(min(MOST_AT_ONCE, VISIT_SECONDS / (self._longest.get(part) or VISIT_SECONDS / MOST_AT_ONCE)))
            visit = batches[len(came) : len(came) + max(1, most)]
            seen = iter(self.grader.executor.observe(asked[0][0].submission.files, visit))
            came += [[next(seen) for _ in batch.probes] for batch in visit]
            self._longest[part] = max(self._longest.get(part, 0.0), *map(_cpu_seconds, came))
        return came

    def allowed(self, checks: Sequence[Placed]) -> Limits:
        """What a changed function may use: little more than the reference's, so that an endless loop is soon over."""
        part = checks[0][0]
        if part.id not in self._used:
            context = self.context(self.reference, self.plan.secret(0))
            seen = self.observe([(context, placed) for placed in checks], limits(part))
            self._used[part.id] = max(map(_cpu_seconds, seen))
        cpu = min(part.spec.cpu_seconds, 1 + SLOWER * self._used[part.id])
        return replace(limits(part), cpu_seconds=cpu, wall_seconds=10 * cpu + 10)


def _cpu_seconds(observations: Sequence[Observation]) -> float:
    return sum(one.cpu_seconds for one in observations)
