"""`hw11 regrade`: judge a class again, and show who gains or loses what.

Owns which submissions can be judged again, printing the changes, and writing them with `--apply`. Judging belongs to
`grader.grading`, comparing to `grader.results.compare_runs`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import click

from grader.cli.export import secret_of
from grader.cli.output import OUR_FAULT, class_folder, json_option, on_class, print_json, say
from grader.cli.progress_display import display_for
from grader.files.untrusted_text import one_line
from grader.gradebook import Override
from grader.grading.batch import grade_class
from grader.grading.fingerprint import record_key
from grader.grading.worker_grader import Settings, worker_imports
from grader.grading.workers import LocalPool
from grader.records import GradeRecord
from grader.results.compare_runs import (
    OutcomeChange,
    authored,
    grouped,
    never_lower,
    outcome_changes,
    rewritten,
)
from grader.results.course import Course
from grader.results.effective import effective_records, in_force
from grader.results.publish import publish_due
from grader.results.roster_match import match
from grader.sandbox import Device, Isolation
from grader.submission.load import handed_in_sha256
from grader.submission.model import SubmissionSource
from reports.words import counted

_SHOWN = 8  # submissions that are named for one change
Key = tuple[str, int]
"""A submission and its attempt."""


@dataclass(frozen=True)
class _Again:
    """A class before and after a regrade.

    `sources` are the submissions that can be judged again, `left` lists (submission, reason) of those that were not.
    """

    before: dict[Key, GradeRecord]
    overrides: list[Override]
    sources: dict[Key, SubmissionSource] = field(default_factory=dict)
    after: dict[Key, GradeRecord] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)


@click.command()
@class_folder
@click.option("--never-lower", "never_lowered", is_flag=True, help="Keep the higher score of every check.")
@click.option("--apply", is_flag=True, help="Keep the new records [default: only show what would change].")
@click.option("--jobs", type=click.IntRange(1, 256), help="Workers [default: one per processor].")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The class secret, if shared.")
@click.option("--isolation", type=click.Choice(["full", "process"]), default="full", help="As the class was graded.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="cpu", help="As the class was graded.")
@json_option
@on_class
def command(
    course: Course,
    *,
    never_lowered: bool,
    apply: bool,
    jobs: int | None,
    secret_file: Path | None,
    isolation: Isolation,
    device: Device,
    as_json: bool,
) -> int:
    """Judge a class again after the problems changed, and show who gains or loses what."""
    gradebook = course.gradebook
    settings = Settings(course.assignment.root, secret_of(gradebook.folder, secret_file), isolation, device)
    with gradebook.lock("hw11 regrade") if apply else nullcontext():
        again = _judge(course, settings, jobs, kept=apply)
        if never_lowered:
            again.after.update({key: never_lower(again.before[key], record) for key, record in again.after.items()})
        changed = [
            change
            for key, record in again.after.items()
            for change in outcome_changes(again.before[key], record, in_force(record, again.overrides))
        ]
        _print_checks(course, again, changed, as_json)
        _print_totals(course, again, as_json)
        if apply:
            _write(course, again, settings)
    for submission, why in again.left:
        say(f"left as it is: {submission}: {why}")
    if not apply:
        say("nothing was written; --apply writes it")
    return OUR_FAULT if any(why.startswith("a fault of ours") for _, why in again.left) else 0


def _judge(course: Course, settings: Settings, jobs: int | None, *, kept: bool) -> _Again:
    gradebook, gradings = course.gradebook, course.gradebook.gradings
    before = {(record.submission, record.attempt): record for record in gradebook.attempts()}
    again = _Again(before, gradebook.overrides())
    _find_sources(course, again)
    keys = gradebook.fingerprints()
    if elsewhere := sum(_made_here(again, key, settings) != keys.get(key) for key in again.sources.keys() & keys):
        say(f"{elsewhere} were graded with another secret, isolation, device or other versions than this command")
        say("works with; what differs may come from that. Give the same --secret-file, --isolation and --device")
    sources = list(again.sources.values())
    workers = jobs or os.cpu_count() or 1
    display = display_for(len(sources), 0, workers, as_json=False)
    pool = LocalPool(max(1, min(workers, len(sources))), worker_imports(course.assignment))
    run = grade_class(
        sources, settings, pool, entries=gradings.entries, expected=gradings.seconds(), watch=display.watch
    )
    done: dict[Key, GradeRecord] = {}
    with display, closing(run):
        for progress in run:
            record = progress.record
            if kept:
                gradings.add(progress.source, progress.seconds, progress.computed)
            if record.has_harness_error:
                again.left.append((record.submission, "a fault of ours, this time; `hw11 grade` tries again"))
            else:
                done[record.submission, record.attempt] = record
    again.after.update((key, done[key]) for key in again.sources if key in done)  # not as workers happen to end
    return again


def _made_here(again: _Again, key: Key, settings: Settings) -> str:
    """The key that a record has if this command would make it."""
    record = again.before[key]
    return record_key(again.sources[key], record.files_sha256, record.problems_sha256, settings)


def _find_sources(course: Course, again: _Again) -> None:
    """Find the submissions that can be judged again, because their files are where they were and unchanged."""
    assignment = course.assignment
    known = {(source.id, source.attempt): source for source in course.gradebook.gradings.sources()}
    for key, record in again.before.items():
        source = known.get(key)
        if source is None:
            again.left.append((key[0], "the gradebook does not say where its files are; `hw11 grade` it once more"))
        elif not source.path.exists():
            again.left.append((key[0], f"{source.path} is gone; put it back, or `hw11 grade` it from where it is now"))
        elif handed_in_sha256(source, assignment.modules, assignment.notebook) != record.files_sha256:
            again.left.append((key[0], f"{source.path} has changed since it was graded; `hw11 grade` grades it anew"))
        else:
            again.sources[key] = source


def _print_checks(course: Course, again: _Again, changed: Sequence[OutcomeChange], as_json: bool) -> None:
    """Print each check whose outcomes changed: what its author rewrote, and who gains or loses what."""
    versions = Counter(record.problems_sha256 for record in again.before.values())
    before = course.gradebook.problems.of(versions.most_common(1)[0][0]) if versions else None
    now = authored(course.assignment)
    last = ""
    for group in grouped(changed):
        check = group[0].check_id
        why = rewritten(check, before, now)
        if as_json:
            for change in group:
                print_json(_line(change, why))
            continue
        if check != last:
            click.echo(f"{check}{f'  ({why})' if why else ''}")
        last = check
        click.echo(f"  {_group_line(group)}")


def _group_line(group: Sequence[OutcomeChange]) -> str:
    first = group[0]
    names = ", ".join(change.submission for change in group[:_SHOWN]) + (", …" if len(group) > _SHOWN else "")
    why = f": {one_line(first.why)}" if first.why else ""
    stays = f" — but {first.decided.author} has decided this, which still counts" if first.decided else ""
    return f"{len(group):>4} {first.outcome}{why}{stays}  [{names}]"


def _line(change: OutcomeChange, rewritten: str) -> dict[str, object]:
    old, new = change.before, change.after
    return {
        "event": "check",
        "submission": change.submission,
        "check": change.check_id,
        "before": {"verdict": old.verdict, "score": old.score, "max_score": old.max_score} if old else None,
        "after": {"verdict": new.verdict, "score": new.score, "max_score": new.max_score} if new else None,
        "message": change.why,
        "rewritten": rewritten,
        "decided_by": change.decided.author if change.decided else None,
    }


def _print_totals(course: Course, again: _Again, as_json: bool) -> None:
    """Print each effective total that changed, with people's decisions and lateness applied."""
    matched = match(course.roster, course.gradebook.heads.latest())
    before, after = (
        effective_records([records[key] for key in again.after], again.overrides, course.assignment, matched)
        for records in (again.before, again.after)
    )
    moved = [(old, new) for old, new in zip(before, after, strict=True) if _total(old) != _total(new)]
    for old, new in moved:
        if as_json:
            totals = {"before": _total(old), "after": _total(new), "max_score": new.max_score}
            print_json({"event": "total", "submission": new.submission, "attempt": new.attempt, **totals})
        else:
            waits = f", {new.awaiting_review:g} not decided yet" if new.awaiting_review else ""
            click.echo(f"{new.submission}: {old.score:g} → {new.score:g} ({new.score - old.score:+.6g}){waits}")
    say(f"{len(again.after)} judged again: {counted(len(moved), 'total changes', 'totals change')}")


def _total(record: GradeRecord) -> tuple[float, float]:
    return record.score, record.awaiting_review


def _write(course: Course, again: _Again, settings: Settings) -> None:
    """Save the new records and render the pages again; released reports stay released."""
    gradebook, assignment, folder = course.gradebook, course.assignment, course.gradebook.folder
    gradebook.problems.keep(assignment.sha256, authored(assignment))
    for key, record in again.after.items():
        gradebook.append(record, record_key(again.sources[key], record.files_sha256, assignment.sha256, settings))
    publish_due(course)
    say(f"{counted(len(again.after), 'record')} written; pages in {folder} are new")
    if gradebook.releases.latest().results:
        say(f"results were released before: `hw11 release {folder}` lists whose changed, and records the new release")
