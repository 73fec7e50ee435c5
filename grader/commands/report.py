"""`hw11 report`: render again, from the gradebook."""

from __future__ import annotations

from pathlib import Path

from grader.cli import say
from grader.commands.grade import facts
from grader.errors import UsageError
from grader.problem.model import Assignment
from grader.publish import publish_class, publish_record
from grader.store import GRADEBOOK, Store


def run(assignment: Assignment, folder: Path, *, released: bool, pdf: bool) -> int:
    """Render every report and the class page."""
    if not (folder / GRADEBOOK).is_file():
        raise UsageError(f"{folder} holds no {GRADEBOOK}: it was not made by `hw11 grade`")
    with Store(folder) as store:
        records = [record for record, _ in store.records().values()]
    for record in records:
        publish_record(record, assignment, folder, released=released)
        if pdf:
            from reports.pdf import to_pdf

            page = folder / "reports" / f"{record.submission}.html"
            to_pdf(page, page.with_suffix(".pdf"))
    publish_class(records, assignment, facts(records), folder)
    say(f"{len(records)} reports rendered in {folder / 'reports'}")
    return 0
