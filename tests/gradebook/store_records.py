"""Records as a gradebook keeps them: one part, one check, worth two points."""

from __future__ import annotations

from typing import Any

from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, Verdict

CHECK = "p.x"


def record(
    name: str = "ada", score: float | None = 1.0, *, says: str = "fine", answer: str | None = None, **facts: Any
) -> GradeRecord:
    """What the machine recorded; a score of None waits for a person."""
    check = CheckRecord(
        id=CHECK,
        kind="text",
        verdict=Verdict.NEEDS_REVIEW if score is None else Verdict.PARTIAL,
        score=score,
        max_score=2.0,
        visibility="hidden",
        message=says,
        answer=answer,
    )
    part = sum_part("p", 2.0, [check])
    return GradeRecord(
        **{
            "submission": name,
            "files_sha256": "f",
            "problems_sha256": "p",
            "versions": {"torch": "2"},
            "score": part.score,
            "max_score": 2.0,
            "awaiting_review": part.awaiting,
            "isolation": "none",
            "parts": (part,),
            **facts,
        }
    )
