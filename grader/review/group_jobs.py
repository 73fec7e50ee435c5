"""Computing the groups of a check in the background.

Owns when groups are computed: those of equal answers at once, those of near answers in another process, both once
per reading of the gradebook. What a group is belongs to `groups`.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass

from grader.errors import UsageError
from grader.gradebook.marking.events import Event
from grader.review.clustering import near_groups
from grader.review.groups import Group, by_hand, near, same_formula, same_text, texts_to_compare
from grader.review.questions import ReviewQuestion
from grader.review.service import ReviewService


@dataclass(frozen=True)
class GroupsFound:
    """The groups known so far. `looking`: near texts are still being compared; `note`: why they cannot be."""

    groups: tuple[Group, ...]
    looking: bool = False
    note: str = ""

    def of(self, key: str) -> Group | None:
        """The group that an entry is in."""
        return next((group for group in self.groups if key in group.keys), None)


class GroupJobs:
    """The groups of every check, computed when first asked for.

    Args:
        service: the gradebook and its questions.
        executor: runs the comparison of near texts.
    """

    def __init__(self, service: ReviewService, executor: Executor) -> None:
        self._service = service
        self._executor = executor
        self._exact: dict[tuple[int, str], list[Group]] = {}
        self._near: dict[tuple[int, str], Future[list[list[str]]]] = {}

    def exact(self, question: ReviewQuestion) -> list[Group]:
        """Groups of entries with the same text or the same formula."""
        return by_hand(self._computed(self._service.generation, question), self._events(question))

    def _computed(self, generation: int, question: ReviewQuestion) -> list[Group]:
        at = (generation, question.id)
        if at not in self._exact:
            said = self._service.gradebook.queue.said(question.id)
            self._exact[at] = same_text(said) if question.text else same_formula(said, question.part.symbols)
        return self._exact[at]

    def all(self, question: ReviewQuestion) -> GroupsFound:
        """Every group known so far; the first call starts the comparison of near texts."""
        at = (self._service.generation, question.id)  # asked once: another request may read again meanwhile
        computed, events = self._computed(at[0], question), self._events(question)
        exact = tuple(by_hand(computed, events))
        if question.text is None:
            return GroupsFound(exact)
        if at not in self._near:
            texts = texts_to_compare(self._service.gradebook.queue.said(question.id), computed)
            self._near[at] = self._executor.submit(near_groups, texts)
        if not self._near[at].done():
            return GroupsFound(exact, looking=True)
        try:
            alike = self._near[at].result()
        except UsageError as error:
            return GroupsFound(exact, note=str(error))
        return GroupsFound(tuple(by_hand(near(computed, alike), events)))

    def known(self, question: ReviewQuestion) -> GroupsFound:
        """The groups that can be given without starting a slow comparison."""
        future = self._near.get((self._service.generation, question.id))
        return self.all(question) if future is not None and future.done() else GroupsFound(tuple(self.exact(question)))

    def _events(self, question: ReviewQuestion) -> list[Event]:
        return self._service.gradebook.marking.events.latest(100_000, check_id=question.id)
