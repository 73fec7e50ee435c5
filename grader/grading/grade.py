"""Grades one submission: runs its code in the sandbox, judges the results outside it, adds the points.

Owns the order of the stages and whose fault is whose when a stage breaks. Knows interfaces only.
"""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grader.assignment.model import Assignment, Part
from grader.cache import Cache
from grader.checks.base import Check, Context, not_judged
from grader.checks.failure_outcome import WHERE, at, is_cell
from grader.errors import HarnessError
from grader.files.untrusted_text import cut
from grader.grading.asked_names import unknown_names
from grader.grading.score import DIGITS, gate, score_outcomes, withhold
from grader.maths.judge_process import Judge
from grader.records import MAY_STAND_ELSEWHERE, WAITS, CheckRecord, GradeRecord, Notice, Outcome, PartRecord, Verdict
from grader.sandbox.base import NOTHING_RAN, Executor, Limits, Observation, Probe, ProbeBatch
from grader.sandbox.cached import isolation, observe_cached
from grader.submission.model import Submission

VERSIONED = ("hw11", "torch", "sympy", "numpy")
_MOST_NOTICES, _WHERE_CHARACTERS, _NOTICE_CHARACTERS = 60, 200, 1_000
"""So many notices of one kind stand in a record, so long: nobody reads more, and a zip of a few kilobytes can cause
hundreds of thousands."""


@dataclass(frozen=True)
class Grader:
    """What it takes to grade any submission of one assignment."""

    assignment: Assignment
    executor: Executor
    judge: Judge
    secret: bytes

    def grade(self, submission: Submission) -> GradeRecord:
        """Grade every part; whatever student code does, every check gets an outcome."""
        context = self.context(submission, Cache())
        return self.record(context, tuple(self.grade_parts(context, {})))

    def context(self, submission: Submission, cache: Cache) -> Context:
        """What one submission is judged with; `cache` is of this submission alone."""
        return Context(submission, self.judge, self.secret, cache)

    def grade_parts(self, context: Context, taken: Mapping[str, PartRecord]) -> Iterator[PartRecord]:
        """Every part in order, as later ones may follow from earlier ones; those in `taken` as they were graded."""
        observations = self._observe(context, [part for part in self.assignment.parts if part.id not in taken])
        for part in self.assignment.parts:
            yield taken.get(part.id) or self._judge_part(part, context, observations)

    def record(self, context: Context, parts: tuple[PartRecord, ...]) -> GradeRecord:
        """The record of a submission whose parts are graded; no sandbox is started only to say which one would be."""
        level = isolation(self.executor, context.cache) if self.assignment.modules else NOTHING_RAN
        return make_record(context.submission, self.assignment, level, parts)

    def _judge_part(
        self, part: Part, context: Context, observations: Mapping[str, Sequence[Observation] | str]
    ) -> PartRecord:
        seconds = [self._decide(check, context, observations.get(check.id)) for check in part.checks]
        return score_outcomes(part, context.outcomes, seconds)

    def _observe(self, context: Context, parts: Sequence[Part]) -> Mapping[str, Sequence[Observation] | str]:
        """What came out, by check id; a sentence instead where the sandbox itself broke."""
        asked: dict[str, Sequence[Probe]] = {}
        faults: dict[str, str] = {}
        batches: list[ProbeBatch] = []
        for part in parts:
            of_part, broken = self._probes(part, context)
            batches += _batches(part, of_part.values())
            asked |= of_part
            faults |= broken
        if not batches:
            return faults
        try:
            came = {seen.probe: seen for seen in self._observed(context, batches)}
        except HarnessError as error:
            return faults | dict.fromkeys(asked, f"the sandbox broke: {error}")
        return faults | {name: [came[probe.id] for probe in probes] for name, probes in asked.items()}

    def _observed(self, context: Context, batches: Sequence[ProbeBatch]) -> list[Observation]:
        observers = self.assignment.author_code.probe_sources
        return observe_cached(self.executor, context.cache, observers, context.submission.files, batches)

    @staticmethod
    def _probes(part: Part, context: Context) -> tuple[dict[str, Sequence[Probe]], dict[str, str]]:
        """What a part's checks ask of student code, and why some could not even ask, by check id."""
        asked: dict[str, Sequence[Probe]] = {}
        broken: dict[str, str] = {}
        for check in part.checks:
            try:
                if probes := check.probes(context):
                    asked[check.id] = probes
            except Exception as error:  # noqa: BLE001  # whatever breaks costs this check alone
                broken[check.id] = fault_text(error)
        return asked, broken

    def _decide(self, check: Check, context: Context, observed: Sequence[Observation] | str | None) -> float:
        """Settle one check by itself; returns the seconds that it took."""
        started = time.perf_counter()
        outcome = judge_check(check, context, observed)
        held = gate(check, context.outcomes)
        if held is not None:
            outcome = withhold(held, outcome)
        context.settle(check.id, outcome)
        return time.perf_counter() - started


def judge_check(check: Check, context: Context, observed: Sequence[Observation] | str | None) -> Outcome:
    """One check's outcome; `observed` is a sentence where there is nothing to judge because something broke."""
    if isinstance(observed, str):
        return fault_of_ours(observed)
    try:
        return waits_for_person(check.judge(context, observed or ()), context.submission)
    except Exception as error:  # noqa: BLE001  # whatever breaks costs this check alone
        return fault_of_ours(fault_text(error))


def fault_of_ours(staff: str) -> Outcome:
    """The outcome of a check that broke for a reason that is no student's."""
    return not_judged(Verdict.HARNESS_ERROR, "not graded yet: a fault of ours, no points lost", staff=staff)


def fault_text(error: Exception) -> str:
    """What broke, in a line for staff; where, if it was not foreseen."""
    if isinstance(error, HarnessError):
        return f"{type(error).__name__}: {error}"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno} in {frame.name})"


def waits_for_person(outcome: Outcome, submission: Submission) -> Outcome:
    """Where a file cannot be read, what seems to be missing may stand in it: a person has to look."""
    if not submission.unreadable or outcome.verdict not in (Verdict.MISSING, Verdict.BLOCKED):
        return outcome
    return not_judged(Verdict.UNDECIDED, f"{MAY_STAND_ELSEWHERE}: {submission.unreadable}")


def _batches(part: Part, asked: Iterable[Sequence[Probe]]) -> Iterator[ProbeBatch]:
    """One part's probes: those that meet student code, and by themselves those that show the same for everybody."""
    probes = tuple(probe for of_check in asked for probe in of_check)
    for meeting in (True, False):
        chosen = tuple(probe for probe in probes if bool(probe.module) is meeting)
        if chosen:
            yield ProbeBatch(part.id, chosen, limits(part))


def limits(part: Part) -> Limits:
    """What a part's code may use. The wall clock only catches sleepers: with a tenth of a core, CPU still decides."""
    return Limits(
        cpu_seconds=part.spec.cpu_seconds,
        wall_seconds=10 * part.spec.cpu_seconds + 10,
        reply_bytes=part.spec.reply_mib << 20,
    )


def make_record(
    submission: Submission, assignment: Assignment, isolation: str, parts: tuple[PartRecord, ...]
) -> GradeRecord:
    """The record of a submission whose parts are scored."""
    return GradeRecord(
        submission=submission.id,
        student=dict(submission.student),
        attempt=submission.attempt,
        submitted_at=submission.submitted_at,
        files_sha256=submission.files_sha256,
        problems_sha256=assignment.sha256,
        versions=dict(versions()),
        score=round(sum(part.score for part in parts), DIGITS),
        max_score=round(sum(part.max_score for part in parts), DIGITS),
        awaiting_review=round(sum(part.awaiting for part in parts), DIGITS),
        isolation=isolation,
        notices=tuple(notices(submission, assignment)),
        parts=tuple(placed(part, submission) for part in parts),
    )


def placed(part: PartRecord, submission: Submission) -> PartRecord:
    """A part's record with the place of each answer that cannot be read, which no kept outcome holds: it may move."""
    checks = tuple(_placed(check, submission) for check in part.checks)
    return part if checks == part.checks else part.model_copy(update={"checks": checks})


def _placed(check: CheckRecord, submission: Submission) -> CheckRecord:
    if check.verdict is not Verdict.UNREADABLE or WHERE in dict(check.details):
        return check
    part, _, name = check.id.partition(".")
    answer = submission.answer(part, name)
    if answer is None or not answer.place:
        return check
    where = (WHERE, at(answer.place) if is_cell(answer.place) else answer.place)
    return check.model_copy(update={"details": (*check.details, where)})


def notices(submission: Submission, assignment: Assignment) -> Iterator[Notice]:
    """What should be said about a submission as a whole, unknown parts and fields included: many are only counted."""
    yield from _first(Notice(where=where, message=message) for where, message in submission.notices)
    if submission.unreadable:
        yield Notice(where="submission", message=cut(f"{WAITS}: {submission.unreadable}", _NOTICE_CHARACTERS))
    yield from _first(unknown_names(submission, assignment))


def _first(told: Iterable[Notice]) -> Iterator[Notice]:
    """The first notices, cut where they are long, and how many more there are."""
    several = list(told)
    for notice in several[:_MOST_NOTICES]:
        yield Notice(where=cut(notice.where, _WHERE_CHARACTERS), message=cut(notice.message, _NOTICE_CHARACTERS))
    if (more := len(several) - _MOST_NOTICES) > 0:
        yield Notice(where="submission", message=f"{more} more notices like these are left out")


@cache
def versions() -> Mapping[str, str]:
    """The versions that can change a number."""
    return {"python": platform.python_version(), **{name: version(name) for name in VERSIONED}}
