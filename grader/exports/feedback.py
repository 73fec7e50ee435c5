"""Released reports in one zip file, named as Moodle and Canvas want feedback named.

Owns these names. Moodle reads the participant's number from `name_number_assignfeedback_file_…`, and passes over names
that begin with a point or a tilde. Canvas takes the first two numbers between underscores for the user's and an
attachment's, as in the name that it gave to the file that was handed in. Both ignore other files. The reports are those
that students have, so that nothing is told here that no release told.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.exports.base import Export, GradedClass, Wishes, listed, register
from grader.files.zip_file import zipped
from grader.records import GradeRecord

_UNSAFE = re.compile(r"[_/\\:*?\"<>|\x00-\x1f]+")
_CANVAS = re.compile(r"(?P<given>.*?_\d+_\d+)_.+")
Name = Callable[[GradedClass, GradeRecord], str | None]


@register("moodle-feedback", says="a zip of released reports, for Moodle's “Upload multiple feedback files in a zip”")
def _moodle(graded: GradedClass, wishes: Wishes) -> Export:
    return _zip(graded, "moodle-feedback.zip", _moodle_name)


@register("canvas-feedback", says="a zip of released reports, for Canvas's “Upload submissions”")
def _canvas(graded: GradedClass, wishes: Wishes) -> Export:
    return _zip(graded, "canvas-feedback.zip", _canvas_name)


def _moodle_name(graded: GradedClass, record: GradeRecord) -> str | None:
    number = record.student.get("moodle")
    who = _UNSAFE.sub(" ", record.student.get("name", "")).strip(" .~") or "Participant"
    return f"{who}_{number}_assignfeedback_file_report.html" if number else None


def _canvas_name(graded: GradedClass, record: GradeRecord) -> str | None:
    """The name of a file that was handed in, as Canvas gave it, with our ending: its two numbers tell whose it is."""
    source = graded.where(record.submission, record.attempt)
    for stored in sorted((source.members or {}).values()) if source and source.platform == "Canvas" else ():
        if match := _CANVAS.fullmatch(stored.rpartition("/")[2]):
            return f"{match['given']}_report.html"
    return None


def _zip(graded: GradedClass, file: str, name_of: Name) -> Export:
    shown = {record.submission: graded.released.parts_of(record) for record in graded.records}
    released = [one for one in graded.records if any(part.id in shown[one.submission] for part in one.parts)]
    names = {record.submission: name for record in released if (name := name_of(graded, record))}
    pages = {who: page for who in names if (page := graded.report(who)) is not None}
    without = sorted({record.submission for record in released} - names.keys())
    waiting, unwritten = len(graded.records) - len(released), sorted(names.keys() - pages.keys())
    messages = [f"{len(pages)} released reports"]
    messages += [f"{waiting} left out: their results are not released (`hw11 release`)"] if waiting else []
    if unwritten:
        messages.append(f"{len(unwritten)} left out: `hw11 release` writes the reports of {', '.join(unwritten)}")
    messages += listed("left out, as they did not come from there", without)
    content = zipped({names[who]: page for who, page in pages.items()})
    return Export({file: content}, tuple(messages), {"reports": len(pages), "without": without})
