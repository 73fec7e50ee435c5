"""How late a submission is, and what that costs. Pure: times in, numbers and one sentence out.

Owns the arithmetic of deadlines. Which policy holds is the author's to say (`grader.assignment.late_policy`), who was
given more time the roster's (`grader.results.roster`); taking the points away belongs to `grader.results.effective`.

Times are moments: every one carries its offset from UTC, so a change of clocks between two of them changes nothing.
A day is 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.assignment.late_policy import Deduction, LatePolicy, instant

_DAY = timedelta(days=1)
_NOTHING = Deduction()


@dataclass(frozen=True)
class Terms:
    """What one student was given beyond what the policy says.

    `extra_days` move the common deadline, `deadline` replaces it; of the two the later one counts. `slip_days` are
    those left, None for as many as the policy gives everyone. Whoever is `excused` loses nothing.
    """

    extra_days: float = 0.0
    deadline: datetime | None = None
    slip_days: int | None = None
    excused: bool = False


@dataclass(frozen=True)
class Lateness:
    """How late one submission is, and what that costs.

    `late` is the time after the student's own deadline (zero if it came in time), `days` how many days were begun in
    it (none within `grace`), `slip_days` how many of those cost nothing. `cost` is for all the others together;
    `at_most` tells that it was held to the most there is. `closed_after` is the number of days after which nothing
    counts, where that is so here. `known` is False where nobody knows when it was handed in.
    """

    late: timedelta = timedelta(0)
    days: int = 0
    slip_days: int = 0
    cost: Deduction = _NOTHING
    at_most: bool = False
    grace: timedelta = timedelta(0)
    closed_after: int | None = None
    excused: bool = False
    known: bool = True

    def deduction(self, score: float) -> float:
        """The points that are taken from a score: never less than 0, never more than the score."""
        return max(0.0, min(self.cost.share * score + self.cost.points, score))

    @property
    def says(self) -> str:
        """For the student, in plain words: how late, and what that costs; empty if it came in time or nobody knows.

        Names no number of points that depends on the score, so that it gives nothing away before release.
        """
        return f"Handed in {_spelled(self.late)} after the deadline; {self._consequence}" if self.late else ""

    @property
    def _consequence(self) -> str:
        if self.excused:
            return "excused, so nothing is deducted"
        if self.closed_after is not None:
            counts = f"only work of the first {_counted(self.closed_after, 'day')} after it counts"
            return f"{counts if self.closed_after else 'nothing counts after it'}: −100 %"
        if not self.days:
            return f"within the {_spelled(self.grace)} of grace, so nothing is deducted"
        used = f"{_counted(self.slip_days, 'slip day')} used; " if self.slip_days else ""
        most = ", the most there is" if self.at_most else ""
        return used + ("nothing is deducted" if self.cost == _NOTHING else f"−{self.cost}{most}")


def lateness(
    submitted_at: str | None,
    policy: LatePolicy,
    extension_days: float = 0.0,
    slip_days_left: int | None = None,
    *,
    own_deadline: datetime | None = None,
    excused: bool = False,
) -> Lateness:
    """How late a submission is.

    Args:
        submitted_at: ISO 8601 with its offset from UTC; None, or anything else, if nobody knows: then nothing is
            deducted.
        policy: what the author says.
        extension_days: days by which this student's deadline is later than the common one.
        slip_days_left: late days that cost this student nothing; None for as many as the policy gives.
        own_deadline: this student's own deadline; the later of it and the extended common one counts.
        excused: whether lateness costs this student nothing.
    """
    handed_in = _moment(submitted_at)
    if handed_in is None:
        return Lateness(known=False, excused=excused)
    late = handed_in - _due(policy, extension_days, own_deadline)
    grace = timedelta(minutes=policy.grace)
    if late <= grace or excused:
        return Lateness(late=max(late, timedelta(0)), grace=grace, excused=excused)
    days = -(-late // _DAY)
    if policy.closes is not None and days > policy.closes:
        return Lateness(late=late, days=days, cost=Deduction(share=1.0), closed_after=policy.closes)
    slip_days = min(days, policy.slip_days if slip_days_left is None else max(0, slip_days_left))
    cost, at_most = _cost(policy, days - slip_days)
    return Lateness(late=late, days=days, slip_days=slip_days, cost=cost, at_most=at_most)


def lateness_of(submitted_at: str | None, policy: LatePolicy, terms: Terms) -> Lateness:
    """How late a submission of a student with terms of their own is."""
    return lateness(
        submitted_at,
        policy,
        terms.extra_days,
        terms.slip_days,
        own_deadline=terms.deadline,
        excused=terms.excused,
    )


def _due(policy: LatePolicy, extension_days: float, own: datetime | None) -> datetime:
    extended = policy.deadline + timedelta(days=extension_days)
    return extended if own is None else max(extended, own)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return instant(text)
    except ValueError:
        return None


def _cost(policy: LatePolicy, days: int) -> tuple[Deduction, bool]:
    """What some days cost together, and whether that is the most there is."""
    share, points = round(policy.per_day.share * days, 9), round(policy.per_day.points * days, 9)
    most = policy.at_most or Deduction(share=1.0, points=points)
    return Deduction(share=min(share, most.share), points=min(points, most.points)), (
        policy.at_most is not None and (share > most.share or points > most.points)
    )


def _spelled(time: timedelta) -> str:
    """`1 day 3 h`, `4 min`, `12 s`: the two largest units that are not zero."""
    seconds = -(-time // timedelta(seconds=1))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    units = [
        _counted(days, "day") if days else "",
        *(f"{n} {unit}" if n else "" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s"))),
    ]
    first = next(i for i, unit in enumerate(units) if unit)
    return " ".join(unit for unit in units[first : first + 2] if unit)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
