"""`hw11 report`: render reports again, from the gradebook.

Owns the options, and printing what does not match the roster. Rendering belongs to `reports`.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from grader.cli.output import class_folder, json_option, on_class, print_json, say
from grader.files.untrusted_text import first_few
from grader.records import EVERY_PART, GradeRecord
from grader.results.attempts import effective_class
from grader.results.card import find_person, student_card
from grader.results.course import Course
from grader.results.effective import CLAIM, untimed
from grader.results.publish import publish_class, publish_record, report_file
from grader.results.roster import Roster
from grader.results.roster_match import match
from reports.words import counted

_SHOWN = 10


@click.command()
@class_folder
@click.option(
    "--release", "released", is_flag=True, help="Show hidden outcomes and model answers: for after the deadline."
)
@click.option("--pdf", is_flag=True, help="Also print each report as PDF, with a Chromium that is installed.")
@click.option("--student", "students", multiple=True, help="Only this one, by id, name or e-mail address; repeatable.")
@json_option
@on_class
def command(course: Course, *, released: bool, pdf: bool, students: Sequence[str], as_json: bool) -> int:
    """Render every report of a graded class again, from its gradebook."""
    folder, out = course.gradebook.folder, course.gradebook.releases.latest()
    records = [_of_student(course, student) for student in students] if students else effective_class(course)
    for record in records:
        publish_record(record, course, EVERY_PART if released else out.parts_of(record))
    for record in records if pdf else ():
        from reports.pdf import to_pdf

        page = report_file(record.submission, folder)
        to_pdf(page, page.with_suffix(".pdf"))
    if students:
        say(f"{', '.join(sorted(record.submission for record in records))} rendered in {folder / 'reports'}")
        return 0
    publish_class(records, course.assignment, folder)
    say(f"{counted(len(records), 'report')} rendered in {folder / 'reports'}")
    older = [record.submission for record in records if record.problems_sha256 != course.assignment.sha256]
    lists = {
        "graded before the problems changed (`hw11 regrade` says what that changes)": older,
        "handed in at a time that is not known, so nothing is deducted": list(untimed(records, course.assignment)),
    }
    if course.roster is not None:
        lists |= _unmatched(course.roster, records)
    for what, who in lists.items():
        if as_json:
            print_json({"what": what, "who": who})
        elif who:
            say(f"{len(who)} {what}: {_listed(who)}")
    return 0


def _of_student(course: Course, student: str) -> GradeRecord:
    """The effective record of one student that counts, without those of anybody else."""
    heads = course.gradebook.heads.latest()
    return student_card(course, heads, find_person(heads, student, course.roster, "this class")).counting


def _unmatched(roster: Roster, records: list[GradeRecord]) -> dict[str, list[str]]:
    """The students and submissions that could not be matched, by what is odd about them."""
    matched = match(roster, records)
    say(f"{len(matched.by_submission)} of {counted(len(records), 'submission')} belong to somebody in {roster.file}")
    return {
        "in the roster without a submission": [one.label for one in matched.absent],
        "not in the roster": list(matched.unknown),
        "could be several people of the roster": [
            f"{name} ({' or '.join(one.label for one in students)})" for name, students in matched.ambiguous
        ],
        "handed in more than once": [f"{one.label} ({', '.join(which)})" for one, which in matched.duplicates],
        "say that they are somebody else's": [
            one.submission for one in records if any(notice.where == CLAIM for notice in one.notices)
        ],
    }


def _listed(names: list[str]) -> str:
    return first_few(names, _SHOWN) + ("; --json lists all" if len(names) > _SHOWN else "")
