"""A decision of the judge as the outcome of a check. Registers no kind."""

from __future__ import annotations

from grader.maths.reading.question import Decision
from grader.records import Outcome, Verdict

_VERDICTS = {
    "equal": Verdict.CORRECT,
    "different": Verdict.WRONG,
    "invalid": Verdict.UNREADABLE,
    "undecided": Verdict.UNDECIDED,
}


def to_outcome(decision: Decision, typed: str) -> Outcome:
    """A decision of the judge as an outcome."""
    verdict = _VERDICTS[decision.verdict]
    credit = {Verdict.CORRECT: 1.0, Verdict.UNDECIDED: None}.get(verdict, decision.credit)
    if verdict is Verdict.WRONG and decision.credit > 0:
        verdict = Verdict.PARTIAL
    return Outcome(
        verdict=verdict,
        credit=credit,
        message=decision.message,
        answer=typed,
        reading=decision.reading,
        column=decision.column,
        proof=decision.evidence,
        mistake=decision.mistake,
        follows=decision.follows,
        value=decision.value,
    )
