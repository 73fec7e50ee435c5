"""`hw11 import`: what people marked in a table, and what students ask to be looked at again."""

from __future__ import annotations

from pathlib import Path

from grader.assignment.model import Assignment
from grader.cli import NOT_RIGHT, print_json, say
from grader.commands.export import graded_class
from grader.exports.review_import import read_review
from grader.gradebook import Store
from grader.results.effective import standings
from grader.results.regrade_requests import read_requests


def run(
    assignment: Assignment,
    folder: Path,
    table: Path,
    *,
    author: str,
    partial: bool,
    roster: Path | None,
    as_json: bool,
) -> int:
    """Keep every decision of a table, or none while a row is unsound, unless told to take the others.

    A YAML file is a regrade request instead; it enters the queue of `hw11 review`.
    """
    if table.suffix.lower() in (".yaml", ".yml"):
        return _take_requests(assignment, folder, table, as_json=as_json)
    with Store.existing(folder) as store:
        graded = graded_class(store, assignment, folder, roster)
        reading = read_review(table, graded, store.overrides(), author)
        decisions = reading.decisions if partial or not reading.faults else []
        for decision in decisions:
            store.add_override(decision)
    for fault in reading.faults:
        say(fault)
    if reading.faults and not partial:
        say(f"{len(reading.faults)} rows are not sound, so nothing was taken; --partial takes the others")
    say(
        f"{len(decisions)} decisions by {author} taken, {reading.known} known already, {reading.unmarked} not marked"
        + (f"; `hw11 report {folder}` shows them" if decisions else "")
    )
    if as_json:
        counts = {"applied": len(decisions), "known": reading.known, "unmarked": reading.unmarked}
        print_json({**counts, "faults": reading.faults})
    return NOT_RIGHT if reading.faults else 0


def _take_requests(assignment: Assignment, folder: Path, file: Path, *, as_json: bool) -> int:
    with Store.existing(folder) as store:
        records = {record.submission: record for record in standings(store, assignment)}
        requests = read_requests(file, records, assignment)
        new = sum(store.requests.add(request) for request in requests)
    say(f"{new} requests taken, {len(requests) - new} known already; `hw11 review {folder}` shows them")
    if as_json:
        print_json({"applied": new, "known": len(requests) - new})
    return 0
