"""What a student may see of a record.

Owns the one place where hidden things are held back: everything that students read is made from what this module
returns, and it copies an allow-list. Before release a check is *sealed* if it is hidden, or if it counts only
after a sealed one (that it was not blocked would tell how the other came out). Of a sealed check a student still
learns that it is empty, cannot be read, or that its file does not even load, because that is theirs to mend and takes
no answer to find out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.assignment.model import Assignment, Part
from grader.checks.base import Check, Family
from grader.checks.failure_outcome import NOT_LOADED
from grader.records import CheckRecord, GradeRecord, Outcome, PartRecord, Verdict
from reports.words import NOT_EQUAL, SEALED, WORDS, Wording

FAILING = frozenset(verdict for verdict in Verdict if WORDS[verdict].tone in ("open", "partial"))
"""What a student can still do something about."""


@dataclass(frozen=True)
class SeenCheck:
    """One check as a student sees it.

    Attributes:
        id: its id in the record.
        title: what it asks; empty if the assignment has it no longer.
        family: what it looks at; None if the assignment has it no longer.
        max_score: the most it can earn.
        bonus: whether its points lie on top of the part's.
        public: whether it is told before release.
        outcome: what it came to, with everything blanked that is held back; its verdict too, if `sealed`.
        sealed: whether the verdict is held back.
        score: its points; None where they are not told.
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
        """The verdict, as far as it is told."""
        return None if self.sealed else self.outcome.verdict

    @property
    def words(self) -> Wording:
        """Icon, word, explanation and tone."""
        return SEALED if self.verdict is None else WORDS[self.verdict]

    @property
    def explanation(self) -> str:
        """What to say where the check itself says nothing."""
        return (
            NOT_EQUAL if self.verdict is Verdict.WRONG and self.outcome.answer is not None else self.words.explanation
        )

    @property
    def not_loaded(self) -> str:
        """The `file:line` at which a file that this check needs cannot be imported; empty if it can."""
        return dict(self.outcome.details).get(NOT_LOADED, "")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The details that the message does not say already."""
        return tuple(detail for detail in self.outcome.details if detail[0] != NOT_LOADED)

    @property
    def function(self) -> str:
        """The student's function that a run is about (`run.function.property`); empty for anything else."""
        words = self.name.split(".")
        return words[1] if words[0] == "run" and len(words) > 1 else ""

    @property
    def fails(self) -> bool:
        """Whether a student can still gain something here, as far as they may know."""
        return self.verdict in FAILING

    @property
    def recoverable(self) -> float:
        """Points that are not earned yet and could be."""
        return self.max_score - (self.score or 0.0) if self.fails else 0.0


@dataclass(frozen=True)
class SeenPart:
    """One part as a student sees it. `score` and `awaiting` are None while something in it is sealed."""

    part: Part
    checks: tuple[SeenCheck, ...]
    max_score: float
    score: float | None
    awaiting: float | None

    @property
    def failing(self) -> tuple[SeenCheck, ...]:
        """Checks that a student can still do something about, in order."""
        return tuple(check for check in self.checks if check.fails)


def seen_parts(record: GradeRecord, assignment: Assignment, *, released: bool) -> tuple[SeenPart, ...]:
    """Every part of the record that the assignment knows, in the assignment's order, with hidden things held back."""
    recorded = {part.id: part for part in record.parts}
    return tuple(
        seen_part(part, recorded[part.id], released=released) for part in assignment.parts if part.id in recorded
    )


def seen_part(part: Part, record: PartRecord, *, released: bool) -> SeenPart:
    """One part with hidden things held back."""
    known = {check.id: check for check in part.checks}
    sealed = frozenset() if released else sealed_ids(part.checks, record.checks)
    recorded = {check.id: check for check in record.checks}
    checks = tuple(
        _sealed(recorded[name], known.get(name)) if name in sealed else _open(recorded[name], known.get(name))
        for name in recorded
    )
    if not released:
        checks += tuple(_not_run(check) for name, check in known.items() if name in sealed - set(recorded))
    whole = not any(check.verdict is None for check in checks)
    return SeenPart(
        part=part,
        checks=checks,
        max_score=record.max_score,
        score=record.score if whole else None,
        awaiting=record.awaiting if whole else None,
    )


def sealed_ids(checks: Iterable[Check], records: Iterable[CheckRecord]) -> frozenset[str]:
    """Ids of the checks of one part whose outcome must not be told before release."""
    after: Mapping[str, tuple[str, ...]] = {check.id: check.after for check in checks}
    hidden = {check.id for check in checks if check.visibility == "hidden"}
    hidden |= {check.id for check in records if check.visibility == "hidden"}
    while more := {name for name, gates in after.items() if name not in hidden and hidden.intersection(gates)}:
        hidden |= more
    return frozenset(hidden)


_SHOWN = ("verdict", "message", "answer", "reading", "column", "mistake", "follows", "details", "output")
"""What a student may know of an outcome that is not held back."""


def _open(check: CheckRecord, known: Check | None) -> SeenCheck:
    return SeenCheck(
        id=check.id,
        title=known.title if known else "",
        family=known.family if known else None,
        max_score=check.max_score,
        bonus=check.bonus,
        public=check.visibility == "public",
        outcome=Outcome(**{name: getattr(check, name) for name in _SHOWN}),
        score=check.score,
    )


def _sealed(check: CheckRecord, known: Check | None) -> SeenCheck:
    family = known.family if known else None
    told = _told(check, known)
    not_loaded = tuple(detail for detail in check.details if told and detail[0] == NOT_LOADED)
    theirs = told is Verdict.UNREADABLE or (told is Verdict.MISSING and family is Family.FILE)
    outcome = Outcome(
        verdict=told or Verdict.NEEDS_REVIEW,
        message=_place(check) if not_loaded else check.message if theirs else "",
        answer=check.answer,
        reading=check.reading,
        column=check.column if theirs else None,
        details=not_loaded,
    )
    return SeenCheck(
        id=check.id,
        title=known.title if known else "",
        family=family,
        max_score=check.max_score,
        bonus=check.bonus,
        public=False,
        outcome=outcome,
        sealed=told is None,
        score=0.0 if told in FAILING else None,
    )


def _told(check: CheckRecord, known: Check | None) -> Verdict | None:
    """The verdict if it says nothing about right or wrong, nor whether another check let this one be judged."""
    if check.verdict is Verdict.MISSING:
        return check.verdict
    if check.verdict is Verdict.UNREADABLE and known is not None and known.family.readable:
        return check.verdict
    if known is not None and known.after:
        return None
    if check.verdict is Verdict.HARNESS_ERROR or any(label == NOT_LOADED for label, _ in check.details):
        return check.verdict
    if check.verdict is Verdict.NEEDS_REVIEW and known is not None and known.family is Family.TEXT:
        return check.verdict
    return None


def _not_run(check: Check) -> SeenCheck:
    """A hidden check that the record does not hold, as in a student's own `check`."""
    return SeenCheck(
        id=check.id,
        title=check.title,
        family=check.family,
        max_score=check.points,
        bonus=check.bonus,
        public=False,
        outcome=Outcome(verdict=Verdict.NEEDS_REVIEW),
        sealed=True,
    )


def _place(check: CheckRecord) -> str:
    """Which file does not load, without what it raised: code may have put there what it saw of hidden inputs."""
    return check.message.partition(":")[0]
