"""What `grader.check("…")` runs in a student's own notebook, through otter's test files.

Owns what passes and what is said where it does not; the notebook is read and checked by `grader.notebook`. This is the
student's own code on the student's own machine, so nothing that it returns is a mark.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from grader.assignment.model import Part
from grader.files.untrusted_text import one_line
from grader.grading.preview import Preview
from grader.notebook import cells_run, checked
from grader.records import Verdict
from reports.messages import plain_sentence
from reports.terminal import part_lines
from reports.words import WORDS

_FINE = (Verdict.CORRECT, Verdict.NEEDS_REVIEW)


class NotYet(AssertionError):
    """A check that does not pass yet; its text is for the student."""


def told_checks(part: Part) -> list[str]:
    """Ids of the checks of a part that a student may know something of: public ones, and how others are read."""
    return [check.id for check in part.checks if check.visibility == "public" or check.family.readable]


def check(check_id: str) -> None:
    """Check one thing in the notebook that is running. Its part is checked and printed once per state of the cells.

    Raises:
        NotYet: it is not right yet, with the line that says why.
        UsageError: this is no notebook.
    """
    one = _checked(check_id.partition(".")[0], len(cells_run()))
    record = next(record for record in one.record.checks if record.id == check_id)
    if record.verdict not in _FINE:
        said = one_line(plain_sentence(record.message, one.part))
        raise NotYet(f"{check_id}: {WORDS[record.verdict].word.lower()} — {said} (more above)")


@lru_cache(maxsize=1)
def _checked(part_id: str, _cells: Any) -> Preview:
    """The part, printed. Otter asks for its cases one after the other, within one cell."""
    _assignment, _submission, (one,) = checked(part_id)
    print("\n".join(part_lines(one)).strip())
    return one
