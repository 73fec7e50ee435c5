"""`hw11 report`: render reports again, from the gradebook.

Owns the options, and printing what does not match the roster. Rendering belongs to `reports`.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.assignment.model import Assignment
from grader.cli.output import class_folder, on_assignment, roster_option, say
from grader.gradebook import Gradebook
from grader.records import GradeRecord
from grader.results.effective import CLAIM, effective_class, untimed
from grader.results.publish import publish_class, publish_record
from grader.results.roster import Roster, find_roster, match

_SHOWN = 10


@click.command()
@class_folder
@click.option(
    "--release", "released", is_flag=True, help="Show hidden outcomes and model answers: for after the deadline."
)
@click.option("--pdf", is_flag=True, help="Also print each report as PDF, with a Chromium that is installed.")
@roster_option
@on_assignment
def command(assignment: Assignment, folder: Path, *, released: bool, pdf: bool, roster: Path | None) -> int:
    """Render every report of a graded class again, from its gradebook."""
    students = find_roster(folder, roster)
    with Gradebook.existing(folder) as gradebook:
        records, earlier = effective_class(gradebook, assignment, students), gradebook.releases.released()
        before = {record.submission: gradebook.earlier_work(record) for record in records}
    for record in records:
        shown = released or record.submission in earlier
        publish_record(record, assignment, folder, released=shown, before=before[record.submission])
        if pdf:
            from reports.pdf import to_pdf

            page = folder / "reports" / f"{record.submission}.html"
            to_pdf(page, page.with_suffix(".pdf"))
    publish_class(records, assignment, folder)
    say(f"{len(records)} reports rendered in {folder / 'reports'}")
    if students is not None:
        _print_matches(students, records)
    unknown = list(untimed(records, assignment))
    if unknown:
        say(f"time of submission not known, so nothing is deducted: {_listed(unknown)}")
    return 0


def _print_matches(roster: Roster, records: list[GradeRecord]) -> None:
    """Print the students and submissions that could not be matched."""
    matched = match(roster, records)
    lists = {
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
    say(f"{len(matched.by_submission)} of {len(records)} submissions belong to somebody in {roster.file}")
    for what, who in lists.items():
        if who:
            say(f"{len(who)} {what}: {_listed(who)}")


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
