"""A record as Gradescope's `results.json`.

Owns the form of the file (Gradescope's autograder specification), and when each check is shown. Unless everything is
shown at once, each part is two tests: its public checks are visible at once, its hidden ones come last and are shown
later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.assignment.model import Assignment, Part
from grader.records import EVERY_PART, CheckRecord, GradeRecord, PartRecord
from reports.messages import plain_sentence
from reports.steps import costliest_steps, next_steps
from reports.summary import awaiting, summarize
from reports.terminal import notice_line, outcome_line, part_lines, step_lines, summary_lines
from reports.visibility import SeenPart, sealed_ids, seen_parts, unscored_ids
from reports.words import counted, points, worth

SHOWN_WHEN = {"after_published": "when grades are published", "after_due_date": "after the due date"}
MAX_OUTPUT = 20_000  # characters of one output, so that the page stays readable
_DIGITS = 4

Result = dict[str, Any]


@dataclass(frozen=True)
class _Judged:
    """One part with its number (`1.2`), its checks, and the ids of those that are not shown yet."""

    number: str
    part: Part
    record: PartRecord
    sealed: frozenset[str]
    unscored: frozenset[str]
    released: bool

    @property
    def name(self) -> str:
        return f"{self.part.id} {self.part.spec.title}"

    def checks(self, *, sealed: bool) -> list[CheckRecord]:
        return [check for check in self.record.checks if (check.id in self.sealed) is sealed]

    def scored(self, *, sealed: bool) -> list[CheckRecord]:
        """Whose points are told with those checks that are sealed, or with those that are not."""
        return [check for check in self.record.checks if (check.id in self.sealed | self.unscored) is sealed]

    def lines(self, checks: Iterable[CheckRecord]) -> Iterator[str]:
        for check in checks:
            yield outcome_line(check.model_copy(update={"message": plain_sentence(check.message, self.part)}))


def results(record: GradeRecord, assignment: Assignment, hidden: str) -> Result:
    """The content of `results.json`.

    Args:
        record: the effective record.
        assignment: the assignment that was graded.
        hidden: when hidden checks are shown: a key of `SHOWN_WHEN`, or `visible` for at once.
    """
    judged = list(_judged(record, assignment, hidden))
    tests = [test for one in judged for test in _open_tests(one)]
    tests += [test for one in judged for test in _sealed_tests(one, hidden)]
    return {
        "score": round(record.score, _DIGITS),
        "output": _cut("\n".join(_summary(record, assignment, hidden, judged))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"hw11": {"graded": not record.has_harness_error, **_about(record)}},
    }


def _judged(record: GradeRecord, assignment: Assignment, hidden: str) -> Iterator[_Judged]:
    recorded = {part.id: part for part in record.parts}
    for i, problem in enumerate(assignment.problems, 1):
        for j, part in enumerate(problem.parts, 1):
            if part.id in recorded:
                checks = recorded[part.id].checks
                released = hidden == "visible"
                sealed = frozenset() if released else sealed_ids(part.checks, checks)
                unscored = unscored_ids(part.checks, sealed)
                yield _Judged(f"{i}.{j}", part, recorded[part.id], sealed, unscored, released)


def _open_tests(one: _Judged) -> Iterator[Result]:
    """The tests of a part that are visible at once: as `hw11 check` prints it, and points not graded yet."""
    scored = one.scored(sealed=False)
    lines = one.lines(one.checks(sealed=False)) if one.released else part_lines(one)[2:]
    yield {"number": one.number, "name": one.name, "visibility": "visible", **_scored(scored), **_says(lines)}
    yield from _waiting(one, scored, "visible")


def _sealed_tests(one: _Judged, hidden: str) -> Iterator[Result]:
    checks, scored = one.checks(sealed=True), one.scored(sealed=True)
    if checks:
        name = f"{one.name}: {counted(len(checks), 'hidden check')}"
        lines = one.lines(checks)
        yield {"number": one.number, "name": name, "visibility": hidden, **_scored(scored), **_says(lines)}
        yield from _waiting(one, scored, hidden)


def _waiting(one: _Judged, checks: Sequence[CheckRecord], visibility: str) -> Iterator[Result]:
    """A test for the undecided points: it has a name but no score, because Gradescope would show a 0."""
    waiting = [check for check in checks if check.score is None]
    amount = _worth(waiting)
    if amount:
        says = "This is not a 0. A person decides it, or we grade it again; the score can only go up then."
        name = f"{one.name}: {worth(amount)} not graded yet"
        lines = [says, *one.lines(waiting)]
        yield {"number": one.number, "name": name, "visibility": visibility, "tags": ["manual"], **_says(lines)}


def _scored(checks: Iterable[CheckRecord]) -> Result:
    """The points of the decided checks; empty if they have none, because Gradescope would show 0 of 0."""
    decided = [check for check in checks if check.score is not None]
    most = _worth(decided)
    if not most:
        return {}
    score = round(sum(check.score or 0.0 for check in decided), _DIGITS)
    return {"score": score, "max_score": most, "status": "passed" if score >= most else "failed"}


def _worth(checks: Iterable[CheckRecord]) -> float:
    return round(sum(check.max_score for check in checks if not check.bonus), _DIGITS)


def _summary(record: GradeRecord, assignment: Assignment, hidden: str, judged: Sequence[_Judged]) -> Iterator[str]:
    seen = seen_parts(record, assignment, EVERY_PART if hidden == "visible" else ())
    summary = summarize(record, seen)
    yield from summary_lines(summary)
    if summary.sealed:
        when = SHOWN_WHEN[hidden]
        yield f"Hidden checks are shown {when}; until then Gradescope shows no total, because it would give them away."
        if record.late_deduction:
            yield f"Handed in late: what that costs is shown {when}, with the total."
    elif record.late_says:
        yield record.late_says
    waiting = [f"{part.part.id} ({points(_waits(part))})" for part in seen if _waits(part)]
    if waiting:
        yield f"Not graded yet: {', '.join(waiting)}"
    for notice in record.notices:
        yield notice_line(notice.where, notice.message)
    yield from step_lines((costliest_steps if hidden == "visible" else next_steps)(seen))


def _waits(part: SeenPart) -> float:
    """The undecided points of a part, as far as students may know that they are undecided."""
    return round(sum(map(awaiting, part.checks)), _DIGITS)


def _about(record: GradeRecord) -> Result:
    return {
        "submission": record.submission,
        "attempt": record.attempt,
        "files_sha256": record.files_sha256,
        "problems_sha256": record.problems_sha256,
        "versions": record.versions,
        "isolation": record.isolation,
        "max_score": record.max_score,
        "awaiting_review": record.awaiting_review,
    }


def _says(lines: Iterable[str]) -> Result:
    return {"output": _cut("\n".join(lines)), "output_format": "text"}


def _cut(text: str) -> str:
    text = text.strip("\n")
    return text if len(text) <= MAX_OUTPUT else f"{text[:MAX_OUTPUT]}\n… (cut here)"
