"""`hw11 grade`: grade a class, one record for each submission.

Owns the order of a run: find submissions, take the lock, grade what is missing, write the pages. Grading belongs to
`grader.grading`, what counts and is written to `grader.results`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

import click

from grader.assignment.load import ASSIGNMENT_FILE
from grader.assignment.model import Assignment
from grader.cli.output import OUR_FAULT, json_option, on_assignment, roster_option, say
from grader.cli.progress_display import display_for
from grader.errors import UsageError
from grader.files.untrusted_text import visible
from grader.gradebook import Gradebook
from grader.gradebook.location import exists
from grader.grading.batch import WorkerPool, grade_class, no_entries
from grader.grading.fingerprint import record_key
from grader.grading.progress import Progress
from grader.grading.worker_grader import Settings, worker_imports
from grader.grading.workers import LocalPool
from grader.records import GradeRecord
from grader.results.compare_runs import authored
from grader.results.course import Course
from grader.results.effective import effective_records
from grader.results.lookup import HandedIn
from grader.results.publish import NOT_TAKEN, publish_due, publish_record, write_not_taken
from grader.results.roster import ROSTER, find_roster
from grader.results.roster_match import one_by_one
from grader.sandbox import Device, Isolation
from grader.seeding import class_secret
from grader.submission.discover import find_submissions
from grader.submission.downloads import describe
from grader.submission.load import handed_in_sha256
from grader.submission.model import FoundSubmissions, SubmissionSource
from reports.words import counted

_TOLD = 40
"""Files that are named on the terminal; the others stand in the file beside the class page."""


@click.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where results go.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Workers [default: one per processor].")
@click.option("--resume/--fresh", default=True, help="Keep records that nothing has changed [default: resume].")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="Share a class secret.")
@click.option(
    "--isolation",
    type=click.Choice(["full", "process"]),
    default="full",
    help="`process` runs code that you trust without a wall.",
)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="cpu", help="Where student code runs.")
@roster_option
@click.option(
    "--executor",
    type=click.Choice(["local", "dask"]),
    default="local",
    help="Where workers run: processes here, or a Dask cluster [default: local].",
)
@click.option("--scheduler", metavar="ADDR", help="The Dask scheduler's address [default: a cluster of --jobs here].")
@click.option(
    "--gradebook",
    "database",
    metavar="URL",
    help="A PostgreSQL database to keep records in [default: a file in --out].",
)
@json_option
@on_assignment
def command(
    assignment: Assignment,
    paths: Sequence[Path],
    *,
    out: Path,
    jobs: int | None,
    resume: bool,
    secret_file: Path | None,
    isolation: Isolation,
    device: Device,
    roster: Path | None,
    executor: Literal["local", "dask"],
    scheduler: str | None,
    database: str | None,
    as_json: bool,
) -> int:
    """Grade a class: folders and zip files, one record each, whatever happens."""
    if scheduler is not None and executor != "dask":
        raise UsageError("--scheduler needs --executor dask")
    for path in paths:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise UsageError(f"--out {out} lies in {path}, where it would be graded as a hand-in: choose another place")
    discovered = find_submissions(paths, assignment.modules, known_sources(out), assignment.notebook)
    found = discovered.sources
    for sentence in describe(found):
        say(sentence)
    students = find_roster(out, roster)
    settings = Settings(assignment.root, class_secret(out, secret_file), isolation, device)
    with Gradebook(out, database) as gradebook, gradebook.lock("hw11 grade"):
        course = Course(gradebook, assignment, students)
        todo = _due(course, settings, found) if resume else found
        if known := len(found) - len(todo):
            say(f"{known} of {counted(len(found), 'submission')} graded already; --fresh grades them again")
        write_not_taken(discovered.not_taken, out)
        pool = _pool(executor, scheduler, max(1, min(jobs or os.cpu_count() or 1, len(todo))), assignment)
        display = display_for(len(todo), known, pool.size, as_json=as_json)
        if not todo and _is_settled(out, gradebook, assignment, roster):
            with display:
                return _summary(discovered, [], out)
        entries, expected = gradebook.gradings.entries if resume else no_entries, gradebook.gradings.seconds()
        if todo:
            gradebook.problems.keep(assignment.sha256, authored(assignment))
        run = grade_class(todo, settings, pool, entries=entries, expected=expected, watch=display.watch)
        with display, closing(run):
            for counts, progress in _keep(course, settings, found, run):
                display.finished(counts, progress)
        records = publish_due(course)
    return _summary(discovered, records, out)


def _due(course: Course, settings: Settings, found: Sequence[SubmissionSource]) -> list[SubmissionSource]:
    """The submissions without a record, or whose record has another key."""
    assignment, graded, due = course.assignment, course.gradebook.fingerprints(), []
    for one in found:
        files = handed_in_sha256(one, assignment.modules, assignment.notebook)
        if graded.get((one.id, one.attempt)) != record_key(one, files, assignment.sha256, settings):
            due.append(one)
    return due


def _keep(
    course: Course, settings: Settings, found: Sequence[HandedIn], run: Iterable[Progress]
) -> Iterator[tuple[GradeRecord, Progress]]:
    """Save and publish the record of each submission as soon as it is graded; yields what counts of it."""
    gradebook, assignment = course.gradebook, course.assignment
    overrides, released = gradebook.overrides(), gradebook.releases.latest()
    known = {one.submission: one for one in (*gradebook.heads.latest(), *found)}
    match = one_by_one(course.roster, list(known.values()))
    for progress in run:
        source, record = progress.source, progress.record
        gradebook.gradings.add(source, progress.seconds, progress.computed)
        gradebook.append(record, record_key(source, record.files_sha256, assignment.sha256, settings))
        (counts,) = effective_records([record], overrides, assignment, match(record))
        publish_record(counts, course, released.parts_of(counts))
        yield counts, progress


def known_sources(out: Path) -> Sequence[SubmissionSource]:
    """Where the submissions lay that were graded into a folder before, with their ids."""
    if not exists(out):
        return ()
    with Gradebook.existing(out) as gradebook:
        return gradebook.gradings.sources()


def _pool(
    executor: Literal["local", "dask"], scheduler: str | None, workers: int, assignment: Assignment
) -> WorkerPool:
    if executor == "local":
        return LocalPool(workers, worker_imports(assignment))
    from grader.grading.dask_workers import DaskPool

    return DaskPool(scheduler, workers, assignment.sha256)


def _is_settled(out: Path, gradebook: Gradebook, assignment: Assignment, roster: Path | None) -> bool:
    """Whether the pages of the class are newer than every file that they are made from."""
    page = out / "grades.csv"  # written last, so the other pages are there, too
    if not isinstance(gradebook.path, Path) or not page.is_file():
        return False
    sources = [gradebook.path, out / NOT_TAKEN, roster or out / ROSTER, assignment.root / "problems" / ASSIGNMENT_FILE]
    return all(file.stat().st_mtime_ns <= page.stat().st_mtime_ns for file in sources if file.exists())


def _summary(discovered: FoundSubmissions, records: Sequence[GradeRecord], out: Path) -> int:
    """Print what was not taken, where the results are and which met a fault of ours; returns the exit code."""
    found = discovered.sources
    for name, why in discovered.not_taken[:_TOLD]:
        say(f"not taken: {visible(name)} {why}")
    if len(discovered.not_taken) > _TOLD:
        say(f"not taken: {len(discovered.not_taken) - _TOLD} more, all in {out / NOT_TAKEN}")
    count = counted(len(found), "submission")
    say(f"{count} · class page {out / 'index.html'} · reports {out / 'reports'}, hidden results after `hw11 release`")
    ids = {one.id for one in found}
    faults = [record.submission for record in records if record.has_harness_error and record.submission in ids]
    if faults:
        say(f"{len(faults)} with a fault of ours, not graded yet: {', '.join(faults[:10])}")
    return OUR_FAULT if faults else 0
