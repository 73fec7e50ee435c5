"""Marks of a table on the desk: the same marks as if they had been made there, with their ticks.

Owns turning positions in the rubric into its items. Reading the table belongs to `grader.exports.review_import`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence

from grader.gradebook.marking.marks import Mark, TableMark
from grader.review import marks as marking
from grader.review.service import ReviewService


def take_table(service: ReviewService, given: Sequence[TableMark]) -> None:
    """Save the marks of a table, all or none, those of one question as a batch that can be undone.

    Points without ticks stay points, whatever becomes of the rubric.
    """
    entries = service.gradebook.queue.some([one.key for one in given])
    batches: dict[str, str] = defaultdict(lambda: secrets.token_hex(8))
    made, overrides = [], []
    for one in given:
        entry = entries[one.key]
        rubric, version = service.rubric_of(entry, one.author)
        ticked = tuple(rubric[position - 1].ref for position in one.items or ())
        mark = Mark(
            key=one.key,
            check_id=one.check_id,
            marker=one.author,
            score=one.score,
            digest=one.digest,
            items=ticked,
            awarded=one.score if one.items is None else None,
            reason=one.reason,
            comment=one.says,
            version=version,
            via="table",
            batch=batches[one.check_id],
        )
        made.append(mark)
        overrides.append(marking.override(mark, entry, rubric if one.items is not None else ()))
    service.commit(made, overrides)
