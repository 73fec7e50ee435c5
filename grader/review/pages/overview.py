"""The pages about the marking as a whole: what is left, rubrics, agreement, history.

Owns the content of each. The pages about single answers and groups belong to `answer` and `groups`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from grader.gradebook.marking.marks import Mark
from grader.gradebook.marking.queue import Count
from grader.gradebook.marking.shares import share_of
from grader.gradebook.pending import entry_key
from grader.gradebook.regrade_requests import Request
from grader.grouping import by_key
from grader.records import Verdict
from grader.results.anonymise import entry_label, scrubber
from grader.results.lookup import NotFound, label
from grader.review import agreement
from grader.review.pace import PACED, pace
from grader.review.pages.answer import question_url
from grader.review.pages.team import marker_rows
from grader.review.questions import ReviewQuestion
from grader.review.rubric_changes import RubricChange, touched
from grader.review.service import ReviewService
from reports.pages import render

_LISTED = 100  # rows of a list, so that a page stays readable
_EFFECTS = {
    "new": "nothing: marks stay as they are",
    "points": "marks with this item are counted again",
    "text": "students read the new text",
    "deleted": "marks with this item are counted again without it",
}


@dataclass
class QuestionRow:
    """The state of one question: numbers of entries by what is to be done."""

    question: ReviewQuestion
    waits: int = 0
    marked: int = 0
    undecided: int = 0
    faults: int = 0
    flagged: int = 0
    begun: int = 0
    second: int = 0
    changed: bool = False
    markers: tuple[str, ...] = ()
    mine: int | None = None

    @property
    def also(self) -> list[tuple[str, int, str]]:
        """(word, number, tone) of what else there is."""
        counts = [
            ("begun", self.begun, "sealed"),
            ("undecided", self.undecided, "waiting"),
            ("at fault", self.faults, "fault"),
            ("flagged", self.flagged, "partial"),
        ]
        return [one for one in counts if one[1]]

    @property
    def total(self) -> int:
        """The number of entries that wait or are marked."""
        return self.waits + self.marked

    @property
    def asks(self) -> bool:
        """Whether anybody has something to do there: mark, mark a second time, or look at a changed rubric."""
        return bool(self.waits or self.second or self.changed)

    @property
    def url(self) -> str:
        """The address of the question's pages."""
        return question_url(self.question.id)

    def count(self, one: Count) -> None:
        """Add a number of entries in the same state."""
        self.flagged += one.number if one.flagged else 0
        if one.verdict.decided:
            return
        if one.state == "marked":
            self.marked += one.number
            return
        self.waits += one.number
        self.undecided += one.number if one.verdict is Verdict.UNDECIDED else 0
        self.faults += one.number if one.verdict is Verdict.HARNESS_ERROR else 0


def home_page(
    service: ReviewService, marker: str, *, finished: str = "", problem: str = "", lost: NotFound | None = None
) -> str:
    """The home page: what is left to mark, by question, and who has marked what; `lost` is a search that failed."""
    rows = _rows(service, marker)
    requests = service.gradebook.requests.open()
    flagged = service.gradebook.queue.flagged(_LISTED)
    problems = [
        (problem_, [row for row in rows.values() if row.question.problem is problem_ and row.total])
        for problem_ in service.assignment.problems
    ]
    return render(
        "desk/home.html.j2",
        marker=marker,
        assignment=service.assignment,
        finished=finished if finished in service.questions else "",
        problem=problem,
        lost=lost,
        could_be=[(label(one), quote(one.submission, safe="")) for one in lost.could_be[:_LISTED]] if lost else [],
        unread=service.gradebook.index.unread(),
        waiting=sum(row.waits for row in rows.values()),
        marked=sum(row.marked for row in rows.values()),
        total=sum(row.total for row in rows.values()),
        begun=sum(row.begun for row in rows.values()),
        problems=[(problem_, members) for problem_, members in problems if members],
        others=rows[finished].waits if finished in rows and rows[finished].markers else 0,
        markers=[one for one in marker_rows(service) if one.marked or one.left],
        pace=pace(service.gradebook.marking.marks.recent(PACED)),
        flagged=[(one, *_link(one.check_id, one.key)) for one in flagged],
        requests=_requests(service, requests[:_LISTED]),
    )


def _requests(service: ReviewService, requests: Sequence[Request]) -> list[tuple[Request, str, str]]:
    """What students ask about, without names: (request, label of its entry, address of its page)."""
    keys = [entry_key(one.check_id, one.submission) for one in requests]
    entries = service.gradebook.queue.some(keys)
    return [
        (
            replace(one, reason=scrubber([entries[key]] if key in entries else [])(one.reason)),
            *_link(one.check_id, key),
        )
        for one, key in zip(requests, keys, strict=True)
    ]


def _link(check_id: str, key: str) -> tuple[str, str]:
    """The label of an entry, and the address of its page."""
    return entry_label(key), f"{question_url(check_id)}/{key}"


def _rows(service: ReviewService, marker: str) -> dict[str, QuestionRow]:
    marking = service.gradebook.marking
    begun, second = marking.drafts.begun(marker), marking.marks.second_left(marker, service.share)
    assigned, latest = marking.shares.assigned(), {rubric.check_id: rubric for rubric in marking.rubrics.versions()}
    rows = {
        id_: QuestionRow(question, begun=begun.get(id_, 0), second=second.get(id_, 0), markers=assigned.get(id_, ()))
        for id_, question in service.questions.items()
    }
    for one in service.gradebook.queue.counts():
        if one.check_id in rows:
            rows[one.check_id].count(one)
    for id_, row in rows.items():
        row.changed = bool(row.marked and id_ in latest and service.rubric_changes(row.question, latest[id_]))
        mine = share_of(marker, row.markers) if row.markers else None
        row.mine = marking.shares.left(id_, mine) if mine else None
    return rows


def rubric_page(service: ReviewService, question: ReviewQuestion, marker: str, applied: int | None = None) -> str:
    """The page of a rubric: the version that marks are made by, changes in the problem file, earlier versions."""
    current, version = service.rubric(question, marker)
    found = service.rubric_changes(question, current)
    marks = [
        mark for mark in service.gradebook.marking.marks.latest_of_check(question.id).values() if mark.score is not None
    ]
    return render(
        "desk/rubric.html.j2",
        marker=marker,
        question=question,
        url=question_url(question.id),
        current=current,
        version=version,
        file=question.problem.file.name,
        changes=[(change, _EFFECTS[change.what]) for change in found],
        marks=len(marks),
        concerned=_concerned(found, marks),
        unticked=sum(mark.awarded is not None for mark in marks),
        versions=service.gradebook.marking.rubrics.versions(question.id)[::-1],
        applied=applied,
    )


def _concerned(found: Sequence[RubricChange], marks: Sequence[Mark]) -> int:
    return sum(mark.awarded is None and touched(found, mark.items) for mark in marks)


def quality_page(service: ReviewService, marker: str) -> str:
    """The page of agreement between blind markings, and of markers' drift."""
    service.tally.add(service.gradebook.marking.marks.given(service.tally.last))
    pairs = agreement.second_pairs(service.gradebook.marking.marks.marked_twice())
    items = {
        rubric.check_id: [item.ref for item in rubric.items] for rubric in service.gradebook.marking.rubrics.versions()
    }
    most = {id_: question.points for id_, question in service.questions.items()}
    parts = by_key((pair[0].check_id.partition(".")[0], pair) for pair in pairs)
    people = by_key((name, pair) for pair in pairs for name in {mark.marker for mark in pair})
    drifts = service.tally.drifts(most)
    return render(
        "desk/quality.html.j2",
        marker=marker,
        share=service.share,
        enough=agreement.ENOUGH,
        parts=[(name, agreement.agreement(found, items)) for name, found in sorted(parts.items())],
        markers=[(name, agreement.agreement(found, items)) for name, found in sorted(people.items())],
        apart=[
            (first, second, *_link(first.check_id, first.key))
            for first, second in agreement.disagreements(pairs)[:_LISTED]
        ],
        drifts=[(check, name, one) for (check, name), one in drifts.items()],
    )


def history_page(service: ReviewService, marker: str) -> str:
    """The page of who did what, the newest first."""
    lists: dict[str, Any] = {
        "batches": service.gradebook.marking.marks.batches(),
        "marks": [(mark, *_link(mark.check_id, mark.key)) for mark in service.gradebook.marking.marks.recent(_LISTED)],
        "undone": service.gradebook.marking.events.keys("undo"),
        "rubrics": service.gradebook.marking.rubrics.versions()[::-1][:_LISTED],
        "events": service.gradebook.marking.events.latest(_LISTED)[::-1],
    }
    return render("desk/history.html.j2", marker=marker, **lists)
