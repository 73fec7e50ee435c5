"""What holds results back: checks that nobody has decided, open requests, and results that somebody holds.

Owns naming these. Whether a release waits for them belongs to `release`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.files.untrusted_text import one_line
from grader.gradebook.holds import Hold
from grader.gradebook.pending import CHANGED
from grader.gradebook.regrade_requests import Request
from grader.records import GradeRecord, PartRecord, Verdict

OPEN = {
    Verdict.HARNESS_ERROR: "left open by a fault of ours: grade again",
    Verdict.UNDECIDED: "not decided by the judge",
    Verdict.NEEDS_REVIEW: "not marked by a person yet",
}


_DECIDED_BEFORE = "decided by a person on what was handed in before, which has changed since"


@dataclass(frozen=True)
class Obstacle:
    """A reason why results should not be released yet: one check, and the submissions concerned."""

    check: str
    reason: str
    submissions: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.submissions[:5]) + (", …" if len(self.submissions) > 5 else "")
        return f"{self.check}: {len(self.submissions)} {self.reason} ({shown})"


def obstacles(
    records: Iterable[GradeRecord], requests: Sequence[Request], holds: Sequence[Hold] = ()
) -> list[Obstacle]:
    """The obstacles to a release by check and reason, those of most submissions first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        for what in open_checks(record.parts):
            found[what].append(record.submission)
    return listed(found, requests, holds)


def open_checks(parts: Sequence[PartRecord]) -> Iterator[tuple[str, str]]:
    """The checks that nobody has decided, each with the reason."""
    for check in (check for part in parts for check in part.checks if check.score is None):
        yield check.id, _DECIDED_BEFORE if check.message == CHANGED else OPEN[check.verdict]


def listed(
    waits: Mapping[tuple[str, str], Sequence[str]], requests: Sequence[Request] = (), holds: Sequence[Hold] = ()
) -> list[Obstacle]:
    """Obstacles by check and reason, those of most submissions first; `waits` has submissions by check and reason."""
    found = defaultdict(list, {what: list(who) for what, who in waits.items()})
    for request in requests:
        found[request.check_id, "asked to be looked at again, and not answered"].append(request.submission)
    for hold in holds:
        found[hold.target, f"held by {one_line(hold.author, 60)}: {one_line(hold.reason, 200)}"].append(hold.submission)
    listed = [Obstacle(check, reason, tuple(who)) for (check, reason), who in found.items()]
    return sorted(listed, key=lambda obstacle: -len(obstacle.submissions))
