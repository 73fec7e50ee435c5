"""The page of the team: who marks which question, how fast, and what is left in hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.gradebook.marking.shares import share_of
from grader.grouping import by_key
from grader.review.pace import PACED, pace
from grader.review.service import ReviewService
from reports.pages import render


@dataclass(frozen=True)
class MarkerRow:
    """One marker: answers marked, those left in what is assigned to them, and seconds for one of late if known."""

    name: str
    marked: int
    left: int
    seconds: float | None
    parts: str = ""

    @property
    def hours(self) -> float | None:
        """How long what is left takes this marker; None where nobody can tell."""
        return None if self.seconds is None else self.seconds * self.left / 3600


def marker_rows(service: ReviewService) -> list[MarkerRow]:
    """Everybody who marks or has marked, by name."""
    counts = service.gradebook.queue.counts_by_marker()
    marked = by_key((name, (part, number)) for name, part, number in counts if name)
    recent = by_key((mark.marker, mark) for mark in service.gradebook.marking.marks.recent(PACED))
    left = left_by_marker(service, service.gradebook.marking.shares.assigned())
    return [
        MarkerRow(
            name,
            sum(number for _, number in marked[name]),
            left.get(name, 0),
            pace(recent[name]),
            ", ".join(f"{part} {number}" for part, number in sorted(marked[name])),
        )
        for name in sorted({*service.markers, *marked, *left})
    ]


def left_by_marker(service: ReviewService, assigned: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many answers wait in what is assigned to each marker."""
    left: dict[str, int] = defaultdict(int)
    for check, markers in assigned.items():
        for marker in markers if check in service.questions else ():
            stretch = share_of(marker, markers)
            assert stretch is not None
            left[marker] += service.gradebook.marking.shares.left(check, stretch)
    return left


def team_page(service: ReviewService, marker: str) -> str:
    """The page: a table of markers, and one of questions with a box for each marker."""
    assigned, rows = service.gradebook.marking.shares.assigned(), marker_rows(service)
    waiting: dict[str, int] = defaultdict(int)
    for one in service.gradebook.queue.counts():
        waiting[one.check_id] += one.number if one.state == "open" else 0
    questions = [one for id_, one in service.questions.items() if waiting[id_] or id_ in assigned]
    return render(
        "desk/team.html.j2",
        marker=marker,
        rows=rows,
        questions=[(one, waiting[one.id], assigned.get(one.id, ())) for one in questions],
    )
