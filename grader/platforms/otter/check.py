"""The check that otter's test files run in a student's own notebook, for `grader.check("…")`.

Owns which verdicts pass and the message of one that does not. Reading and checking the notebook belongs to
`grader.notebook`. It runs the student's code on the student's machine, so its result never counts as a mark.
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
from reports.visibility import seen_part
from reports.words import WORDS

_FINE = (Verdict.CORRECT, Verdict.NEEDS_REVIEW)


class NotYet(AssertionError):
    """A check that does not pass yet; its text is for the student."""


def shown_checks(part: Part) -> list[str]:
    """Ids of a part's checks that are shown before release: public ones, and those that say how an answer is read."""
    return [check.id for check in part.checks if check.visibility == "public" or check.family.readable]


def check(check_id: str) -> None:
    """Run one check on the running notebook. Its part is checked and printed once per state of the cells.

    Raises:
        NotYet: the check does not pass; the message says why.
        UsageError: this is not a notebook.
    """
    one = _checked(check_id.partition(".")[0], len(cells_run()))
    record = next(record for record in one.record.checks if record.id == check_id)
    if record.verdict not in _FINE:
        why = one_line(plain_sentence(record.message, one.part))
        raise NotYet(f"{check_id}: {WORDS[record.verdict].word.lower()} — {why} (more above)")


@lru_cache(maxsize=1)
def _checked(part_id: str, _cells: Any) -> Preview:
    """Check and print the part. Cached, since otter runs the cases of a part one after the other in one cell."""
    _assignment, _submission, (one,) = checked(part_id)
    print("\n".join(part_lines(seen_part(one.part, one.record))).strip())
    return one
