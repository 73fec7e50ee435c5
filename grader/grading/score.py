"""Points.

Owns how outcomes become scores: gates, bonus points, what is not decided. A pure function of outcomes; it
judges nothing and stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.assignment.model import Part
from grader.checks.base import Check
from grader.records import CheckRecord, GradeRecord, Outcome, PartRecord, Verdict

DIGITS = 6
"""Scores are rounded to this many decimals, so that sums of shares read and compare as typed."""


def gate(check: Check, outcomes: Mapping[str, Outcome]) -> Outcome | None:
    """The outcome that a check gets because of what it stands on; None if it may be judged."""
    for name in check.after:
        before = outcomes[name]
        short = name.rpartition(".")[2]
        if before.credit is None:
            return Outcome(verdict=Verdict.UNDECIDED, message=f"waits until {short} is decided")
        if before.credit == 0:
            return Outcome(verdict=Verdict.BLOCKED, credit=0.0, message=f"counts once {short} is right")
    return None


def withhold(held: Outcome, judged: Outcome) -> Outcome:
    """What a gated check comes to: no verdict of its own, but what was typed and read.

    What is empty or cannot be read is so whatever it stands on. Nothing that may be told before release then depends
    on the gate.
    """
    if judged.verdict in (Verdict.MISSING, Verdict.UNREADABLE):
        return judged
    return held.model_copy(update={"answer": judged.answer, "reading": judged.reading})


def counted(check: Check, outcome: Outcome, outcomes: Mapping[str, Outcome]) -> Outcome:
    """An outcome as it counts beside those that it needs; its verdict stays unless the check says otherwise."""
    beside = [outcomes[name] for name in check.beside if name in outcomes]
    if not outcome.credit or not beside:
        return outcome
    alone = check.by_itself(outcome)
    if alone.credit == outcome.credit or any(other.credit == 0 for other in beside):
        return alone
    return outcome.model_copy(update={"credit": None}) if any(other.credit is None for other in beside) else outcome


def score_check(check: Check, outcome: Outcome, seconds: float) -> CheckRecord:
    """One outcome with its points."""
    score = None if outcome.credit is None else rounded(check.points * outcome.credit)
    facts = dict(outcome) | {"credit": None, "value": None}
    return CheckRecord(
        id=check.id,
        kind=check.kind,
        score=score,
        max_score=check.points,
        bonus=check.bonus,
        visibility=check.visibility,
        seconds=round(seconds, 4),
        **facts,
    )


def score_outcomes(part: Part, outcomes: Mapping[str, Outcome], seconds: Iterable[float]) -> PartRecord:
    """One part from its outcomes, each as it counts beside the others; `seconds` that each check took, in order."""
    beside = [counted(check, outcomes[check.id], outcomes) for check in part.checks]
    return score_part(part, [score_check(*each) for each in zip(part.checks, beside, seconds, strict=True)])


def score_part(part: Part, checks: Sequence[CheckRecord]) -> PartRecord:
    """One part from its scored checks."""
    return sum_part(part.id, part.points, checks)


def sum_part(part_id: str, max_score: float, checks: Sequence[CheckRecord]) -> PartRecord:
    """One part's sums: bonus points lie on top of the others but never lift it above its maximum."""
    earned = sum(check.score for check in checks if check.score is not None)
    awaiting = sum(check.max_score for check in checks if check.score is None and not check.bonus)
    return PartRecord(
        id=part_id,
        score=rounded(min(earned, max_score)),
        max_score=max_score,
        awaiting=rounded(awaiting),
        checks=tuple(checks),
    )


def with_parts(record: GradeRecord, parts: Sequence[PartRecord]) -> GradeRecord:
    """A record with other parts, and their sums."""
    score, awaiting = (rounded(sum(getattr(part, points) for part in parts)) for points in ("score", "awaiting"))
    return record.model_copy(update={"parts": tuple(parts), "score": score, "awaiting_review": awaiting})


def rounded(points: float) -> float:
    """Points as they are kept, without a negative zero."""
    return round(points, DIGITS) + 0.0
