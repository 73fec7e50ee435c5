"""`hw11 import`: read back marks from a table, or a student's regrade request.

Owns the options and saving what was read. Reading tables belongs to `grader.exports.review_import`, requests to
`grader.results.regrade_requests`.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.export import graded_class
from grader.cli.output import NOT_RIGHT, class_folder, json_option, login, on_class, print_json, say
from grader.exports.review_import import read_review
from grader.files.untrusted_text import one_line
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.intake import read_queue
from grader.results.regrade_requests import read_requests
from grader.review.service import ReviewService
from grader.review.table_marks import take_table
from reports.words import counted


@click.command(name="import")
@class_folder
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--author", default=login, help="Who marked, where a row does not say [default: you].")
@click.option("--partial", is_flag=True, help="Take the sound rows even if others are not.")
@json_option
@on_class
def command(course: Course, table: Path, *, author: str, partial: bool, as_json: bool) -> int:
    """Read back a review table that people marked, or a student's regrade request (regrade.yaml)."""
    if table.suffix.lower() in (".yaml", ".yml"):
        return _take_requests(course, table, as_json=as_json)
    gradebook = course.gradebook
    desk = ReviewService(gradebook, course.assignment, roster=lambda: course.roster)
    desk.read_again()
    known = gradebook.marking.marks.latest_firsts()
    reading = read_review(table, graded_class(course), gradebook.overrides(), author, known)
    marks = reading.marks if partial or not reading.faults else []
    take_table(desk, marks)
    for fault in reading.faults:
        say(fault)
    if reading.faults and not partial:
        say(f"{counted(len(reading.faults), 'row')} cannot be used, so nothing was taken; --partial takes the others")
    by = one_line(", ".join(dict.fromkeys(mark.author for mark in marks)) or author)
    say(
        f"{counted(len(marks), 'decision')} by {by} taken, "
        f"{reading.known} known already, {reading.unmarked} not marked"
        + (f"; `hw11 report {gradebook.folder}` shows them" if marks else "")
    )
    if as_json:
        counts = {"applied": len(marks), "known": reading.known, "unmarked": reading.unmarked}
        print_json({**counts, "faults": reading.faults})
    return NOT_RIGHT if reading.faults else 0


def _take_requests(course: Course, file: Path, *, as_json: bool) -> int:
    records = {record.submission: record for record in effective_class(course)}
    requests = read_requests(file, records, course.assignment)
    new = sum(course.gradebook.requests.add(request) for request in requests)
    read_queue(course)
    shows = f"`hw11 review {course.gradebook.folder}` shows them"
    say(f"{counted(new, 'request')} taken, {len(requests) - new} known already; {shows}")
    if as_json:
        print_json({"applied": new, "known": len(requests) - new})
    return 0
