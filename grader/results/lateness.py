"""How late a submission is, and what that costs.

Owns the arithmetic of deadlines, as pure functions of times. The policy belongs to `grader.assignment.late_policy`,
students' extensions to `grader.results.roster`, subtracting the points to `grader.results.effective`. Every time
has an offset from UTC, so daylight saving time changes nothing. A day is 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.assignment.late_policy import Deduction, LatePolicy, instant
from reports.words import counted

_DAY = timedelta(days=1)
_NOTHING = Deduction()


@dataclass(frozen=True)
class Terms:
    """One student's exceptions from the policy.

    `extra_days` move the common deadline, `deadline` replaces it; the later of the two counts. `slip_days` are those
    that the student has left, None for the policy's number. If `excused`, lateness costs nothing.
    """

    extra_days: float = 0.0
    deadline: datetime | None = None
    slip_days: int | None = None
    excused: bool = False


COMMON = Terms()
"""No exceptions."""


@dataclass(frozen=True)
class Lateness:
    """How late one submission is, and what that costs.

    `late` is the time after the student's deadline (zero if in time), `days` how many days it has begun (0 if excused
    or within the grace), `slip_days` how many of those cost nothing. `cost` is the deduction, `consequence` says it in
    words. `known` is False if the time of submission is not known.
    """

    late: timedelta = timedelta(0)
    days: int = 0
    slip_days: int = 0
    cost: Deduction = _NOTHING
    consequence: str = ""
    known: bool = True

    def deduction(self, score: float) -> float:
        """The points that are taken from a score: never less than 0, never more than the score."""
        return max(0.0, min(self.cost.share * score + self.cost.points, score))

    @property
    def says(self) -> str:
        """The sentence for the student: how late, and what that costs; empty if in time or not known.

        It says no number of points that depends on the score, which students may not know before release.
        """
        return f"Handed in {_spelled(self.late)} after the deadline; {self.consequence}" if self.late else ""


def lateness(submitted_at: str | None, policy: LatePolicy, terms: Terms = COMMON) -> Lateness:
    """How late a submission is.

    Args:
        submitted_at: ISO 8601 with an offset from UTC. If it is None or anything else, nothing is deducted.
        policy: the author's late policy.
        terms: the student's exceptions from it.
    """
    handed_in = _moment(submitted_at)
    if handed_in is None:
        return Lateness(known=False)
    due = policy.deadline + timedelta(days=terms.extra_days)
    late, grace = handed_in - max(due, terms.deadline or due), timedelta(minutes=policy.grace)
    days = -(-late // _DAY)
    if days <= 0:
        return Lateness()
    if terms.excused:
        return Lateness(late, consequence="excused, so nothing is deducted")
    if late <= grace:
        return Lateness(late, consequence=f"within the {_spelled(grace)} of grace, so nothing is deducted")
    if policy.closes is not None and days > policy.closes:
        first = f"only work of the first {counted(policy.closes, 'day')} after it counts"
        says = f"{first if policy.closes else 'nothing counts after it'}: −100 %"
        return Lateness(late, days, cost=Deduction(share=1.0), consequence=says)
    slip_days = min(days, policy.slip_days if terms.slip_days is None else max(0, terms.slip_days))
    cost, at_most = _cost(policy, days - slip_days)
    used = f"{counted(slip_days, 'slip day')} used; " if slip_days else ""
    taken = "nothing is deducted" if cost == _NOTHING else f"−{cost}{', the most there is' if at_most else ''}"
    return Lateness(late, days, slip_days, cost, used + taken)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return instant(text)
    except ValueError:
        return None


def _cost(policy: LatePolicy, days: int) -> tuple[Deduction, bool]:
    """The deduction for a number of days, and whether the policy's maximum limited it."""
    share, points = round(policy.per_day.share * days, 9), round(policy.per_day.points * days, 9)
    most = policy.at_most or Deduction(share=1.0, points=points)
    return Deduction(share=min(share, most.share), points=min(points, most.points)), (
        policy.at_most is not None and (share > most.share or points > most.points)
    )


def _spelled(time: timedelta) -> str:
    """A duration in words, such as `1 day 3 h`, `4 min` or `12 s`: its two largest units, seconds rounded up."""
    seconds = -(-time // timedelta(seconds=1))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    units = [
        counted(days, "day") if days else "",
        *(f"{n} {unit}" if n else "" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s"))),
    ]
    first = next(i for i, unit in enumerate(units) if unit)
    return " ".join(unit for unit in units[first : first + 2] if unit)
