"""Regrade requests of students, and their answers. Append-only.

Owns their tables: who looked at a request, the points before and after, and what the student reads. A change of
points is an override, which the caller adds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.schema import metadata

_requests = sa.Table(
    "requests",
    metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.attempt(),
    columns.name("check_id"),
    columns.text("item"),
    columns.text("reason"),
    columns.moment(),
)
_answers = sa.Table(
    "request_answers",
    metadata,
    columns.number(),
    sa.Column("request", sa.Integer, nullable=False, index=True),
    columns.points_if_any("score_before"),
    columns.points_if_any("score_after"),
    columns.name("author"),
    columns.text("says"),
    columns.moment(),
)


@dataclass(frozen=True)
class RequestAnswer:
    """A person's answer to a request. Scores are the check's; None where it was or is not decided."""

    score_before: float | None
    score_after: float | None
    author: str
    says: str
    made_at: str = ""

    @property
    def changed(self) -> bool:
        """Whether the check's points changed."""
        return self.score_before != self.score_after


@dataclass(frozen=True)
class Request:
    """A student's request to have one check looked at again.

    `item` is the rubric item it is about, or empty. `id` is 0 until it is stored; `answer` is the latest one.
    """

    submission: str
    attempt: int
    check_id: str
    item: str
    reason: str
    made_at: str = ""
    id: int = 0
    answer: RequestAnswer | None = None


class Requests(Tables):
    """The requests in one gradebook."""

    def add(self, request: Request) -> bool:
        """Save a request; False if the same one is there already, so that importing a file twice changes nothing."""
        same = ("submission", "attempt", "check_id", "item", "reason")
        row = {name: getattr(request, name) for name in same}
        alike = sa.select(_requests.c.id).where(*(_requests.c[name] == row[name] for name in same))
        with self._book.writing() as connection:
            if connection.scalar(alike) is not None:
                return False
            connection.execute(sa.insert(_requests), {**row, "made_at": request.made_at or now()})
        return True

    def answer(self, request: int, answer: RequestAnswer) -> None:
        """Save the answer to the request with this id."""
        row = {**vars(answer), "request": request, "made_at": answer.made_at or now()}
        self._book.write(sa.insert(_answers), row)

    def all(self) -> list[Request]:
        """Every request with its latest answer, oldest first."""
        requests = [Request(**row._mapping) for row in self._book.rows(sa.select(_requests).order_by(_requests.c.id))]
        given = [_answers.c[one.name] for one in fields(RequestAnswer)]
        answers = self._book.rows(sa.select(_answers.c.request, *given).order_by(_answers.c.id))
        latest = {request: RequestAnswer(*answer) for request, *answer in answers}
        return [replace(request, answer=latest.get(request.id)) for request in requests]

    def open(self) -> list[Request]:
        """The requests that nobody has answered, oldest first."""
        return [request for request in self.all() if request.answer is None]
