"""What a student may know before the deadline.

Owns a student's own check: how each typed answer is read, and the outcomes of public checks. It never
looks at a right answer, so that it says the same with or without `reference/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.checks.base import Check, Context
from grader.checks.field import FieldCheck
from grader.judge import Judge
from grader.problem.model import Part
from grader.record import CheckRecord, Outcome, PartRecord, Verdict
from grader.sandbox.base import Executor, Limits, Turn
from grader.score import gate, score_check, score_part
from grader.seeds import PUBLISHED
from grader.submission.model import Submission

LATER = "read; judged after the deadline"


@dataclass(frozen=True)
class Preview:
    """One part as a student may see it: `waiting` counts the checks that run only after the deadline."""

    part: Part
    record: PartRecord
    waiting: int


def preview(submission: Submission, parts: Sequence[Part], executor: Executor, judge: Judge) -> Iterator[Preview]:
    """Check some parts, one after the other, so that the first line comes at once."""
    context = Context(submission, judge, PUBLISHED)
    for part in parts:
        shown = [record for check in part.checks if (record := _show(check, part, context, executor)) is not None]
        waiting = sum(check.visibility == "hidden" for check in part.checks)
        yield Preview(part, score_part(part, shown), waiting)


def _show(check: Check, part: Part, context: Context, executor: Executor) -> CheckRecord | None:
    if check.visibility == "public":
        outcome = gate(check, context.outcomes) or _run(check, part, context, executor)
        context.outcomes[check.id] = outcome
        return score_check(check, outcome, 0.0)
    if isinstance(check, FieldCheck):
        read = check.read(context)
        if read.verdict is Verdict.NEEDS_REVIEW:
            read = read.model_copy(update={"message": LATER})
        context.outcomes[check.id] = read
        return score_check(check, read, 0.0)
    return None


def _run(check: Check, part: Part, context: Context, executor: Executor) -> Outcome:
    probes = tuple(check.probes(context))
    if not probes:
        return check.judge(context, ())
    limits = Limits(cpu_seconds=part.spec.cpu_seconds, wall_seconds=3 * part.spec.cpu_seconds + 10)
    return check.judge(context, executor.observe(context.submission.files, [Turn(check.id, probes, limits)]))
