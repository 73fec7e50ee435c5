"""Writing the output folder of a class.

Owns which files there are and who may read them: `records/`, `index.html` and `grades.csv` are for staff (mode 0600),
only `reports/` is for students. Rendering belongs to `reports`, which is imported with the first page: most commands
write none. Points belong to `grader.results.effective`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from grader.assignment.model import Assignment
from grader.files.atomic import write_atomically
from grader.files.csv_cells import table, unguarded
from grader.records import GradeRecord
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.grade_table import grade_table

STUDENT_MODE = 0o644
_RELEASED = re.compile('<meta name="released" content="([^"]*)">')
"""What a report says of itself: which parts it shows as released."""
_HEAD = 4_096
"""Characters at the beginning of a report that hold it."""
NOT_TAKEN = "not_taken.csv"
"""What lay among the submissions and is none."""
SIMILAR = "similar.html"
"""The page of `hw11 similar`."""


def publish_record(record: GradeRecord, course: Course, released: Container[str]) -> None:
    """Write one submission's report, then its record; `released` parts show hidden outcomes and model answers.

    What changed since the student handed in other files is told in the report.
    The record is written last, because `is_published` takes it as the sign that the report was written, too.
    """
    from reports.news import NOTHING, stands
    from reports.plots import own_plots
    from reports.student import render_student
    from reports.visibility import seen_parts

    assignment, out, before = course.assignment, course.gradebook.folder, course.gradebook.earlier_work(record)
    earlier = stands(seen_parts(before, assignment, released)) if before else NOTHING
    figures = own_plots(record, released)
    page = render_student(record, assignment, released=released, figures=figures, before=earlier)
    write_atomically(report_file(record.submission, out), page, STUDENT_MODE)
    write_atomically(record_file(record.submission, out), _record_text(record))


def is_published(record: GradeRecord, assignment: Assignment, out: Path, released: Container[str]) -> bool:
    """Whether `publish_record` has finished with exactly this record and these released parts."""
    if not shows(record, assignment, out, released):
        return False
    try:
        return record_file(record.submission, out).read_text(encoding="utf-8") == _record_text(record)
    except OSError:
        return False


def shows(record: GradeRecord, assignment: Assignment, out: Path, released: Container[str]) -> bool:
    """Whether there is a report that shows these parts as released, whatever it says of them."""
    parts = [part.id for part in record.parts if part.id in {one.id for one in assignment.parts}]
    shown = [part for part in parts if part in released]
    state = "all" if shown == parts else " ".join(shown) or "none"
    try:
        with report_file(record.submission, out).open(encoding="utf-8") as report:
            told = _RELEASED.search(report.read(_HEAD))
    except OSError:
        return False
    return told is not None and told[1] == state


def read_report(submission: str, out: Path) -> bytes | None:
    """The report of a submission as its student has it; None if there is none."""
    file = report_file(submission, out)
    return file.read_bytes() if file.is_file() else None


def report_file(submission: str, out: Path) -> Path:
    """Where the report of a submission lies."""
    return out / "reports" / f"{submission}.html"


def record_file(submission: str, out: Path) -> Path:
    """Where the record of a submission lies."""
    return out / "records" / f"{submission}.json"


def _record_text(record: GradeRecord) -> str:
    return record.model_dump_json(by_alias=True, indent=1) + "\n"


def write_not_taken(not_taken: Sequence[tuple[str, str]], out: Path) -> None:
    """Keep what lay among the submissions and is none, each with the reason, for the class page to tell."""
    file = out / NOT_TAKEN
    if not_taken or file.exists():
        rows = [[text.encode("utf-8", "replace").decode() for text in one] for one in not_taken]
        write_atomically(file, table(("file", "why"), rows))


def not_taken(out: Path) -> list[tuple[str, str]]:
    """What `write_not_taken` kept."""
    try:
        text = (out / NOT_TAKEN).read_text(encoding="utf-8")
    except OSError:
        return []
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return [(unguarded(row[0]), unguarded(row[1])) for row in rows if len(row) == 2]


def publish_due(course: Course) -> list[GradeRecord]:
    """Write the reports of a class that are missing or out of date, and its pages; returns its effective records."""
    records, released = effective_class(course), course.gradebook.releases.latest()
    for record in records:
        if not is_published(record, course.assignment, course.gradebook.folder, released.parts_of(record)):
            publish_record(record, course, released.parts_of(record))
    publish_class(records, course.assignment, course.gradebook.folder)
    return records


def publish_class(records: Sequence[GradeRecord], assignment: Assignment, out: Path) -> None:
    """Write the class page, the pages of parts, and `grades.csv`."""
    from reports.classroom import render_class, render_part

    left_out = not_taken(out)
    write_atomically(out / "index.html", render_class(records, assignment, _facts(records), left_out))
    for part in assignment.parts:
        write_atomically(out / "parts" / f"{part.id}.html", render_part(records, part, assignment))
    write_atomically(out / "grades.csv", grade_table(records, assignment, left_out))


def _facts(records: Sequence[GradeRecord]) -> Mapping[str, str]:
    """What the class page says of the run: isolation and versions."""
    if not records:
        return {}
    found = {"isolation": ", ".join(sorted({record.isolation for record in records}))}
    return found | {name: text for name, text in records[0].versions.items()}
