"""What a student may know before the deadline.

Owns a student's own check: how each typed answer is read, and the outcomes of public checks. It never
looks at a right answer, so that it says the same with or without `reference/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.model import Assignment, Part
from grader.checks.base import Check, Context, not_judged
from grader.errors import SandboxError, UsageError
from grader.grading.grade import judge_check, limits, make_record, placed, waits_for_person
from grader.grading.score import gate, score_outcomes
from grader.maths.judge_process import Judge
from grader.records import GradeRecord, Outcome, PartRecord, Verdict
from grader.sandbox.base import NOTHING_RAN, Executor, Observation, ProbeBatch
from grader.sandbox.lazy import LazyExecutor
from grader.seeding import PUBLISHED
from grader.submission.model import Submission
from grader.submission.untouched import untouched_stubs

READ = Outcome(verdict=Verdict.NEEDS_REVIEW, message="read; judged after the deadline")
LATER = Outcome(verdict=Verdict.NEEDS_REVIEW, message="runs after the deadline")


@dataclass(frozen=True)
class Preview:
    """One part as a student may see it: hidden checks are in it, but nothing was judged."""

    part: Part
    record: PartRecord


def chosen(assignment: Assignment, names: Sequence[str]) -> list[Part]:
    """The parts asked for, by part or by problem; all of them where nothing is.

    Raises:
        UsageError: there is no such part.
    """
    parts = list(assignment.parts)
    known = {part.id for part in parts} | {part.problem for part in parts}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no part {name!r} (there are: {', '.join(part.id for part in parts)})")
    return [part for part in parts if not names or part.id in names or part.problem in names]


def preview(submission: Submission, parts: Sequence[Part], executor: Executor, judge: Judge) -> Iterator[Preview]:
    """Check some parts, one after the other, so that the first line comes at once."""
    context = Context(submission, judge, PUBLISHED)
    seeing = _Seeing(executor, untouched_stubs(submission.files))
    for part in parts:
        for check in part.checks:
            outcome = waits_for_person(_outcome(check, part, context, seeing), submission)
            context.settle(check.id, outcome)
        record = score_outcomes(part, context.outcomes, [0.0] * len(part.checks))
        yield Preview(part, placed(record, submission))


def read_answer(check: Check, submission: Submission, judge: Judge) -> Outcome | None:
    """How the answer that a check asks for is read; None for a check of what is not typed."""
    return _read(check, Context(submission, judge, PUBLISHED))


def as_record(
    submission: Submission, assignment: Assignment, executor: LazyExecutor, seen: Sequence[Preview]
) -> GradeRecord:
    """The parts that were checked as a record, for a report."""
    isolation = executor.guarantees.level if executor.started else NOTHING_RAN
    return make_record(submission, assignment, isolation, tuple(one.record for one in seen))


class _Seeing:
    """What comes out of probes; functions that are still the template's are known without the sandbox."""

    def __init__(self, executor: Executor, stubs: Mapping[tuple[str, str], str]) -> None:
        """`stubs` holds where they raise, by (module, name)."""
        self._executor, self._stubs, self._broken = executor, stubs, ""

    def observe(self, batch: ProbeBatch, files: Mapping[str, bytes]) -> Sequence[Observation] | str:
        """What came; a sentence where nothing can be run here, which is found out once."""
        places = [self._stubs.get((probe.module, probe.function)) for probe in batch.probes]
        if None not in places:
            return [
                Observation(probe.id, "raised", message="NotImplementedError", where=place or "")
                for probe, place in zip(batch.probes, places, strict=True)
            ]
        try:
            return self._broken or self._executor.observe(files, [batch])
        except SandboxError as error:
            self._broken = f"code cannot be run here: {error}"
            return self._broken


def _outcome(check: Check, part: Part, context: Context, seeing: _Seeing) -> Outcome:
    if check.visibility == "public":
        return gate(check, context.outcomes) or _run(check, part, context, seeing)
    read = _read(check, context)
    return LATER if read is None else read


def _read(check: Check, context: Context) -> Outcome | None:
    read = check.before_deadline(context)
    if read is None:
        return None
    return read.model_copy(update={"message": READ.message}) if read.verdict is READ.verdict else read


def _run(check: Check, part: Part, context: Context, seeing: _Seeing) -> Outcome:
    probes = tuple(check.probes(context))
    if not probes:
        return judge_check(check, context, ())
    seen = seeing.observe(ProbeBatch(check.id, probes, limits(part)), context.submission.files)
    if isinstance(seen, str):
        return not_judged(Verdict.BLOCKED, seen)
    return judge_check(check, context, seen)
