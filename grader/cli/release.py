"""`hw11 release`: hand results out.

Owns refusing while something is open, writing released reports, and saving the release. What is open and what changed
belongs to `grader.results.release`.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.assignment.model import Assignment
from grader.cli.output import NOT_RIGHT, class_folder, json_option, login, on_assignment, print_json, roster_option, say
from grader.gradebook import Gradebook
from grader.results.effective import effective_class
from grader.results.publish import publish_class, publish_record
from grader.results.release import ResultChange, changes, obstacles, results
from grader.results.roster import find_roster

_SHOWN = 20


@click.command()
@class_folder
@roster_option
@click.option("--unfinished", is_flag=True, help="Release although something is open; every report says what.")
@click.option("--author", default=login, help="Who releases, for the history [default: you].")
@json_option
@on_assignment
def command(
    assignment: Assignment, folder: Path, *, roster: Path | None, unfinished: bool, author: str, as_json: bool
) -> int:
    """Hand results out: final reports with model answers, and a list of whose result has changed."""
    with Gradebook.existing(folder) as gradebook:
        records = effective_class(gradebook, assignment, find_roster(folder, roster))
        open_points = obstacles(records, gradebook.requests.open())
        if open_points and not unfinished:
            for obstacle in open_points:
                say(f"not yet: {obstacle}")
            say(f"nothing was released. `hw11 review {folder}` shows what waits; --unfinished releases all the same,")
            say("and every report then says what is still open")
            return NOT_RIGHT
        new = results(records)
        changed = changes(new, gradebook.releases.latest())
        for record in records:
            publish_record(record, assignment, folder, released=True, before=gradebook.earlier_work(record))
        publish_class(records, assignment, folder)
        gradebook.releases.add(new, author)
    _print_changes(changed, len(records), folder, as_json)
    return 0


def _print_changes(changed: list[ResultChange], total: int, folder: Path, as_json: bool) -> None:
    if as_json:
        for change in changed:
            print_json(vars(change))
    else:
        for change in changed[:_SHOWN]:
            say(str(change))
        if len(changed) > _SHOWN:
            say(f"… and {len(changed) - _SHOWN} more; --json lists them all")
    say(f"{total} results released in {folder / 'reports'}; {len(changed)} differ from the release before")
