"""`hw11 release`: hand results out."""

from __future__ import annotations

from pathlib import Path

from grader.assignment.model import Assignment
from grader.cli import NOT_RIGHT, print_json, say
from grader.commands.grade import facts
from grader.gradebook import Store
from grader.results.effective import standings
from grader.results.publish import publish_class, publish_record
from grader.results.release import Change, changes, obstacles, results
from grader.results.roster import find_roster

_SHOWN = 20


def run(
    assignment: Assignment, folder: Path, *, roster: Path | None, unfinished: bool, author: str, as_json: bool
) -> int:
    """Make final reports with model answers; refuse while something is open, unless told to go on."""
    with Store.existing(folder) as store:
        records = standings(store, assignment, find_roster(folder, roster))
        open_points = obstacles(records, store.requests.open())
        if open_points and not unfinished:
            for obstacle in open_points:
                say(f"not yet: {obstacle}")
            say(f"nothing was released. `hw11 review {folder}` shows what waits; --unfinished releases all the same,")
            say("and every report then says what is still open")
            return NOT_RIGHT
        told = results(records)
        changed = changes(told, store.releases.latest())
        for record in records:
            publish_record(record, assignment, folder, released=True)
        publish_class(records, assignment, facts(records), folder)
        store.releases.add(told, author)
    _tell(changed, len(records), folder, as_json)
    return 0


def _tell(changed: list[Change], total: int, folder: Path, as_json: bool) -> None:
    if as_json:
        for change in changed:
            print_json(vars(change))
    else:
        for change in changed[:_SHOWN]:
            say(str(change))
        if len(changed) > _SHOWN:
            say(f"… and {len(changed) - _SHOWN} more; --json lists them all")
    say(f"{total} results released in {folder / 'reports'}; {len(changed)} differ from what was told before")
