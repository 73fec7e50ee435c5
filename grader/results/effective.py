"""Effective records: the grader's records with people's decisions and lateness applied.

Owns how overrides and a late deduction change a record, and which of several attempts counts. Everything that is shown
to people is made from effective records; the gradebook keeps records as the grader made them. Those of a whole class
are read by `attempts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.assignment.late_policy import Attempts
from grader.assignment.model import Assignment
from grader.checks.base import Check
from grader.gradebook import Override
from grader.gradebook.holds import Hold
from grader.gradebook.pending import CHANGED
from grader.gradebook.records import TOTAL, made_on
from grader.grading.score import rounded, sum_part, with_parts
from grader.grouping import by_key
from grader.records import CheckRecord, GradeRecord, Notice, PartRecord, Verdict
from grader.results.dependent import beside_decided, earns, noted, regated
from grader.results.lateness import COMMON, Lateness, lateness
from grader.results.roster_match import Matched

DECIDED = "A person has decided this."
"""The message of a check that a person decided without a comment."""

HELD = "this result is kept back for now"
"""What a student reads of a result that somebody holds."""

ADJUSTMENT = "adjustment"
"""The name and kind of the check that holds the points which a person added to a part or took from it."""

_NO_OBJECTION = {"mistake": None, "column": None, "follows": False}
"""The grader's objections to an answer, which fall with its decision."""

CLAIM = "student"
"""Where the notice stands of who claims to be somebody else."""


def effective_record(
    record: GradeRecord,
    overrides: Sequence[Override],
    lateness: Lateness | None,
    checks: Mapping[str, Check] | None = None,
) -> GradeRecord:
    """One record with overrides and lateness applied.

    The latest override of a check counts, if it was made on this submission, attempt, and answer or files; one that
    was taken back (score None) leaves the grader's decision. Where a person decided on another answer or other files,
    the check waits for a person again. Lateness is subtracted from the total alone.

    Args:
        record: the record from the gradebook.
        overrides: people's decisions, oldest first, about any submissions.
        lateness: None if there is no deadline.
        checks: the assignment's, which say what each depends on. If an override gives credit for a check, those that
            it blocked (`after`) wait for a person, and right ones whose points it held back (`beside`) get them; if
            one takes its credit away, those that depend on it earn what they do without it.
    """
    decisions, before = _latest(record, overrides)
    parts = tuple(_adjusted(_part(part, decisions, before, checks or {}), decisions) for part in record.parts)
    known = {check.id for part in parts for check in part.checks} | {part.id for part in parts} | {TOTAL}
    orphans = tuple(_orphan(one) for name, one in sorted(decisions.items()) if name not in known)
    summed = with_parts(record, parts)
    taken = rounded(lateness.deduction(summed.score)) if lateness else 0.0
    score, told = _total(rounded(summed.score - taken), record.max_score, decisions.get(TOTAL))
    facts = {
        "score": score,
        "late_deduction": taken,
        "late_says": lateness.says if lateness else "",
        "slip_days_used": lateness.slip_days if lateness else 0,
        "notices": (*record.notices, *orphans, *told),
    }
    return summed.model_copy(update=facts)


def held_back(record: GradeRecord, holds: Sequence[Hold]) -> GradeRecord:
    """A record with what its student is told of results that somebody holds."""
    mine = [one for one in holds if one.submission == record.submission]
    told = [Notice(where=one.target, message=f"{HELD}: {one.says}" if one.says else HELD) for one in mine]
    return record.model_copy(update={"notices": (*record.notices, *told)}) if told else record


def that_counts(attempts: Sequence[GradeRecord], rule: Attempts) -> GradeRecord:
    """The attempt that counts among the effective records of one student; of equally good ones the last."""
    if rule == "best":
        return max(attempts, key=lambda record: (record.score, record.attempt))
    return max(attempts, key=lambda record: record.attempt)


def effective_records(
    records: Sequence[GradeRecord], overrides: Sequence[Override], assignment: Assignment, matched: Matched
) -> list[GradeRecord]:
    """The effective record of each record, in their order.

    `matched` says whose they are, of the whole class however few the records are: the roster's extra time and slip days
    count, and its id, name, email and section replace what the submission says. Who claims to be somebody else gets a
    notice.
    """
    owners, claims = matched.by_submission, dict(matched.claims)
    made = by_submission(overrides)
    effective = []
    for record in records:
        owner = owners.get(record.submission)
        terms = owner.terms if owner else COMMON
        late = lateness(record.submitted_at, assignment.late, terms) if assignment.late else None
        result = effective_record(record, made[record.submission], late, assignment.checks)
        if owner:
            result = result.model_copy(update={"student": {**result.student, **owner.facts}})
        if other := claims.get(record.submission):
            said = f"the files say that {other.label} handed this in; platform and roster do not, and that counts"
            result = result.model_copy(update={"notices": (*result.notices, Notice(where=CLAIM, message=said))})
        effective.append(result)
    return effective


def by_submission(overrides: Iterable[Override]) -> Mapping[str, list[Override]]:
    """Decisions, in their order, by the submission that they are about; none for any other."""
    return by_key((one.submission, one) for one in overrides)


def in_force(record: GradeRecord, overrides: Sequence[Override]) -> dict[str, Override]:
    """The overrides that count for a record, by check id, including those of checks that it no longer holds."""
    return _latest(record, overrides)[0]


def _latest(record: GradeRecord, overrides: Sequence[Override]) -> tuple[dict[str, Override], dict[str, Override]]:
    """The latest override of each check that was made on what stands there, and those of checks that have none such.

    The others were made on another answer or other files. One that takes another back stands for none of either.
    """
    decided = {one.check_id for one in overrides}
    now = {check.id: made_on(record, check) for check in record.checks if check.id in decided}
    latest: dict[str, tuple[Override, bool]] = {}
    for one in overrides:
        if (one.submission, one.attempt) == (record.submission, record.attempt):
            holds = one.digest == now.get(one.check_id, one.digest)
            if holds or not latest.get(one.check_id, (one, False))[1]:
                latest[one.check_id] = one, holds
    given = {name: found for name, found in latest.items() if found[0].score is not None}
    here = {name: one for name, (one, holds) in given.items() if holds}
    return here, {name: one for name, (one, _) in given.items() if name not in here}


def _part(
    part: PartRecord,
    decisions: Mapping[str, Override],
    before: Mapping[str, Override],
    checks: Mapping[str, Check],
) -> PartRecord:
    if not any(record.id in decisions or record.id in before for record in part.checks):
        return part
    records: dict[str, CheckRecord] = {}
    moved: set[str] = set()
    for record in part.checks:
        records[record.id] = record
        after = checks[record.id].after if record.id in checks else ()
        if record.id in decisions:
            records[record.id] = _overridden(record, decisions[record.id])
        elif record.id in before:
            records[record.id] = _waiting_again(record, before[record.id])
        elif moved.intersection(after):
            records[record.id] = regated(record, [records[name] for name in after if name in records])
        if earns(records[record.id]) != earns(record):
            moved.add(record.id)
    for name in records:
        beside = checks[name].beside if name in checks and name not in decisions and name not in before else ()
        if moved.intersection(beside):
            others = [records[other] for other in beside if other in records]
            records[name] = beside_decided(checks[name], records[name], others)
    return sum_part(part.id, part.max_score, tuple(records.values()))


def _adjusted(part: PartRecord, decisions: Mapping[str, Override]) -> PartRecord:
    """A part with the points that a person added or took, as a check of their own; never below 0 or above its most."""
    decision = decisions.get(part.id)
    if decision is None or decision.score is None:
        return part
    adjustment = CheckRecord(
        id=f"{part.id}.{ADJUSTMENT}",
        kind=ADJUSTMENT,
        verdict=Verdict.CORRECT if decision.score >= 0 else Verdict.PARTIAL,
        score=rounded(decision.score),
        max_score=0.0,
        bonus=True,
        visibility="hidden",
        message=f"{decision.score:+g} points: {decision.says or DECIDED}",
        staff=f"{decision.author}, {decision.made_at}: {decision.score:+g}: {decision.reason}",
    )
    summed = sum_part(part.id, part.max_score, (*part.checks, adjustment))
    return summed.model_copy(update={"score": max(summed.score, 0.0)})


def _total(score: float, most: float, decision: Override | None) -> tuple[float, tuple[Notice, ...]]:
    """The total with the points that a person added or took, and the notice that says so."""
    if decision is None or decision.score is None:
        return score, ()
    adjusted = rounded(min(max(score + decision.score, 0.0), max(most, score)))
    told = f"{adjusted - score:+g} points: {decision.says or DECIDED}"
    return adjusted, (Notice(where=TOTAL, message=told),)


def _overridden(check: CheckRecord, override: Override) -> CheckRecord:
    """A check with a person's decision. The grader's objections (mistake, column) are removed."""
    assert override.score is not None
    score = rounded(min(max(override.score, 0.0), check.max_score))
    full = score >= check.max_score
    change = f"{points_or_open(check.score)} → {points_or_open(override.score)}"
    note = f"{override.author}, {override.made_at}: {change}: {override.reason}"
    if score != rounded(override.score):
        note += f" (counts as {score:g}: the check is worth {check.max_score:g})"
    verdict = Verdict.CORRECT if full else Verdict.PARTIAL if score else Verdict.WRONG
    return noted(check, note, score=score, verdict=verdict, message=override.says or DECIDED, **_NO_OBJECTION)


def _waiting_again(check: CheckRecord, override: Override) -> CheckRecord:
    """A check that a person decided on another answer or on other files: it waits for a person."""
    note = f"{override.author}, {override.made_at}, of what was handed in before: {points_or_open(override.score)}"
    note += f"; the grader had recorded: {check.verdict}"
    return noted(check, note, score=None, verdict=Verdict.NEEDS_REVIEW, message=CHANGED, **_NO_OBJECTION)


def _orphan(override: Override) -> Notice:
    """A notice of a decision about a check that is gone. No points or reason: students see it before release."""
    return Notice(where=override.check_id, message="a person decided this check, but the problems no longer have it")


def points_or_open(score: float | None) -> str:
    """Points that a person gave or that stood there before, in a sentence."""
    return "open" if score is None else f"{score:g}"


def untimed(records: Sequence[GradeRecord], assignment: Assignment) -> Iterator[str]:
    """The submissions without a time of submission, if the assignment has a late policy."""
    if assignment.late is not None:
        yield from (record.submission for record in records if record.submitted_at is None)
