"""The summary of a record, for the top of a page and the last lines in a terminal.

Owns sums over what may be shown, and the sentences about them. It never says that everything passed while hidden
checks remain. The points that count are in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader.checks.base import Family
from grader.records import GradeRecord, Verdict
from reports.visibility import SeenCheck, SeenPart
from reports.words import counted, points, worth


@dataclass(frozen=True)
class Summary:
    """Counts and points of one record. After release `sealed` is 0 and `score` a number.

    `read` counts answers that were typed, can be read and are judged later; `public` the public checks of what has been
    started. `beside`, a share of `sealed_points`, is what public checks that passed are worth once hidden ones do.
    `late` is the late deduction; 0 while the total may not be shown.
    """

    score: float | None
    max_score: float
    earned: float
    open: float
    awaiting: float
    sealed_points: float
    beside: float
    read: int
    public: int
    public_passed: int
    sealed: int
    empty: int
    files: int
    unwritten: int
    unreadable: int
    not_loaded: int
    late: float = 0.0

    @property
    def headline(self) -> str:
        """The most important sentence."""
        if self.score is not None:
            return f"{points(self.score)} of {worth(self.max_score)}"
        read = [f"{counted(self.read, 'answer')} read"] if self.read else []
        passed = [f"{self.public_passed} of {counted(self.public, 'public check')} passed"] if self.public else []
        if not read + passed and self.sealed:
            return f"{counted(self.sealed, 'hidden check')} will judge this"
        return ", ".join(read + passed) or "Nothing to check"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences after the headline, which say what it does not include."""
        said = []
        if self.sealed:
            verb = "counts" if self.sealed == 1 else "count"
            said.append(
                f"{counted(self.sealed, 'hidden check')} {verb} too: {worth(self.sealed_points)}, shown after release"
                f"{', with what passed beside them' if self.beside else ''}."
            )
        if self.empty:
            said.append(f"{counted(self.empty, 'answer is', 'answers are')} empty.")
        if self.files:
            said.append(f"{counted(self.files, 'file is', 'files are')} not there.")
        if self.unwritten:
            said.append(f"{counted(self.unwritten, 'function is', 'functions are')} not written.")
        if self.not_loaded:
            said.append(f"{counted(self.not_loaded, 'file does', 'files do')} not load.")
        if self.unreadable:
            earn = "earns" if self.unreadable == 1 else "earn"
            said.append(f"{counted(self.unreadable, 'answer')} cannot be read and so {earn} nothing.")
        if self.awaiting:
            said.append(f"{worth(self.awaiting)} not graded yet. That is not a 0: a person decides, or we grade again.")
        if self.score is not None and not self.awaiting and not self.open and not self.late:
            said.append("Every point is yours.")
        return tuple(said)


def summarize(record: GradeRecord, parts: Sequence[SeenPart]) -> Summary:
    """The summary of a whole record: its own sums after release, sums over what may be shown before."""
    summary = summarize_parts(parts)
    if summary.sealed:
        return replace(summary, max_score=record.max_score)
    return replace(
        summary,
        score=record.score,
        max_score=record.max_score,
        earned=record.score,
        open=max(0.0, round(record.max_score - record.score - record.awaiting_review - record.late_deduction, 6)),
        awaiting=record.awaiting_review,
        late=record.late_deduction,
    )


def summarize_parts(parts: Sequence[SeenPart]) -> Summary:
    """The summary of some parts, without a score, since other parts may be missing."""
    checks = [check for part in parts for check in part.checks]
    sealed = [check for check in checks if check.verdict is None]
    unasked = (None, Verdict.MISSING, Verdict.BLOCKED)
    public = [check for check in checks if check.public and check.verdict not in unasked]
    missing = [check for check in checks if check.verdict is Verdict.MISSING and not check.function]
    beside = _sum(_counts_later(check) for check in checks) if sealed else 0.0
    files = [check for check in missing if check.family is Family.FILE]
    return Summary(
        score=None,
        max_score=_sum(part.max_score for part in parts),
        earned=_sum(check.score or 0.0 for check in checks),
        open=_sum(check.recoverable for check in checks if not check.bonus),
        awaiting=_sum(map(awaiting, checks)),
        sealed_points=round(beside + _sum(check.max_score for check in sealed if not check.bonus), 6),
        beside=beside,
        read=sum(check.outcome.answer is not None and check.words.tone in ("sealed", "waiting") for check in checks),
        public=len(public),
        public_passed=sum(check.words.tone == "good" for check in public),
        sealed=len(sealed),
        empty=len(missing) - len(files),
        files=len(files),
        unwritten=sum(len(unwritten(part.checks)) for part in parts),
        unreadable=sum(check.verdict is Verdict.UNREADABLE and not check.not_loaded for check in checks),
        not_loaded=len({check.not_loaded for check in checks} - {""}),
    )


def unwritten(checks: Iterable[SeenCheck]) -> list[str]:
    """The missing functions that some checks are about, each once."""
    absent = (check.function for check in checks if check.verdict is Verdict.MISSING and check.function)
    return list(dict.fromkeys(absent))


def _counts_later(check: SeenCheck) -> float:
    """What a check that passed is still worth: a property counts beside the comparison of its function."""
    passed = check.verdict is Verdict.CORRECT and not check.bonus
    return check.max_score - (check.score or 0.0) if passed else 0.0


def awaiting(check: SeenCheck) -> float:
    """The points of a check that is not decided, as far as students may know that."""
    waits = check.words.tone in ("waiting", "fault") and not check.bonus
    return check.max_score if waits else 0.0


def _sum(values: Iterable[float]) -> float:
    return round(sum(values), 6)
