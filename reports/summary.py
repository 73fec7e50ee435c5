"""The summary of a record, for the top of a page and the last lines in a terminal.

Owns sums over what may be shown, and the sentences about them. It never says that everything passed while hidden
checks remain. The points that count are in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.checks.base import Family
from grader.records import GradeRecord, Verdict
from reports.visibility import SeenCheck, SeenPart
from reports.words import counted, points, worth


@dataclass(frozen=True)
class Summary:
    """Points of one record, and what is said of them. After release `sealed` is 0 and `score` a number.

    `sealed` counts the checks that are hidden, of `sealed_points`. `judged` is the headline while there is no score,
    `told` the sentences that no score changes. `late` is the late deduction; 0 while the total may not be shown.
    """

    score: float | None
    max_score: float
    earned: float
    open: float
    awaiting: float
    sealed: int
    sealed_points: float
    judged: str
    told: tuple[str, ...]
    late: float = 0.0

    @property
    def headline(self) -> str:
        """The most important sentence."""
        return self.judged if self.score is None else f"{points(self.score)} of {worth(self.max_score)}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences after the headline, which say what it does not include."""
        said = list(self.told)
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
    beside = _sum(_counts_later(check) for check in checks) if sealed else 0.0
    sealed_points = round(beside + _sum(check.max_score for check in sealed if not check.bonus), 6)
    return Summary(
        score=None,
        max_score=_sum(part.max_score for part in parts),
        earned=_sum(check.score or 0.0 for check in checks),
        open=_sum(check.recoverable for check in checks if not check.bonus),
        awaiting=_sum(map(awaiting, checks)),
        sealed=len(sealed),
        sealed_points=sealed_points,
        judged=_judged(checks),
        told=(*_hidden(len(sealed), sealed_points, beside), *_lacking(parts)),
    )


def _judged(checks: Sequence[SeenCheck]) -> str:
    """How many answers are read and are judged later, and how many public checks of what has been started passed."""
    read = sum(check.outcome.answer is not None and check.words.tone in ("sealed", "waiting") for check in checks)
    begun = [check for check in checks if check.public and check.verdict not in (Verdict.MISSING, Verdict.BLOCKED)]
    passed = [check.words.tone == "good" for check in begun if check.words.tone not in ("sealed", "waiting", "fault")]
    said = [f"{counted(read, 'answer')} read"] if read else []
    said += [f"{sum(passed)} of {counted(len(passed), 'public check')} passed"] if passed else []
    return ", ".join(said) or "Nothing is checked yet"


def _hidden(sealed: int, worth_of_them: float, beside: float) -> Iterator[str]:
    """What hidden checks are worth; `beside` of it is what public checks that passed are worth once hidden ones do."""
    if sealed:
        which = counted(sealed, "hidden check counts", "hidden checks count")
        passed = ", with what passed beside them" if beside else ""
        yield f"{which} too: {worth(worth_of_them)}, shown after release{passed}."


def _lacking(parts: Sequence[SeenPart]) -> Iterator[str]:
    """How much is empty, is not there, or cannot be used."""
    checks = [check for part in parts for check in part.checks]
    missing = [check for check in checks if check.verdict is Verdict.MISSING and not check.function]
    files = sum(check.family is Family.FILE for check in missing)
    not_written = sum(len(unwritten(part.checks)) for part in parts)
    not_loaded = len({check.not_loaded for check in checks} - {""})
    unread = sum(check.verdict is Verdict.UNREADABLE and not check.not_loaded for check in checks)
    for number, one, several in (
        (len(missing) - files, "answer is empty", "answers are empty"),
        (files, "file is not there", "files are not there"),
        (not_written, "function is not written", "functions are not written"),
        (not_loaded, "file does not load", "files do not load"),
        (unread, "answer cannot be read and so earns nothing", "answers cannot be read and so earn nothing"),
    ):
        if number:
            yield f"{counted(number, one, several)}."


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
