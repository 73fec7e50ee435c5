"""The run of a student's own check.

Owns the streaming of outcomes, and checking again after a change. The options and the first line belong to `check`,
checking to `grader.grading.preview`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from grader.assignment.model import Assignment, Part
from grader.cli.output import NOT_RIGHT, print_json, say
from grader.files.own_state import remember, remembered
from grader.grading.asked_names import read_submission
from grader.grading.grade import notices
from grader.grading.preview import Preview, as_record, chosen, preview
from grader.maths.judge_process import Judge
from grader.records import GradeRecord, Verdict
from grader.sandbox import start_strongest
from grader.sandbox.base import Executor
from grader.sandbox.lazy import LazyExecutor
from grader.submission.ids import safe_id
from grader.submission.model import Submission, SubmissionSource
from grader.submission.saved import Saved, saved_state
from reports.news import NOTHING, Stands, stands
from reports.terminal import notice_line, part_lines, preview_summary
from reports.visibility import seen_part

POLL_SECONDS = 0.5  # short enough to seem immediate after saving a file; listing a submission's files takes no time


def run(assignment: Assignment, path: Path, only: Sequence[str], html: Path | None, as_json: bool, watch: bool) -> int:
    """Check once, or with `watch` again after every change until interrupted."""
    parts = chosen(assignment, only)
    while True:
        checked = saved_state(path)  # before it is read: a save during the check is a change
        code = _check(assignment, parts, path, html, as_json)
        if not watch:
            return code
        _wait_for_change(path, checked)
        say("\n— changed, checking again —")


def _check(assignment: Assignment, parts: Sequence[Part], path: Path, html: Path | None, as_json: bool) -> int:
    submission = read_submission(SubmissionSource(safe_id(path.resolve().stem), path), assignment)
    tell = say if as_json else print
    told = list(notices(submission, assignment))
    for notice in told:
        tell(notice_line(notice.where, notice.message))
    before = remembered(path)
    with closing(LazyExecutor(lambda: start_strongest(assignment.author_code.probes_dir))) as executor:
        previews = list(_stream(parts, submission, executor, before, as_json))
    seen = [seen_part(one.part, one.record) for one in previews]
    if not as_json:
        print("\n".join(preview_summary(seen, before, told)))
    remember(path, {**before, **stands(seen)})
    if html is not None:
        write_report(as_record(submission, assignment, executor, previews), assignment, html, before)
    return 0 if all(_is_right(one) for one in previews) else NOT_RIGHT


def write_report(record: GradeRecord, assignment: Assignment, html: Path, before: Stands = NOTHING) -> None:
    """Write what a student sees before release."""
    from grader.files.atomic import write_atomically
    from reports.plots import own_plots
    from reports.student import render_student

    page = render_student(record, assignment, figures=own_plots(record), before=before)
    write_atomically(html, page, 0o644)
    say(f"report: {html}")


def _stream(
    parts: Sequence[Part], submission: Submission, executor: Executor, before: Stands, as_json: bool
) -> Iterator[Preview]:
    with Judge() as judge:
        wanted = {part.id for part in parts}
        if any(answer.text and part in wanted for (part, _), answer in submission.answers.items()):
            judge.start()
        for one in preview(submission, parts, executor, judge):
            if as_json:
                print_json(one.record.model_dump(mode="json"))
            else:
                print("\n".join(part_lines(seen_part(one.part, one.record), before)), flush=True)
            yield one


def _is_right(one: Preview) -> bool:
    """Whether every check that was run is right, or waits for a person."""
    fine = (Verdict.CORRECT, Verdict.NEEDS_REVIEW)
    return all(check.verdict in fine for check in one.record.checks)


def _wait_for_change(path: Path, checked: Saved) -> None:
    while saved_state(path) == checked:
        time.sleep(POLL_SECONDS)
