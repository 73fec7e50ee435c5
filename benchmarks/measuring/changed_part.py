"""Judging one submission again after one part changed, for every part in turn.

Owns the change (another title) and what is computed again. To be called in a worker, which computes in one thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from measuring.account import Account

from grader.assignment.model import Assignment
from grader.cache import Entries
from grader.gradebook import Gradebook
from grader.gradebook.gradings import SHARED
from grader.grading.batch import freeze_imports
from grader.grading.incremental import PARTS, grade_incrementally
from grader.grading.worker_grader import Settings, grader_for
from grader.sandbox.lazy import LazyExecutor
from grader.submission.discover import find_submissions
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource

TITLE = "Another title"
WARMING_UP = 4
"""Submissions that are not counted, as the first of them import what is needed."""
TURNS = 4
"""In so many turns parts are judged again, each time for other submissions: a slow minute meets all parts."""


@dataclass(frozen=True)
class JudgedAgain:
    """CPU seconds of judging one submission again, by part, and without the stored judged parts; the dearest last."""

    seconds: list[tuple[float, str]]
    without_parts: list[tuple[float, str]]


def judge_again(settings: Settings, out: Path, submissions: Path, count: int) -> JudgedAgain:
    """Change every part in turn and judge `count` submissions again; student code that would run ends it all."""
    grader = replace(grader_for(settings), executor=LazyExecutor(_never))
    found = find_submissions([submissions], grader.assignment.modules).sources[:count]
    with Gradebook.existing(out) as gradebook:
        entries = {one.id: gradebook.gradings.entries(one.id) for one in found}
        grader.judge.cache.publish(gradebook.gradings.entries(SHARED))
    changed = {
        part.id: replace(grader, assignment=_retitled(grader.assignment, part.id)) for part in grader.assignment.parts
    }
    counted, account = found[WARMING_UP:], Account()

    def again(part: str, several: Sequence[SubmissionSource], stored: Mapping[str, Entries]) -> float:
        before = account.used()  # for several at once: the system counts in steps of milliseconds
        for one in several:
            submission = load_submission(one, grader.assignment.modules)
            grade_incrementally(changed[part], settings, submission, stored[one.id])
        return (account.used() - before).cpu

    for part in changed:
        again(part, found[:WARMING_UP], entries)
    freeze_imports()  # as every worker does
    plain = {name: {k: v for k, v in stored.items() if k[0] != PARTS.name} for name, stored in entries.items()}
    took, unstored = dict.fromkeys(changed, 0.0), {}
    for turn in range(TURNS):
        for part in changed:
            took[part] += again(part, counted[turn::TURNS], entries)
            if turn == 0:
                unstored[part] = again(part, counted[::TURNS], plain) / len(counted[::TURNS])
    by_cost = sorted((seconds / len(counted), part) for part, seconds in took.items())
    return JudgedAgain(by_cost, sorted((seconds, part) for part, seconds in unstored.items()))


def _retitled(assignment: Assignment, name: str) -> Assignment:
    problems = []
    for problem in assignment.problems:
        parts = tuple(
            replace(part, spec=part.spec.model_copy(update={"title": TITLE})) if part.id == name else part
            for part in problem.parts
        )
        problems.append(replace(problem, parts=parts))
    return replace(assignment, problems=tuple(problems))


def _never() -> LazyExecutor:
    raise SystemExit("student code would have been run again")
