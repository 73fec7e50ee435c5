"""`hw11 release`: hand results out.

Owns the options, and printing what to look at before, what holds a release back and whose result has changed. What
these are belongs to `grader.results`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from grader.cli.output import NOT_RIGHT, class_folder, json_option, login, on_class, print_json, say
from grader.errors import UsageError
from grader.results.before_release import Finding, findings, settle
from grader.results.course import Course
from grader.results.intake import read_queue
from grader.results.release import Chosen, Released, release, undo_release
from reports.words import counted

_SHOWN = 20


@click.command()
@class_folder
@click.option("--before", "look", is_flag=True, help="List what to look at before a release, and release nothing.")
@click.option(
    "--seen", metavar="KEY|KIND", multiple=True, help="Settle what --before lists under this key or kind; repeatable."
)
@click.option("--student", "students", multiple=True, help="Only this one, by id, name or e-mail address; repeatable.")
@click.option("--section", "sections", multiple=True, help="Only this section of the roster; repeatable.")
@click.option("--part", "parts", multiple=True, help="Only this part, or all of this problem; repeatable.")
@click.option("--undo", is_flag=True, help="Take the last release back.")
@click.option("--unfinished", is_flag=True, help="Release although something is open; every report says what.")
@click.option("--author", default=login, help="Who releases, for the history [default: you].")
@json_option
@on_class
def command(
    course: Course,
    *,
    look: bool,
    seen: Sequence[str],
    students: Sequence[str],
    sections: Sequence[str],
    parts: Sequence[str],
    undo: bool,
    unfinished: bool,
    author: str,
    as_json: bool,
) -> int:
    """Hand results out: final reports with model answers, and a list of whose result has changed."""
    if undo and (students or sections or parts or unfinished):
        raise UsageError("--undo takes the whole last release back: leave the options that choose out")
    folder = course.gradebook.folder
    if look or seen:
        read_queue(course)
        settle(course.gradebook, findings(course), seen, author)
        return _print_findings(findings(course), course, as_json)
    if undo:
        done = undo_release(course, author)
    else:
        chosen = Chosen(tuple(students), tuple(sections), tuple(parts))
        done = release(course, chosen, author, unfinished=unfinished)
    if done.obstacles:
        return _refuse(done, folder)
    _print_released(done, folder, as_json)
    return 0


def _refuse(done: Released, folder: Path) -> int:
    for obstacle in done.obstacles:
        say(f"not yet: {obstacle}")
    say(f"nothing was released. `hw11 review {folder}` shows what waits; --student, --section and --part release some;")
    say("--unfinished releases all the same, and every report then says what is still open")
    return NOT_RIGHT


def _print_released(done: Released, folder: Path, as_json: bool) -> None:
    for obstacle in done.held:
        say(f"held back: {obstacle}")
    changes = [*done.changed, *done.first]
    if as_json:
        for change in changes:
            print_json(vars(change))
    else:
        for change in done.changed[:_SHOWN]:
            say(str(change))
        if len(done.changed) > _SHOWN:
            say(f"… and {len(done.changed) - _SHOWN} more; --json lists them all")
    differ = f"{len(done.changed) or 'nobody'} {'differs' if len(done.changed) < 2 else 'differ'}"
    say(
        f"{counted(done.total, 'result is', 'results are')} out in {folder / 'reports'}, "
        f"{len(done.first)} of them for the first time; {differ} from what was told before; "
        f"{counted(len(done.written), 'report')} written"
    )


def _print_findings(found: Sequence[Finding], course: Course, as_json: bool) -> int:
    for finding in found:
        if as_json:
            print_json(finding.facts)
        else:
            click.echo(f"{finding.kind}: {finding.says}")
            click.echo(f"    {finding.command(course.gradebook.folder, course.roster)}")
    holding = sum(finding.holds for finding in found)
    say(f"{len(found)} to look at, {holding} of which hold results back" if found else "nothing to look at: release")
    return NOT_RIGHT if holding else 0
