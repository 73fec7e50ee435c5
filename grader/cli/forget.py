"""`hw11 forget`: delete one student's work from a graded class.

Owns deleting the student's files and writing the class pages again. The rows belong to `grader.gradebook.forget`.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.output import class_folder, on_class, say
from grader.errors import GradebookError
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.lookup import find_submission
from grader.results.publish import SIMILAR, publish_class, record_file, report_file
from reports.words import counted


@click.command()
@class_folder
@click.argument("submission")
@click.confirmation_option(prompt="Delete everything about this submission, for good?")
@on_class
def command(course: Course, submission: str) -> int:
    """Delete one student's work from a graded class: records, decisions, observations and reports."""
    gradebook, folder = course.gradebook, course.gradebook.folder
    with gradebook.lock("forget"):
        submission = find_submission(gradebook.heads.latest(), submission, str(folder))
        origins = sorted({str(source.path) for source in gradebook.gradings.sources() if source.id == submission})
        rows = gradebook.forget(submission)
        left = effective_class(course)
    removed = [path for path in _made_of(folder, submission) if _remove(path)]
    publish_class(left, course.assignment, folder)
    gone = f"{counted(rows, 'row')} of the gradebook, {counted(len(removed), 'file')}"
    say(f"{submission} is deleted: {gone}; the class pages are new")
    say("not touched, and yours to delete: exports that you made, copies and backups of this folder, and")
    say(f"what was handed in: {', '.join(origins) or 'not known where'}")
    return 0


def _made_of(folder: Path, submission: str) -> list[Path]:
    """The files about a submission: its own, and the page of pairs, which may show it beside another."""
    return [
        folder / SIMILAR,
        record_file(submission, folder),
        *(report_file(submission, folder).with_suffix(ending) for ending in (".html", ".pdf")),
    ]


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise GradebookError(f"cannot delete {path}: {error.strerror}") from error
    return True
