"""The actions of the marking desk: read the gradebook, open an entry, mark, undo, change a rubric.

Owns the order of steps in each action, and saving a mark together with its override. Which entries there are belongs
to `intake`, points and texts to `marks`, matching rubric items to `rubric_changes`. Knows no HTTP and no page.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.gradebook import Gradebook, Override
from grader.gradebook.marking.events import Event
from grader.gradebook.marking.leases import Round
from grader.gradebook.marking.marks import Mark
from grader.gradebook.marking.rubrics import Rubric, RubricItem
from grader.gradebook.marking.shares import share_of
from grader.gradebook.pending import Entry
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.results.card import Card, student_card
from grader.results.course import Course
from grader.results.intake import follow, read_queue
from grader.results.roster import Roster
from grader.review import marks as marking
from grader.review.agreement import Tally
from grader.review.marks import Draft
from grader.review.questions import ReviewQuestion, by_rubric, questions
from grader.review.rubric_changes import RubricChange, changes, match


class NotSaved(Exception):
    """A mark cannot be saved; the message tells the marker why. Not an error of the program."""


@dataclass(eq=False)
class ReviewService:
    """The marking of one gradebook.

    Attributes:
        gradebook: the gradebook.
        assignment: the assignment that was graded.
        share: the share of the answers that is marked a second time, from 0 to 1.
        clock: returns seconds since the epoch.
        roster: reads the roster, if there is one.
        markers: who was invited to mark.
        generation: how often problem files and gradebook were read again.
        tally: how markers' points went, as far as it was asked for.
        questions: the assignment's checks, by id.
    """

    gradebook: Gradebook
    assignment: Assignment
    share: float = 0.05
    clock: Callable[[], float] = time.time
    roster: Callable[[], Roster | None] = lambda: None
    markers: Sequence[str] = ()
    generation: int = field(default=0, init=False)
    tally: Tally = field(default_factory=Tally, init=False)
    questions: Mapping[str, ReviewQuestion] = field(init=False)
    _passed_over: Collection[str] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Find the questions."""
        self.questions = questions(self.assignment)

    def course(self) -> Course:
        """The class with its roster as it is now."""
        return Course(self.gradebook, self.assignment, self.roster())

    def read_again(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Read the problem files and the new records, overrides and requests; returns the number of records read.

        Args:
            progress: called after each record with the number read so far.

        Raises:
            SpecError: the problem files cannot be used; then nothing has changed.
            UsageError: the roster cannot be used; then nothing has changed.
            GradebookError: the gradebook cannot be used.
        """
        course = Course(self.gradebook, load_assignment(self.assignment.root), self.roster())
        self.assignment, self.questions = course.assignment, questions(course.assignment)
        read, self._passed_over = read_queue(course, progress)
        self.tally.add(self.gradebook.marking.marks.given(self.tally.last))
        self.generation += 1
        return read

    def rubric(self, question: ReviewQuestion, author: str) -> tuple[Rubric, int]:
        """The rubric that marks are made by, and its version number.

        It is the one in the problem file until the first mark; later changes there must be applied by a person.
        """
        known = self.gradebook.marking.rubrics.versions(question.id)
        if known and (
            _as_written(known[-1]) == question.wanted or self.gradebook.marking.marks.latest_of_check(question.id)
        ):
            return known[-1], len(known)
        fresh = Rubric(question.id, self.matched(known, question), author)
        self.gradebook.marking.rubrics.add(fresh)
        return fresh, len(known) + 1

    def rubric_changes(self, question: ReviewQuestion, current: Rubric) -> list[RubricChange]:
        """The differences of the problem file's rubric from the one that marks are made by."""
        return changes(current.items, self.matched(self.gradebook.marking.rubrics.versions(question.id), question))

    @staticmethod
    def matched(known: Sequence[Rubric], question: ReviewQuestion) -> tuple[RubricItem, ...]:
        """The items of the problem file's rubric, with the references that they have in the versions so far."""
        used = [item.ref for version in known for item in version.items]
        return match(known[-1].items if known else (), question.wanted, used)

    def open(self, entry: Entry, marker: str, round_: Round) -> str | None:
        """Lease an entry to a marker and end their other leases; returns the other marker who holds it, if any."""
        self.gradebook.leases.release(marker, entry.key)
        return self.gradebook.leases.take(entry.key, round_, marker, self.clock())

    def next(
        self, check_id: str, after: str, marker: str, round_: Round = "first", *, anybody: bool = False
    ) -> str | None:
        """The key of the next entry of a check that waits for this marker, leased to them; None if there is none.

        What is assigned to others waits for this marker only if they mark for anybody.
        """
        if round_ == "first":
            markers = () if anybody else self.gradebook.marking.shares.assigned().get(check_id, ())
            share = share_of(marker, markers)
            return self.gradebook.leases.next_open(check_id, after, marker, self.clock(), share) if share else None
        done = self.gradebook.marking.marks.second_keys(check_id)
        return self.gradebook.leases.next_second(check_id, after, marker, self.share, done, self.clock())

    def card(self, submission: str, marker: str) -> tuple[Card, list[Entry]]:
        """The card of a student, and what of theirs is on the desk; each of that counts as revealed to the marker."""
        card = student_card(self.course(), self.gradebook.heads.latest(), submission)
        order, known = list(self.questions), self.gradebook.queue.of(card.submissions)
        found = [entry for entry in known if entry.check_id in self.questions]
        found.sort(key=lambda entry: order.index(entry.check_id))
        self.gradebook.marking.events.log(*(Event("reveal", one.key, one.check_id, marker) for one in found))
        return card, found

    def draft(self, entry: Entry, marker: str, round_: Round) -> Draft:
        """The marker's draft of an entry, else the mark on it (in the second round their own), else an empty draft."""
        begun = self.gradebook.marking.drafts.of(entry.key, round_, marker)
        if begun is not None:
            return Draft.model_validate(begun)
        mark = self.gradebook.marking.marks.latest(entry.key, round_, marker if round_ == "second" else None)
        if mark is None or mark.digest != entry.digest:
            return Draft()
        return marking.draft_of(mark, by_rubric=by_rubric(self.questions[entry.check_id], entry))

    def begin(self, entry: Entry, draft: Draft, marker: str, round_: Round) -> None:
        """Save a draft; on disk when this returns.

        Raises:
            NotSaved: somebody else holds the entry.
        """
        self.hold(entry, marker, round_)
        self.gradebook.marking.drafts.keep(entry.key, round_, marker, entry.check_id, draft.model_dump())

    def changed_since(self, entry: Entry, seen: int) -> Mark | None:
        """The first mark that counts on an entry, if it was made after the one with the id `seen` was shown."""
        latest = self.gradebook.marking.marks.latest(entry.key)
        return latest if latest is not None and latest.id != seen else None

    def save(self, entry: Entry, draft: Draft, marker: str, round_: Round) -> Mark:
        """Save a mark, with its override if it is a first one, and the answer to a request about it.

        Raises:
            NotSaved: it is not complete, or somebody else holds the entry.
        """
        self.hold(entry, marker, round_)
        request = self.request(entry) if round_ == "first" else None
        rubric, version = self.rubric_of(entry, marker)
        mark = replace(self._mark(entry, draft, marker, rubric, version, asked=request is not None), round=round_)
        self.commit([mark], [marking.override(mark, entry, rubric)] if round_ == "first" else [])
        if request is not None:
            self.gradebook.requests.answer(
                request.id, RequestAnswer(entry.score, mark.score, marker, draft.reply.strip())
            )
        return mark

    def save_group(self, entry: Entry, others: Sequence[str], draft: Draft, marker: str) -> list[Mark]:
        """Save the same mark for an entry and for those others of its group that are open and not held.

        Raises:
            NotSaved: it is not complete, or somebody else holds the entry.
        """
        self.hold(entry, marker, "first")
        held = self.gradebook.leases.held_by_others(entry.check_id, marker, self.clock())
        alike = self.gradebook.queue.some([key for key in others if key != entry.key and key not in held])
        rubric, version = self.rubric_of(entry, marker)
        entries, batch = [entry, *(one for one in alike.values() if one.state != "marked")], secrets.token_hex(8)
        marks = [replace(self._mark(one, draft, marker, rubric, version), via="group", batch=batch) for one in entries]
        self.commit(marks, [marking.override(*pair, rubric) for pair in zip(marks, entries, strict=True)])
        return marks

    def undo(self, batch: str, marker: str) -> int:
        """Undo a batch: restore the marks before it, except on entries marked anew since. Returns how many."""
        of_batch = self.gradebook.marking.marks.of_batch(batch)
        made = self.gradebook.marking.marks.firsts_of({mark.key for mark in of_batch})
        entries = self.gradebook.queue.some([mark.key for mark in of_batch if made[mark.key][-1].id == mark.id])
        known = [entry for entry in entries.values() if entry.check_id in self.questions]
        marks, overrides = [], []
        for entry in known:
            *_, was, given = [None, *made[entry.key]]
            if was is None or was.digest != entry.digest:  # of another answer, it would leave the present one marked
                was = replace(given, score=None)
            back = replace(was, via="undo", batch="", made_at="")
            decision = marking.override(back, entry, self.rubric_of(entry, marker)[0] if back.score is not None else ())
            marks.append(back)
            overrides.append(replace(decision, author=marker) if back.score is None else decision)
        self.commit(marks, overrides)
        if of_batch:
            self.gradebook.marking.events.log(Event("undo", batch, of_batch[0].check_id, marker, str(len(marks))))
        return len(marks)

    def take_back(self, entry: Entry, marker: str) -> None:
        """Take back the mark of an entry; its ticks stay as a proposal.

        Raises:
            NotSaved: somebody else holds the entry.
        """
        self.hold(entry, marker, "first")
        mark = self.gradebook.marking.marks.latest(entry.key)
        if mark is not None and mark.score is not None and mark.digest == entry.digest:
            back = replace(mark, score=None, marker=marker, via="undo", batch="", made_at="")
            self.commit([back], [marking.override(back, entry, ())])

    def request(self, entry: Entry) -> Request | None:
        """The oldest unanswered request about an entry; None if there is none."""
        mine = (entry.submission, entry.check_id)
        return next((one for one in self.gradebook.requests.open() if (one.submission, one.check_id) == mine), None)

    def commit(self, marks: Sequence[Mark], overrides: Sequence[Override], rubric: Rubric | None = None) -> None:
        """Save all in one transaction, then update the entries that depend on the checks that were decided."""
        self.gradebook.marking.commit(marks, overrides, rubric)
        follow(self.gradebook, self.assignment, [one for one in overrides if one.submission not in self._passed_over])

    def hold(self, entry: Entry, marker: str, round_: Round) -> None:
        """Lease an entry to a marker who changes it.

        Raises:
            NotSaved: somebody else holds it.
        """
        holder = self.gradebook.leases.take(entry.key, round_, marker, self.clock())
        if holder is not None:
            raise NotSaved(
                f"{holder} holds this answer now, so nothing was saved. What you wrote is still on this page."
            )

    def rubric_of(self, entry: Entry, marker: str) -> tuple[Sequence[RubricItem], int]:
        """The rubric that an entry is marked by, and its version; empty where there is none."""
        question = self.questions[entry.check_id]
        if not by_rubric(question, entry):
            return (), 0
        rubric, version = self.rubric(question, marker)
        return rubric.items, version

    def _mark(
        self,
        entry: Entry,
        draft: Draft,
        marker: str,
        rubric: Sequence[RubricItem],
        version: int,
        *,
        asked: bool = False,
    ) -> Mark:
        question = self.questions[entry.check_id]
        live = tuple(item.ref for item in rubric if item.ref in draft.items)
        draft = draft.model_copy(update={"items": live, "awarded": None if rubric else draft.awarded})
        if wrong := marking.complaint(draft, rubric, question.points, asked=asked):
            raise NotSaved(wrong)
        return Mark(
            key=entry.key,
            check_id=entry.check_id,
            marker=marker,
            score=marking.score(draft, rubric, question.points),
            digest=entry.digest,
            items=live,
            awarded=draft.awarded,
            adjustment=draft.adjustment,
            reason=draft.reason.strip(),
            comment=draft.comment.strip(),
            version=version,
        )


def _as_written(rubric: Rubric) -> tuple[tuple[str, float], ...]:
    return tuple((item.earns, item.points) for item in rubric.items)
