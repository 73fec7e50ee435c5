"""`hw11 grade`: a class."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.batch import fingerprint, grade_class
from grader.cli import OUR_FAULT, print_json, say
from grader.errors import UsageError
from grader.judge import Judge
from grader.pool import Settings
from grader.problem.lint import lint
from grader.problem.model import Assignment
from grader.publish import publish_class, publish_record, status
from grader.record import GradeRecord
from grader.sandbox import Device, Isolation, guaranteed
from grader.secret import class_secret
from grader.store import Store
from grader.submission.find import Found, find_submissions
from grader.submission.load import load_submission


def run(
    assignment: Assignment,
    paths: Sequence[Path],
    *,
    out: Path,
    jobs: int | None,
    resume: bool,
    secret_file: Path | None,
    isolation: Isolation,
    device: Device,
    as_json: bool,
) -> int:
    """Grade what is missing or has changed, then write what speaks of the class."""
    found = find_submissions(paths, assignment.modules)
    if isolation == "full":
        _require_wall(assignment)
    settings = Settings(assignment.root, class_secret(out, secret_file), isolation, device)
    with Store(out) as store:
        marks = {one.id: _fingerprint(one, assignment, settings) for one in found}
        known = store.records()
        kept = {
            name for name, (record, mark) in known.items() if mark == marks.get(name) and not record.has_harness_error
        }
        todo = [one for one in found if not (resume and one.id in kept)]
        if len(found) > len(todo):
            say(f"{len(found) - len(todo)} of {len(found)} submissions are graded already; --fresh grades them again")

        def save(record: GradeRecord) -> None:
            store.append(record, marks[record.submission])
            publish_record(record, assignment, out)

        if todo:
            with Judge() as judge:
                lint(assignment, judge)
        _grade(todo, settings, jobs or os.cpu_count() or 1, save, as_json)
        records = [record for name, (record, _) in store.records().items() if name in marks]
    publish_class(records, assignment, facts(records), out)
    return _summary(records, out)


def _require_wall(assignment: Assignment) -> None:
    guarantees = guaranteed("full", assignment.library.probes_dir)
    if guarantees is None or not guarantees.full:
        level = guarantees.level if guarantees else "nothing"
        raise UsageError(
            f"this machine guarantees only: {level}. Untrusted code is not run so: install what `hw11 doctor` names, "
            "or say --isolation process if you trust every submission"
        )


def _fingerprint(one: Found, assignment: Assignment, settings: Settings) -> str:
    return fingerprint(load_submission(one, assignment.modules).files_sha256, assignment.sha256, settings)


def _grade(todo: Sequence[Found], settings: Settings, jobs: int, save: Any, as_json: bool) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("grading", total=len(todo), failed="")
        for progress in grade_class(todo, settings, jobs, save):
            failed = f"{progress.failed} not graded" if progress.failed else ""
            bar.update(task, completed=progress.done, failed=failed)
            if as_json:
                print_json(_event(progress.record, progress.done, progress.total))
            elif not console.is_terminal:
                say(f"[{progress.done}/{progress.total}] {_line(progress.record)}")


def _event(record: GradeRecord, done: int, total: int) -> dict[str, Any]:
    return {
        "submission": record.submission,
        "score": record.score,
        "max_score": record.max_score,
        "awaiting_review": record.awaiting_review,
        "status": status(record),
        "done": done,
        "total": total,
    }


def _line(record: GradeRecord) -> str:
    open_points = f", {record.awaiting_review:g} not decided yet" if record.awaiting_review else ""
    return f"{record.submission}: {record.score:g} of {record.max_score:g}{open_points}"


def facts(records: Sequence[GradeRecord]) -> dict[str, str]:
    """What the class page says about the run."""
    if not records:
        return {}
    found = {"isolation": ", ".join(sorted({record.isolation for record in records}))}
    return found | {name: text for name, text in records[0].versions.items()}


def _summary(records: Sequence[GradeRecord], out: Path) -> int:
    faults = [record.submission for record in records if record.has_harness_error]
    say(f"{len(records)} submissions · class page {out / 'index.html'} · reports {out / 'reports'}")
    if faults:
        say(f"{len(faults)} with a fault of ours, not graded yet: {', '.join(faults[:10])}")
    return OUR_FAULT if faults else 0
