"""The author's late policy: when a submission is late, what that costs, and which attempt counts.

Owns the keys `late` and `attempts` of `problems/assignment.yaml`. What a policy costs one submission belongs to
`grader.results.lateness`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from grader.checks.spec import Spec

Attempts = Literal["last", "best"]
_AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|points?)")


class Deduction(Spec):
    """The amount that lateness deducts: a share of what was earned, or points. One of the two is 0."""

    share: float = Field(default=0.0, ge=0, le=1)
    points: float = Field(default=0.0, ge=0)

    def __str__(self) -> str:
        return f"{round(self.share * 100, 6):g} %" if self.share else f"{self.points:g} points"


def instant(text: str) -> datetime:
    """A point in time, read from ISO 8601 with an offset from UTC.

    Raises:
        ValueError: it is not a date and time, or has no offset; the message says after ` — ` what to write.
    """
    typed = text.strip()
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as error:
        raise ValueError(f"{text!r} is no date and time — write it as 2026-11-20T23:59:00+01:00") from error
    if not 2000 <= found.year < 3000:
        raise ValueError(f"{text!r}: the year is out of range — allowed: 2000 to 2999")
    if found.tzinfo is None:
        midnight = "" if "T" in typed or ":" in typed else "T23:59:59"
        advice = f"add the offset from UTC of your time zone on that day, as in {typed}{midnight}+01:00 (Z is UTC)"
        raise ValueError(f"{text!r} has no time zone — {advice}")
    return found


def _amount(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _AMOUNT.fullmatch(value.strip())
    if found is None:
        raise ValueError(f"{value!r} is no deduction — write `10 %` (of what was earned) or `5 points`")
    number = float(found["number"])
    if found["unit"] == "%" and number > 100:
        raise ValueError(f"{value!r} takes more than was earned — allowed: 0 % to 100 %")
    return {"share": number / 100} if found["unit"] == "%" else {"points": number}


def _instant(value: Any) -> Any:
    return instant(value) if isinstance(value, str) else value


Amount = Annotated[Deduction, BeforeValidator(_amount)]


class LatePolicy(Spec):
    """When work is due and what is taken from the total of work that comes later.

    `deadline` is a point in time; a day is 24 hours. Up to `grace` minutes late costs nothing. Every day begun after
    the deadline costs `per_day`, unless the student spends one of their `slip_days` on it; all days together cost
    `at_most` at most. A submission that comes more than `closes` days late earns nothing.
    """

    deadline: Annotated[datetime, BeforeValidator(_instant)]
    grace: float = Field(default=0.0, ge=0, le=7 * 24 * 60)
    per_day: Amount = Deduction()
    at_most: Amount | None = None
    slip_days: int = Field(default=0, ge=0, le=365)
    closes: int | None = Field(default=None, ge=0, le=3650)

    @model_validator(mode="after")
    def _one_unit(self) -> LatePolicy:
        most = self.at_most
        if most is not None and bool(most.share) != bool(self.per_day.share):
            raise ValueError(f"at_most ({most}) limits per_day ({self.per_day}) — write both in % or both in points")
        return self
