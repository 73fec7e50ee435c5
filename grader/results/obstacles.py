"""What holds results back: checks that nobody has decided, open requests, and results that somebody holds.

Owns naming these. Whether a release waits for them belongs to `release`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.files.untrusted_text import one_line
from grader.gradebook.holds import Hold
from grader.gradebook.pending import CHANGED
from grader.gradebook.regrade_requests import Request
from grader.grouping import by_key
from grader.records import PartRecord, Verdict

OPEN = {
    Verdict.HARNESS_ERROR: "left open by a fault of ours: grade again",
    Verdict.UNDECIDED: "not decided by any program",
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


Wait = tuple[str, str, str]
"""A check whose result should not be released yet, the reason, and the submission."""


def obstacles(waits: Iterable[Wait]) -> list[Obstacle]:
    """The obstacles to a release by check and reason, those of most submissions first."""
    found = by_key(((check, reason), submission) for check, reason, submission in waits)
    listed = [Obstacle(check, reason, tuple(who)) for (check, reason), who in found.items()]
    return sorted(listed, key=lambda obstacle: -len(obstacle.submissions))


def open_checks(submission: str, parts: Sequence[PartRecord]) -> Iterator[Wait]:
    """The checks that nobody has decided. One that is right and counts only beside these waits for nothing else."""
    for check in (check for part in parts for check in part.checks if not check.verdict.decided):
        yield check.id, _DECIDED_BEFORE if check.message == CHANGED else OPEN[check.verdict], submission


def unanswered(requests: Iterable[Request]) -> Iterator[Wait]:
    """The checks that students asked about."""
    for one in requests:
        yield one.check_id, "asked to be looked at again, and not answered", one.submission


def kept_back(holds: Iterable[Hold]) -> Iterator[Wait]:
    """What somebody holds."""
    for one in holds:
        yield one.target, f"held by {one_line(one.author, 60)}: {one_line(one.reason, 200)}", one.submission
