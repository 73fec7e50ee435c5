"""A graded class of any size, written straight into a gradebook: what grading would have left there.

Owns the mix of verdicts and answers, people's decisions, attempts and times. Everything is drawn from one seed; no
submission is graded, so thousands take a minute.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.assignment.model import Assignment, Part
from grader.checks.base import Check, Family
from grader.gradebook import Gradebook, Override
from grader.gradebook.records import made_on
from grader.grading.score import rounded, sum_part
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict

WRONG, EMPTY, UNDECIDED = 0.2, 0.06, 0.004
DECIDED = 0.3
"""The share of the words that people have marked already."""
_FIRST = datetime(2026, 3, 1, 18, tzinfo=UTC)
_WORDS = (
    "the loss falls with rank because",
    "each adapter moves only a part",
    "of every weight",
    "and so memory grows",
)


def make_records(assignment: Assignment, out: Path, count: int, seed: int = 11) -> None:
    """Fill the gradebook of the folder `out` with `count` submissions, `s0000` and on, and write its roster."""
    rng = random.Random(seed)  # noqa: S311 — a class, no secret
    parts = list(assignment.parts)
    out.mkdir(parents=True, exist_ok=True)
    with Gradebook(out) as gradebook:
        for number in range(count):
            record = _record(assignment, parts, number, rng)
            gradebook.append(record, "made")
            for decision in _decisions(record, rng):
                gradebook.marking.commit([], [decision])
    rows = [f"{n:06d},Student {n},s{n:04d}@uni.example,{'ABCD'[n % 4]}" for n in range(count)]
    (out / "roster.csv").write_text("\n".join(["id,name,email,section", *rows, ""]), encoding="utf-8")


def _record(assignment: Assignment, parts: Sequence[Part], number: int, rng: random.Random) -> GradeRecord:
    made = tuple(_part(part, rng) for part in parts)
    return GradeRecord(
        submission=f"s{number:04d}",
        student={"name": f"Student {number}", "id": f"{number:06d}", "email": f"s{number:04d}@uni.example"},
        submitted_at=(_FIRST + timedelta(minutes=rng.randrange(3_000))).isoformat(),
        files_sha256=hashlib.sha256(str(rng.random()).encode()).hexdigest(),
        problems_sha256=assignment.sha256,
        versions={"hw11": "made"},
        score=rounded(sum(part.score for part in made)),
        max_score=rounded(sum(part.max_score for part in made)),
        awaiting_review=rounded(sum(part.awaiting for part in made)),
        isolation="none",
        parts=made,
    )


def _part(part: Part, rng: random.Random) -> PartRecord:
    return sum_part(part.id, part.points, tuple(_check(check, rng) for check in part.checks))


def _check(check: Check, rng: random.Random) -> CheckRecord:
    verdict, answer = _verdict(check, rng), None
    if check.family in (Family.TEXT, Family.ANSWER):
        length = 60 if check.family is Family.TEXT else 4
        answer = "" if verdict is Verdict.MISSING else " ".join(rng.choices(_WORDS, k=rng.randint(2, length)))
    return CheckRecord(
        id=check.id,
        kind=check.kind,
        verdict=verdict,
        score={Verdict.CORRECT: check.points}.get(verdict, 0.0) if verdict.decided else None,
        max_score=check.points,
        bonus=check.bonus,
        visibility=check.visibility,
        message="" if verdict is Verdict.CORRECT else "not what was asked for, and here is why",
        answer=answer,
        reading=answer if check.family is Family.ANSWER else None,
        details=(("input", "a tensor of shape (3, 4)"), ("largest error", f"{rng.random():.3g}")),
        seconds=0.01,
    )


def _verdict(check: Check, rng: random.Random) -> Verdict:
    lot = rng.random()
    if lot < EMPTY:
        return Verdict.MISSING
    if check.family is Family.TEXT:
        return Verdict.NEEDS_REVIEW
    if lot < EMPTY + UNDECIDED:
        return Verdict.UNDECIDED
    return Verdict.WRONG if lot < EMPTY + UNDECIDED + WRONG else Verdict.CORRECT


def _decisions(record: GradeRecord, rng: random.Random) -> list[Override]:
    return [
        Override(
            record.submission,
            record.attempt,
            check.id,
            rounded(check.max_score * rng.choice((0, 0.5, 1))),
            rng.choice(("ada", "bob")),
            "read",
            made_at="2036-03-01T00:00:00+00:00",  # after the grading
            digest=made_on(record, check),
        )
        for part in record.parts
        for check in part.checks
        if check.verdict is Verdict.NEEDS_REVIEW and rng.random() < DECIDED
    ]
