"""A decision of the judge as the outcome of a check. Registers no kind."""

from __future__ import annotations

from typing import Any

from grader.maths.reading.question import Decision
from grader.records import Outcome, Verdict

_VERDICTS = {
    "equal": Verdict.CORRECT,
    "different": Verdict.WRONG,
    "invalid": Verdict.UNREADABLE,
    "undecided": Verdict.UNDECIDED,
}
_SHARED = ("message", "reading", "column", "mistake", "follows", "value")
"""What a decision and an outcome call the same."""


def to_outcome(decision: Decision, typed: str) -> Outcome:
    """A decision of the judge as an outcome."""
    verdict = _VERDICTS[decision.verdict]
    credit = {Verdict.CORRECT: 1.0, Verdict.UNDECIDED: None}.get(verdict, decision.credit)
    if verdict is Verdict.WRONG and decision.credit > 0:
        verdict = Verdict.PARTIAL
    shared: dict[str, Any] = {key: getattr(decision, key) for key in _SHARED}
    return Outcome(verdict=verdict, credit=credit, answer=typed, proof=decision.evidence, **shared)
