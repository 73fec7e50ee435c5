"""Checks that depend on one which a person decided.

Owns what becomes of them: of those that may be judged only after it, and of those whose points count only beside it.
What each depends on is said by the checks themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.checks.base import Check
from grader.grading.score import rounded
from grader.records import CheckRecord, Outcome, Verdict


def noted(record: CheckRecord, note: str, **update: Any) -> CheckRecord:
    """A check with other facts, and a note for staff about why."""
    return record.model_copy(update={**update, "staff": "\n".join(filter(None, (record.staff, note)))})


def earns(record: CheckRecord) -> bool | None:
    """Whether checks that depend on this one may earn points; None if this one is undecided."""
    if not record.verdict.decided:
        return None
    return record.verdict in (Verdict.CORRECT, Verdict.PARTIAL)


def regated(record: CheckRecord, gates: Sequence[CheckRecord]) -> CheckRecord:
    """A check whose gates (`after`) a person decided anew: it is blocked, undecided, or stays as it was."""
    shut = [gate for gate in gates if earns(gate) is False]
    if shut:
        if record.verdict in (Verdict.MISSING, Verdict.UNREADABLE):
            return record
        update = {"verdict": Verdict.BLOCKED, "score": 0.0, "message": f"counts once {_short(shut[0])} is right"}
    elif any(earns(gate) is None for gate in gates) or record.verdict in (Verdict.BLOCKED, Verdict.UNDECIDED):
        update = {"verdict": Verdict.UNDECIDED, "score": None, "message": "a person decides this"}
    else:
        return record
    return _changed(record, gates, **update)


def beside_decided(check: Check, record: CheckRecord, others: Sequence[CheckRecord]) -> CheckRecord:
    """A check beside others of which a person decided some: if it is right, its points count as theirs allow."""
    if not _is_right(check, record):
        return record
    message = record.message if record.verdict is Verdict.CORRECT else ""  # else it speaks of what stands beside it
    right = Outcome(verdict=Verdict.CORRECT, credit=1.0, message=message)
    if any(earns(other) is False for other in others):
        right = check.by_itself(right)
    elif any(earns(other) is None for other in others):
        right = right.model_copy(update={"credit": None})
    score = None if right.credit is None else rounded(check.points * right.credit)
    return _changed(record, others, verdict=right.verdict, message=right.message, score=score)


def _is_right(check: Check, record: CheckRecord) -> bool:
    """Whether nothing but the checks beside it holds a check's points back."""
    held = check.by_itself(Outcome(verdict=Verdict.CORRECT, credit=1.0, message=record.message))
    return record.verdict is Verdict.CORRECT or (record.verdict, record.message) == (held.verdict, held.message)


def _changed(record: CheckRecord, others: Sequence[CheckRecord], **update: Any) -> CheckRecord:
    names = ", ".join(_short(other) for other in others)
    note = f"a person decided {names}, on which this depends; the grader had recorded: {record.verdict}"
    return noted(record, note, **update)


def _short(record: CheckRecord) -> str:
    return record.id.rpartition(".")[2]
