"""The part of a record that a student may see.

Owns hiding things before release: everything that students read is made from what this module returns, and it copies
only what is on a list. Before release a check is *sealed* if it is hidden, or if it counts only after a sealed one
(else its not being blocked would reveal the other's outcome). A sealed check still shows that it is empty, cannot be
read, or that its file does not load, because the student can repair that and it reveals nothing about the answer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.assignment.model import Assignment, Part
from grader.checks.base import Check, Family
from grader.checks.failure_outcome import NOT_LOADED, WHERE
from grader.checks.reproduce import TO_PASTE
from grader.records import CheckRecord, GradeRecord, Outcome, PartRecord, Verdict
from reports.words import NOT_EQUAL, SEALED, WORDS, Wording

FAILING = frozenset(verdict for verdict in Verdict if WORDS[verdict].tone in ("open", "partial"))
"""Verdicts that a student can still improve."""


@dataclass(frozen=True)
class SeenCheck:
    """One check as a student sees it.

    Attributes:
        id: the check's id in the record.
        title: the question; empty if the assignment no longer has the check.
        family: what the check looks at; None if the assignment no longer has it.
        max_score: the most that it can earn.
        bonus: whether its points are added to the part's total.
        public: whether it is shown before release.
        outcome: the outcome without everything that is hidden; its verdict means nothing if `sealed`.
        sealed: whether the verdict is hidden.
        score: its points; None if they are hidden or not decided.
    """

    id: str
    title: str
    family: Family | None
    max_score: float
    bonus: bool
    public: bool
    outcome: Outcome
    sealed: bool = False
    score: float | None = None

    @property
    def name(self) -> str:
        """The id without its part: `part.field` is `field`."""
        return self.id.partition(".")[2] or self.id

    @property
    def verdict(self) -> Verdict | None:
        """The verdict; None if it is hidden."""
        return None if self.sealed else self.outcome.verdict

    @property
    def words(self) -> Wording:
        """Icon, word, explanation and tone of the verdict."""
        return SEALED if self.verdict is None else WORDS[self.verdict]

    @property
    def explanation(self) -> str:
        """The sentence for a check without a message."""
        return (
            NOT_EQUAL if self.verdict is Verdict.WRONG and self.outcome.answer is not None else self.words.explanation
        )

    @property
    def not_loaded(self) -> str:
        """The `file:line` at which importing a file for this check fails; empty if it does not."""
        return dict(self.outcome.details).get(NOT_LOADED, "")

    @property
    def where(self) -> str:
        """The `file:line` of the student's own at which it stopped; empty where there is none."""
        return dict(self.outcome.details).get(WHERE, "")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The details that are shown as a list."""
        return tuple(detail for detail in self.outcome.details if detail[0] not in (NOT_LOADED, TO_PASTE))

    @property
    def to_paste(self) -> str:
        """Lines of Python that repeat what failed; empty if there are none."""
        return dict(self.outcome.details).get(TO_PASTE, "")

    @property
    def function(self) -> str:
        """The student's function that a run is about (`run.function.property`); empty for other checks."""
        words = self.name.split(".")
        return words[1] if words[0] == "run" and len(words) > 1 else ""

    @property
    def fails(self) -> bool:
        """Whether the student can still gain points here, as far as they may know."""
        return self.verdict in FAILING

    @property
    def recoverable(self) -> float:
        """The points that the student can still gain."""
        return self.max_score - (self.score or 0.0) if self.fails else 0.0


@dataclass(frozen=True)
class SeenPart:
    """One part as a student sees it. `score` and `awaiting` are None if any check in it is sealed.

    `released` says whether its hidden outcomes may be shown.
    """

    part: Part
    checks: tuple[SeenCheck, ...]
    max_score: float
    score: float | None
    awaiting: float | None
    released: bool

    @property
    def failing(self) -> tuple[SeenCheck, ...]:
        """The checks that the student can still improve, in order."""
        return tuple(check for check in self.checks if check.fails)


def seen_parts(record: GradeRecord, assignment: Assignment, released: Container[str] = ()) -> tuple[SeenPart, ...]:
    """Every part that both record and assignment have, in the assignment's order, as a student may see it.

    Args:
        record: the record of a submission.
        assignment: the assignment that was graded.
        released: the parts whose hidden outcomes may be shown.
    """
    recorded = {part.id: part for part in record.parts}
    return tuple(seen_part(part, recorded[part.id], released) for part in assignment.parts if part.id in recorded)


def seen_part(part: Part, record: PartRecord, released: Container[str] = ()) -> SeenPart:
    """One part as a student may see it."""
    known = {check.id: check for check in part.checks}
    sealed = frozenset() if part.id in released else sealed_ids(part.checks, record.checks)
    checks = tuple(
        _sealed(check, known.get(check.id)) if check.id in sealed else _open(check, known.get(check.id), sealed)
        for check in record.checks
    )
    whole = not any(check.verdict is None for check in checks)
    return SeenPart(
        part=part,
        checks=checks,
        max_score=record.max_score,
        score=record.score if whole else None,
        awaiting=record.awaiting if whole else None,
        released=part.id in released,
    )


def sealed_ids(checks: Iterable[Check], records: Iterable[CheckRecord]) -> frozenset[str]:
    """Ids of the checks of one part whose outcome must not be shown before release."""
    after: Mapping[str, tuple[str, ...]] = {check.id: check.after for check in checks}
    hidden = {check.id for check in checks if check.visibility == "hidden"}
    hidden |= {check.id for check in records if check.visibility == "hidden"}
    while more := {name for name, gates in after.items() if name not in hidden and hidden.intersection(gates)}:
        hidden |= more
    return frozenset(hidden)


def unscored_ids(checks: Iterable[Check], sealed: frozenset[str]) -> frozenset[str]:
    """Ids of the checks whose points tell how a sealed one came out, though their verdict does not."""
    return frozenset(check.id for check in checks if check.id not in sealed and sealed.intersection(check.beside))


_SHOWN = ("verdict", "message", "answer", "reading", "column", "mistake", "follows", "details", "output")
"""What a student may know of an outcome that is not held back."""


def _open(check: CheckRecord, known: Check | None, sealed: frozenset[str]) -> SeenCheck:
    score = None if known and sealed.intersection(known.beside) else check.score
    facts = {name: getattr(check, name) for name in _SHOWN}
    if known and score:  # its points are there: beside what they count need not be said any more
        facts["message"] = check.message.removesuffix(known.counts_beside)
    return _seen(check, known, Outcome(**facts), public=check.visibility == "public", score=score)


def _seen(check: CheckRecord, known: Check | None, outcome: Outcome, **facts: Any) -> SeenCheck:
    title, family = (known.title, known.family) if known else ("", None)
    return SeenCheck(check.id, title, family, check.max_score, check.bonus, outcome=outcome, **facts)


def _sealed(check: CheckRecord, known: Check | None) -> SeenCheck:
    family = known.family if known else None
    verdict = _shown_verdict(check, known)
    not_loaded = tuple(detail for detail in check.details if verdict and detail[0] == NOT_LOADED)
    theirs = verdict is Verdict.UNREADABLE or (verdict is Verdict.MISSING and family is Family.FILE)
    outcome = Outcome(
        verdict=verdict or Verdict.NEEDS_REVIEW,
        # of a file that does not load its name alone, since the exception's text may quote hidden inputs
        message=check.message.partition(":")[0] if not_loaded else check.message if theirs else "",
        answer=check.answer,
        reading=check.reading,
        column=check.column if theirs else None,
        details=not_loaded or tuple(detail for detail in check.details if theirs and detail[0] == WHERE),
    )
    score = 0.0 if verdict in FAILING else None
    return _seen(check, known, outcome, public=False, sealed=verdict is None, score=score)


def _shown_verdict(check: CheckRecord, known: Check | None) -> Verdict | None:
    """The verdict of a sealed check if it reveals neither right or wrong nor the outcome of another check."""
    verdict, family = check.verdict, known.family if known else None
    unstarted = verdict is Verdict.MISSING or (verdict is Verdict.UNREADABLE and family is not None and family.readable)
    waits = verdict is Verdict.HARNESS_ERROR or (verdict is Verdict.NEEDS_REVIEW and family is Family.TEXT)
    gated = known is not None and known.after  # that it got this far tells how the check before came out
    shown = unstarted or (not gated and (waits or any(label == NOT_LOADED for label, _ in check.details)))
    return verdict if shown else None
