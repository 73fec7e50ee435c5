"""A record as Gradescope's `results.json`.

Owns the form of the file (Gradescope's autograder specification), and when each check is shown. Unless everything is
shown at once, each part is two tests: its public checks are visible at once, its hidden ones come last and are shown
later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


def results(record: GradeRecord, assignment: Assignment, hidden: str) -> Result:
    """The content of `results.json`.

    Args:
        record: the effective record.
        assignment: the assignment that was graded.
        hidden: when hidden checks are shown: a key of `SHOWN_WHEN`, or `visible` for at once.
    """
    seen = seen_parts(record, assignment, EVERY_PART if hidden == "visible" else ())
    numbers = {
        part.id: f"{i}.{j}" for i, one in enumerate(assignment.problems, 1) for j, part in enumerate(one.parts, 1)
    }
    recorded = {part.id: part for part in record.parts}
    tests = [test for one in seen for test in _tests(numbers[one.part.id], one, recorded[one.part.id], hidden)]
    return {
        "score": round(record.score, _DIGITS),
        "output": _cut("\n".join(_summary(record, seen, hidden))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": sorted(tests, key=lambda test: test["visibility"] != "visible"),
        "extra_data": {"hw11": {"graded": not record.has_harness_error, **_about(record)}},
    }


def _tests(number: str, seen: SeenPart, record: PartRecord, hidden: str) -> Iterator[Result]:
    """The tests of a part: what is visible at once, as `hw11 check` prints it, and its sealed checks."""
    part, checks = seen.part, record.checks
    sealed = frozenset[str]() if seen.released else sealed_ids(part.checks, checks)
    untold = sealed | unscored_ids(part.checks, sealed)
    about: Result = {"number": number, "name": _name(part), "visibility": "visible"}
    lines = _lines(part, checks) if seen.released else part_lines(seen)[2:]
    yield from _with_waiting(about, part, lines, [check for check in checks if check.id not in untold])
    if held := [check for check in checks if check.id in sealed]:
        about |= {"name": f"{_name(part)}: {counted(len(held), 'hidden check')}", "visibility": hidden}
        yield from _with_waiting(about, part, _lines(part, held), [check for check in checks if check.id in untold])


def _with_waiting(about: Result, part: Part, lines: Iterable[str], scored: Sequence[CheckRecord]) -> Iterator[Result]:
    """A test, and one for its undecided points: it has no score, because Gradescope would show a 0."""
    yield {**about, **_scored(scored), **_says(lines)}
    waiting = [check for check in scored if check.score is None]
    if amount := _worth(waiting):
        says = "This is not a 0. A person decides it, or we grade it again; the score can only go up then."
        name = f"{_name(part)}: {worth(amount)} not graded yet"
        yield {**about, "name": name, "tags": ["manual"], **_says([says, *_lines(part, waiting)])}


def _name(part: Part) -> str:
    return f"{part.id} {part.spec.title}"


def _lines(part: Part, checks: Iterable[CheckRecord]) -> Iterator[str]:
    for check in checks:
        yield outcome_line(check.model_copy(update={"message": plain_sentence(check.message, part)}))


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


def _summary(record: GradeRecord, seen: Sequence[SeenPart], hidden: str) -> Iterator[str]:
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
    yield from step_lines(costliest_steps(seen) if hidden == "visible" else next_steps(seen, record.notices))


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
