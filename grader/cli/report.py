"""`hw11 report`: render reports again, from the gradebook.

Owns the options, and printing what does not match the roster. Rendering belongs to `reports`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.assignment.model import Assignment
from grader.cli.grade import facts
from grader.cli.output import assignment_option, load, say, with_exit_codes
from grader.gradebook import Gradebook
from grader.records import GradeRecord
from grader.results.effective import CLAIM, effective_class, untimed
from grader.results.publish import publish_class, publish_record
from grader.results.roster import Roster, find_roster, match

_SHOWN = 10


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--release", "released", is_flag=True, help="Show hidden outcomes and model answers: for after the deadline."
)
@click.option("--pdf", is_flag=True, help="Also print each report as PDF, with a Chromium that is installed.")
@click.option("--roster", type=click.Path(path_type=Path, dir_okay=False), help="Who is in the class, as CSV.")
@assignment_option
@with_exit_codes
def command(folder: Path, root: Path | None, **options: Any) -> int:
    """Render every report of a graded class again, from its gradebook."""
    return run(load(root), folder, **options)


def run(assignment: Assignment, folder: Path, *, released: bool, pdf: bool, roster: Path | None) -> int:
    """Render every report and the class page from effective records, and print what a person should look at."""
    students = find_roster(folder, roster)
    with Gradebook.existing(folder) as gradebook:
        records, earlier = effective_class(gradebook, assignment, students), gradebook.releases.released()
    for record in records:
        publish_record(record, assignment, folder, released=released or record.submission in earlier)
        if pdf:
            from reports.pdf import to_pdf

            page = folder / "reports" / f"{record.submission}.html"
            to_pdf(page, page.with_suffix(".pdf"))
    publish_class(records, assignment, facts(records), folder)
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
