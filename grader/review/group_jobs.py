"""The groups of a check, found beside the work.

Owns when groups are computed: the same text at once, near texts in a process of their own, both once per reading of
the gradebook. What a group is belongs to `groups.py`.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass

from grader.errors import UsageError
from grader.gradebook.marking.events import Event
from grader.review.groups import Group, by_hand, near, same_formula, same_text, texts_to_compare
from grader.review.questions import Question
from grader.review.service import Bench
from grader.review.similarity import near_groups


@dataclass(frozen=True)
class Gathered:
    """The groups there are by now. `looking`: near texts are still being compared; `note`: why they are not."""

    groups: tuple[Group, ...]
    looking: bool = False
    note: str = ""

    def of(self, key: str) -> Group | None:
        """The group that an entry is in."""
        return next((group for group in self.groups if key in group.keys), None)


class Gatherer:
    """Groups by check.

    Args:
        bench: the gradebook on the desk.
        executor: where near texts are compared.
    """

    def __init__(self, bench: Bench, executor: Executor) -> None:
        self._bench = bench
        self._executor = executor
        self._exact: dict[tuple[int, str], list[Group]] = {}
        self._near: dict[tuple[int, str], Future[list[list[str]]]] = {}

    def exact(self, question: Question) -> list[Group]:
        """Entries with the same text, or the same formula."""
        at = (self._bench.generation, question.id)
        if at not in self._exact:
            said = self._bench.store.queue.said(question.id)
            found = same_text(said) if question.text else same_formula(said, question.part.symbols)
            self._exact[at] = found
        return by_hand(self._exact[at], self._events(question))

    def all(self, question: Question) -> Gathered:
        """Every group that is known by now; asking also starts the comparison of near texts."""
        exact = self.exact(question)
        if question.text is None:
            return Gathered(tuple(exact))
        at = (self._bench.generation, question.id)
        if at not in self._near:
            texts = texts_to_compare(self._bench.store.queue.said(question.id), self._exact[at])
            self._near[at] = self._executor.submit(near_groups, texts)
        if not self._near[at].done():
            return Gathered(tuple(exact), looking=True)
        try:
            alike = self._near[at].result()
        except UsageError as error:
            return Gathered(tuple(exact), note=str(error))
        return Gathered(tuple(by_hand(near(self._exact[at], alike), self._events(question))))

    def known(self, question: Question) -> Gathered:
        """The groups as far as they are computed already, without starting anything slow."""
        future = self._near.get((self._bench.generation, question.id))
        return self.all(question) if future is not None and future.done() else Gathered(tuple(self.exact(question)))

    def _events(self, question: Question) -> list[Event]:
        return self._bench.store.desk.events.latest(100_000, check_id=question.id)
