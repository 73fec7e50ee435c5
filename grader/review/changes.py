"""A person's change of any check, part or total, made on a student's card.

Owns turning it into a mark and its override, so that the desk, the reports and `hw11 explain` tell the same, and
keeping a result back.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace

from grader.errors import UsageError
from grader.gradebook.holds import Hold
from grader.gradebook.marking.marks import Mark
from grader.gradebook.pending import entry_key
from grader.gradebook.records import TOTAL, Override, made_on
from grader.grading.score import rounded
from grader.records import CheckRecord, GradeRecord, Verdict
from grader.results.card import Card
from grader.review.service import ReviewService

MOST = 10_000.0
"""Points that nobody means to give or take beyond."""


def what_stands(card: Card, target: str) -> str:
    """A short name for what a change of a check, part or total is made on: another one as soon as anything moved.

    It covers the files that count, the decision in force and whether the result is held.
    """
    decided, held = card.in_force.get(target), card.held.get(target)
    record = card.counting
    said = [record.submission, record.attempt, record.files_sha256, record.problems_sha256]
    said += [decided and (decided.score, decided.author, decided.made_at), held and (held.author, held.made_at)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def refuse_unseen(card: Card, target: str, seen: str) -> None:
    """Ask whoever changes what has changed since their page was opened; one who sends no page (empty) is not asked.

    Raises:
        UsageError: something else stands there now.
    """
    if seen in ("", what_stands(card, target)):
        return
    decided = card.in_force.get(target)
    moved = f"{target} changed" if decided is None else f"{decided.author} set {target} to {decided.score:g}"
    raise UsageError(
        f"nothing was saved: {moved} after you opened this page — it shows it now: change it if you mean to"
    )


def change(
    service: ReviewService, record: GradeRecord, target: str, points: float | None, reason: str, says: str, author: str
) -> None:
    """Set a check's points, or add points to a part or to the total (negative ones are a penalty).

    Args:
        service: the marking of the class.
        record: the effective record of the attempt.
        target: a check's or part's id, or `TOTAL`.
        points: the points; None takes the change back, so that what the grader decided counts again.
        reason: why, for staff.
        says: what the student reads.
        author: who decides.

    Raises:
        UsageError: there is no such check or part, the points cannot be given, or no reason is given.
    """
    check = _check(record, target)
    _with_reason(reason)
    if points is not None and not abs(points) <= MOST:
        raise UsageError(f"{points:g} points are more than anybody means")
    if check is not None and points is not None and not 0 <= points <= check.max_score:
        raise UsageError(f"{target} is worth {check.max_score:g}: {points:g} points cannot be given")
    score = None if points is None else rounded(points)
    decision = _decision(record, target, score, reason, says, author)
    on_desk = check is not None and target in service.assignment.checks
    service.commit([_mark(decision)] if on_desk else [], [decision])


def _decision(record: GradeRecord, target: str, score: float | None, reason: str, says: str, author: str) -> Override:
    check = record.check(target)
    about = made_on(record, check) if check is not None else ""
    where = (record.submission, record.attempt, target)
    return Override(*where, score, author, reason.strip(), says.strip(), digest=about)


def _mark(decision: Override) -> Mark:
    """The mark on the desk that says the same as a decision about a check."""
    return Mark(
        key=entry_key(decision.check_id, decision.submission),
        check_id=decision.check_id,
        marker=decision.author,
        score=decision.score,
        digest=decision.digest,
        awarded=decision.score,
        reason=decision.reason,
        comment=decision.says,
        via="one" if decision.score is not None else "undo",
    )


def unread(record: GradeRecord) -> list[CheckRecord]:
    """The checks that wait for a person and have no answer that one could read, as those of a file that does not open.

    A fault of ours is none of them: it is never a zero.
    """
    waits = (Verdict.NEEDS_REVIEW, Verdict.UNDECIDED)
    return [one for one in record.checks if one.score is None and one.verdict in waits and not one.answer]


def settle_unread(service: ReviewService, record: GradeRecord, reason: str, says: str, author: str) -> None:
    """Give no points for all of a student's checks that wait without an answer, as marks that are undone together.

    Args:
        service: the marking of the class.
        record: the effective record of the attempt.
        reason: why, for staff.
        says: what the student reads at each of them.
        author: who decides.

    Raises:
        UsageError: nothing of the kind waits, or no reason is given.
    """
    _with_reason(reason)
    waiting = [check for check in unread(record) if check.id in service.assignment.checks]
    if not waiting:
        raise UsageError("nothing waits here any more that has no answer")
    batch = secrets.token_hex(8)
    decisions = [_decision(record, check.id, 0.0, reason, says, author) for check in waiting]
    service.commit([replace(_mark(one), via="card", batch=batch) for one in decisions], decisions)


def hold(service: ReviewService, record: GradeRecord, target: str, reason: str, says: str, author: str) -> None:
    """Keep a check's part, a part or everything back from every release to come, until it is let go.

    Args:
        service: the marking of the class.
        record: the effective record of the attempt.
        target: a check's or part's id, or `TOTAL`.
        reason: why, for staff.
        says: what the student reads.
        author: who decides.

    Raises:
        UsageError: there is no such check or part, or no reason is given.
    """
    _check(record, target)
    _with_reason(reason)
    service.gradebook.holds.add(Hold(record.submission, target, author, reason.strip(), says.strip()))


def let_go(service: ReviewService, record: GradeRecord, target: str, author: str) -> None:
    """End a hold: the next release tells the result."""
    _check(record, target)
    service.gradebook.holds.add(Hold(record.submission, target, author, "let go", holds=False))


def _check(record: GradeRecord, target: str) -> CheckRecord | None:
    """The check that a change is about; None where it is a part or the total."""
    check = record.check(target)
    if check is None and target != TOTAL and target not in {part.id for part in record.parts}:
        raise UsageError(f"{record.submission} has no check or part {target!r}")
    return check


def _with_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("a change needs a reason, which staff read in the history")
