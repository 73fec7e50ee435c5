"""Applying the rubric of the problem file to marks that were made by an earlier one.

Owns which marks are computed again and saved together with the new version. What a change is belongs to
`rubric_changes`.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from grader.gradebook.marking.rubrics import Rubric
from grader.review import marks as marking
from grader.review.questions import ReviewQuestion
from grader.review.rubric_changes import touched
from grader.review.service import ReviewService


def apply_rubric(service: ReviewService, question: ReviewQuestion, author: str, *, again: bool) -> int:
    """Apply the rubric of the problem file and recompute the marks it affects; returns how many marks changed.

    Args:
        service: the marking of the class.
        question: the question of the rubric.
        author: who applies it.
        again: take every mark back, so that all is marked again; the ticks stay as a proposal.
    """
    known = service.gradebook.marking.rubrics.versions(question.id)
    found = service.rubric_changes(question, known[-1])
    fresh = Rubric(question.id, service.matched(known, question), author, "\n".join(str(change) for change in found))
    batch = secrets.token_hex(8)
    entries = {entry.key: entry for entry in service.gradebook.queue.entries(question.id)}
    marks, overrides = [], []
    for key, mark in service.gradebook.marking.marks.latest_of_check(question.id).items():
        if mark.score is None or key not in entries or (mark.awarded is not None and not again):
            continue
        if mark.digest != entries[key].digest:
            continue  # made on another answer: it counts for nothing, and is marked anew
        if not (again or touched(found, mark.items)):
            continue
        live = tuple(item.ref for item in fresh.items if item.ref in mark.items)
        score = None if again else marking.score(replace(mark, items=live), fresh.items, question.points)
        anew = replace(
            mark, items=live, score=score, via="again" if again else "rubric", version=len(known) + 1, batch=batch,
            made_at="",
        )  # fmt: skip
        decision = marking.override(anew, entries[key], fresh.items)
        marks.append(anew)
        overrides.append(replace(decision, reason=f"{decision.reason} (applied by {author})"))
    service.commit(marks, overrides, fresh)
    return len(marks)
