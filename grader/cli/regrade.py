"""`hw11 regrade`: judge a class again, and show who gains or loses what."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from grader.assignment.model import Assignment
from grader.cli.grade import facts
from grader.cli.output import OUR_FAULT, assignment_option, json_option, load, print_json, say, with_exit_codes
from grader.cli.progress_display import display_for
from grader.errors import UsageError
from grader.files.untrusted_text import one_line
from grader.gradebook import Gradebook, Override
from grader.gradebook.observations import Known
from grader.grading.batch import Memory, grade_class
from grader.grading.fingerprint import record_key
from grader.grading.workers import Settings
from grader.records import GradeRecord
from grader.results.compare_runs import Shift, ShiftGroup, authored, grouped, never_lower, rewritten, shifts
from grader.results.effective import effective_class, effective_records, in_force
from grader.results.publish import publish_class, publish_record
from grader.results.roster import Roster, find_roster
from grader.sandbox import Device, Isolation
from grader.seeding import SECRET_FILE, class_secret
from grader.submission.load import handed_in_sha256
from grader.submission.model import SubmissionSource

_SHOWN = 8
Key = tuple[str, int]
"""A submission and its attempt."""


@dataclass(frozen=True)
class _Recalled:
    """A memory that is believed and not added to."""

    memory: Memory

    def recall(self, found: SubmissionSource) -> Known:
        return self.memory.recall(found)

    def decisions(self) -> dict[str, bytes]:
        return self.memory.decisions()

    def keep(self, found: SubmissionSource, learnt: Known, decided: Mapping[str, bytes], seconds: float) -> None:
        """Nowhere: nothing is written before --apply."""

    def seconds(self) -> dict[str, float]:
        return self.memory.seconds()


@dataclass(frozen=True)
class _Again:
    """A class before and after it was judged again; `left` says of whom nothing is known anew, and why."""

    before: dict[Key, GradeRecord]
    after: dict[Key, GradeRecord]
    left: list[tuple[str, str]]
    overrides: list[Override]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--never-lower", "never_lowered", is_flag=True, help="Keep the higher score of every check.")
@click.option("--apply", is_flag=True, help="Keep the new records [default: only show what would change].")
@click.option("--jobs", type=click.IntRange(1, 256), help="Workers [default: one per processor].")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The class secret, if shared.")
@click.option("--isolation", type=click.Choice(["full", "process"]), default="full", help="As the class was graded.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="cpu", help="As the class was graded.")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@json_option
@assignment_option
@with_exit_codes
def command(folder: Path, root: Path | None, **options: Any) -> int:
    """Judge a class again after the problems changed, and show who gains or loses what."""
    return run(load(root), folder, **options)


def run(
    assignment: Assignment,
    folder: Path,
    *,
    never_lowered: bool,
    apply: bool,
    jobs: int | None,
    secret_file: Path | None,
    isolation: Isolation,
    device: Device,
    roster: Path | None,
    as_json: bool,
) -> int:
    """Judge everything again that can be, from stored observations where they hold; write only if told to."""
    students = find_roster(folder, roster)
    if secret_file is None and not (folder / SECRET_FILE).is_file():
        raise UsageError(f"{folder} holds no {SECRET_FILE}: give the one that it was graded with by --secret-file")
    settings = Settings(assignment.root, class_secret(folder, secret_file), isolation, device)
    with Gradebook.existing(folder) as gradebook, gradebook.lock("hw11 regrade") if apply else nullcontext():
        again = _judge(gradebook, assignment, settings, jobs, kept=apply)
        if never_lowered:
            again.after.update({key: never_lower(again.before[key], record) for key, record in again.after.items()})
        changed = [
            shift
            for key, record in again.after.items()
            for shift in shifts(again.before[key], record, in_force(record, again.overrides))
        ]
        _tell_checks(gradebook, assignment, again, changed, as_json)
        _tell_totals(again, assignment, students, as_json)
        if apply:
            _write(gradebook, assignment, again, settings, students, folder)
    for submission, why in again.left:
        say(f"left as it is: {submission}: {why}")
    if not apply:
        say("nothing was written; --apply writes it")
    return OUR_FAULT if any(why.startswith("a fault of ours") for _, why in again.left) else 0


def _judge(gradebook: Gradebook, assignment: Assignment, settings: Settings, jobs: int | None, *, kept: bool) -> _Again:
    before = {(record.submission, record.attempt): record for record in gradebook.attempts()}
    again = _Again(before, {}, [], gradebook.overrides())
    found = list(_sources(gradebook, assignment, again))
    marks = gradebook.fingerprints()
    elsewhere = [
        one.id
        for one in found
        if (mark := marks.get((one.id, one.attempt))) is not None
        and mark
        != record_key(one, (record := before[one.id, one.attempt]).files_sha256, record.problems_sha256, settings)
    ]
    if elsewhere:
        say(f"{len(elsewhere)} were graded with another secret, isolation, device or other versions than this command")
        say("works with; what differs may come from that. Give the same --secret-file, --isolation and --device")
    memory: Memory = gradebook.observations if kept else _Recalled(gradebook.observations)
    workers = jobs or os.cpu_count() or 1
    display = display_for(len(found), 0, workers, as_json=False)
    run = grade_class(found, settings, workers, lambda record: None, memory=memory, watch=display.watch)
    with display, closing(run):
        for progress in run:
            _take(again, progress.record)
    return again


def _take(again: _Again, record: GradeRecord) -> None:
    if record.has_harness_error:
        again.left.append((record.submission, "a fault of ours, this time; `hw11 grade` tries again"))
    else:
        again.after[record.submission, record.attempt] = record


def _sources(gradebook: Gradebook, assignment: Assignment, again: _Again) -> Iterator[SubmissionSource]:
    """What can be judged again: what still lies where it was found, unchanged."""
    known = {(found.id, found.attempt): found for found in gradebook.observations.sources()}
    for key, record in again.before.items():
        found = known.get(key)
        if found is None:
            again.left.append((key[0], "nobody knows where it was handed in; `hw11 grade` it once more"))
        elif not found.path.exists():
            again.left.append((key[0], f"{found.path} is gone; put it back, or `hw11 grade` it from where it is now"))
        elif handed_in_sha256(found, assignment.modules) != record.files_sha256:
            again.left.append((key[0], f"{found.path} is not what was graded any more; `hw11 grade` grades it anew"))
        else:
            yield found


def _tell_checks(
    gradebook: Gradebook, assignment: Assignment, again: _Again, changed: Sequence[Shift], as_json: bool
) -> None:
    """Each check at which something comes out otherwise: what was rewritten, and to whom it does what."""
    versions = Counter(record.problems_sha256 for record in again.before.values())
    before = gradebook.problems.of(versions.most_common(1)[0][0]) if versions else None
    now = authored(assignment)
    last = ""
    for group in grouped(changed):
        why = rewritten(group.check_id, before, now)
        if as_json:
            for shift in group.shifts:
                print_json(_line(shift, why))
            continue
        if group.check_id != last:
            click.echo(f"{group.check_id}{f'  ({why})' if why else ''}")
        last = group.check_id
        click.echo(f"  {_group_line(group)}")


def _group_line(group: ShiftGroup) -> str:
    first = group.shifts[0]
    names = ", ".join(group.submissions[:_SHOWN]) + (", …" if len(group.submissions) > _SHOWN else "")
    why = f": {one_line(first.why)}" if first.why else ""
    stays = f" — but {first.decided.author} has decided this, which stands" if first.decided else ""
    return f"{len(group.shifts):>4} {first.outcome}{why}{stays}  [{names}]"


def _line(shift: Shift, rewritten: str) -> dict[str, object]:
    old, new = shift.before, shift.after
    return {
        "event": "check",
        "submission": shift.submission,
        "check": shift.check_id,
        "before": {"verdict": old.verdict, "score": old.score, "max_score": old.max_score} if old else None,
        "after": {"verdict": new.verdict, "score": new.score, "max_score": new.max_score} if new else None,
        "message": shift.why,
        "rewritten": rewritten,
        "decided_by": shift.decided.author if shift.decided else None,
    }


def _tell_totals(again: _Again, assignment: Assignment, students: Roster | None, as_json: bool) -> None:
    """What it comes to for each submission, with people's decisions and lateness."""
    keys = list(again.after)
    before = effective_records([again.before[key] for key in keys], again.overrides, assignment, students)
    after = effective_records([again.after[key] for key in keys], again.overrides, assignment, students)
    moved = [(old, new) for old, new in zip(before, after, strict=True) if _total(old) != _total(new)]
    for old, new in moved:
        if as_json:
            totals = {"before": _total(old), "after": _total(new), "max_score": new.max_score}
            print_json({"event": "total", "submission": new.submission, "attempt": new.attempt, **totals})
        else:
            waits = f", {new.awaiting_review:g} not decided yet" if new.awaiting_review else ""
            click.echo(f"{new.submission}: {old.score:g} → {new.score:g} ({new.score - old.score:+.6g}){waits}")
    say(f"{len(again.after)} judged again: {len(moved)} come to something else")


def _total(record: GradeRecord) -> tuple[float, float]:
    return record.score, record.awaiting_review


def _write(
    gradebook: Gradebook,
    assignment: Assignment,
    again: _Again,
    settings: Settings,
    students: Roster | None,
    folder: Path,
) -> None:
    """Keep the new records and render what is made of them; what was released stays released."""
    sources = {(found.id, found.attempt): found for found in gradebook.observations.sources()}
    gradebook.problems.keep(assignment.sha256, authored(assignment))
    for key, record in again.after.items():
        gradebook.append(record, record_key(sources[key], record.files_sha256, assignment.sha256, settings))
    records, told = effective_class(gradebook, assignment, students), gradebook.releases.released()
    for record in records:
        publish_record(record, assignment, folder, released=record.submission in told)
    publish_class(records, assignment, facts(records), folder)
    say(f"{len(again.after)} records written; pages in {folder} are new")
    if told:
        say(f"results were released before: `hw11 release {folder}` lists whose changed and keeps that they were told")
