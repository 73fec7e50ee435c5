"""How long people take for one answer, from the times at which they marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

from grader.gradebook.marking.marks import Mark
from grader.grouping import by_key

PACED = 300
"""The last marks, from which the pace is taken."""
ENOUGH = 5
"""Fewer intervals say nothing."""
_PAUSE = 900.0  # seconds after which somebody was away, and not marking


def pace(marks: Sequence[Mark]) -> float | None:
    """The median of the seconds between one mark and the next of the same person; None if there are too few.

    Marks of a group or table are made at once and say nothing.

    Args:
        marks: in any order.
    """
    one_by_one = [mark for mark in marks if mark.via == "one" and mark.score is not None]
    times = by_key((mark.marker, datetime.fromisoformat(mark.made_at)) for mark in one_by_one)
    gaps = [(later - earlier).total_seconds() for of in times.values() for earlier, later in pairwise(sorted(of))]
    working = [gap for gap in gaps if gap <= _PAUSE]
    return median(working) if len(working) >= ENOUGH else None
