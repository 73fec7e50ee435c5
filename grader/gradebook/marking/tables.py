"""The marking desk's tables as one.

Owns the transaction that saves a mark: the mark, its override, the state of its entry, and the end of its lease and
draft. Each table belongs to a module of its own. Knows neither assignments nor pages, and computes no score.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.gradebook.engine import Book, insert
from grader.gradebook.marking import drafts, events, leases, marks, rubrics, shares
from grader.gradebook.marking.marks import Mark
from grader.gradebook.marking.rubrics import Rubric
from grader.gradebook.pending import Standing, set_states
from grader.gradebook.records import Override, overrides


class MarkingTables:
    """Marks, drafts, rubrics, events and shares of one gradebook."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.marks = marks.Marks(book)
        self.drafts = drafts.Drafts(book)
        self.rubrics = rubrics.Rubrics(book)
        self.events = events.Events(book)
        self.shares = shares.Shares(book)

    def commit(self, made: Sequence[Mark], decisions: Sequence[Override], rubric: Rubric | None = None) -> None:
        """Save marks, their overrides, and the rubric version that caused them, in one transaction.

        The leases and drafts of these markers on these entries end.

        Raises:
            GradebookError: the gradebook cannot be written; then nothing has changed.
        """
        with self._book.writing() as connection:
            if rubric is not None:
                insert(connection, rubrics.rubrics, rubric)
            insert(connection, marks.marks, *made)
            insert(connection, overrides, *decisions)
            first = [mark for mark in made if mark.round == "first"]
            set_states(
                connection,
                [Standing(one.key, "open" if one.score is None else "marked", one.marker, one.score) for one in first],
            )
            for mark in made:
                drafts.discard(connection, mark.key, mark.round, mark.marker)
                leases.end(connection, mark.key, mark.round, mark.marker)
