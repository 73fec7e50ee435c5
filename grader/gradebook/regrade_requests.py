"""Regrade requests of students, and their answers. Append-only.

Owns their tables: who looked at a request, the points before and after, and what the student reads. A change of
points is an override, which the caller adds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.schema import Moment, Name, table


@dataclass(frozen=True)
class RequestAnswer:
    """A person's answer to a request. Scores are the check's; None where it was or is not decided."""

    score_before: float | None
    score_after: float | None
    author: Name
    says: str
    made_at: Moment = ""

    @property
    def changed(self) -> bool:
        """Whether the check's points changed."""
        return self.score_before != self.score_after


@dataclass(frozen=True)
class Request:
    """A student's request to have one check looked at again.

    `item` is the rubric item it is about, or empty. `id` is 0 until it is stored; `answer` is the latest one.
    """

    submission: Name
    attempt: int
    check_id: Name
    item: str
    reason: str
    made_at: Moment = ""
    id: int = 0
    answer: RequestAnswer | None = None


_requests = table("requests", Request, index=["submission"], without=["answer"])
_of_request = sa.Column("request", sa.Integer, nullable=False, index=True)
_answers = table("request_answers", RequestAnswer, _of_request)


class Requests(Tables):
    """The requests in one gradebook."""

    def add(self, request: Request) -> bool:
        """Save a request; False if the same one is there already, so that importing a file twice changes nothing."""
        same = ("submission", "attempt", "check_id", "item", "reason")
        alike = sa.select(_requests.c.id).where(*(_requests.c[name] == getattr(request, name) for name in same))
        with self._book.writing() as connection:
            if connection.scalar(alike) is not None:
                return False
            insert(connection, _requests, request)
        return True

    def answer(self, request: int, answer: RequestAnswer) -> None:
        """Save the answer to the request with this id."""
        self._book.add(_answers, answer, request=request)

    def all(self) -> list[Request]:
        """Every request with its latest answer, oldest first."""
        given = [_answers.c[one.name] for one in fields(RequestAnswer)]
        answers = self._book.rows(sa.select(_answers.c.request, *given).order_by(_answers.c.id))
        latest = {request: RequestAnswer(*answer) for request, *answer in answers}
        return [replace(request, answer=latest.get(request.id)) for request in self._book.stored(Request, _requests)]

    def open(self) -> list[Request]:
        """The requests that nobody has answered, oldest first."""
        return [request for request in self.all() if request.answer is None]
