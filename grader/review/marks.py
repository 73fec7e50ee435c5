"""Computing a mark's points and texts from what a marker ticked.

Owns the arithmetic of a mark, its texts for student and staff, and what makes a mark complete, as pure functions.
Saving marks belongs to `service`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from grader.gradebook import Override
from grader.gradebook.marking.marks import Mark
from grader.gradebook.marking.rubrics import RubricItem
from grader.gradebook.pending import Entry
from grader.grading.score import DIGITS
from reports.messages import undollared

MOST_WRITTEN = 10_000
"""Characters of a comment or a reason, some three pages."""


class Draft(BaseModel):
    """An unfinished mark, as the page sends it.

    `items` are references of rubric items; `nothing` says explicitly that none is earned. `awarded` are points for
    answers without a rubric. `reply` answers a student's request.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[int, ...] = Field(default=(), max_length=100)
    nothing: bool = False
    awarded: Annotated[float, Field(ge=0, le=1e6)] | None = None
    adjustment: float = Field(default=0.0, ge=-1e6, le=1e6)
    reason: str = Field(default="", max_length=MOST_WRITTEN)
    comment: str = Field(default="", max_length=MOST_WRITTEN)
    reply: str = Field(default="", max_length=MOST_WRITTEN)


def complaint(draft: Draft, rubric: Sequence[RubricItem], most: float, *, asked: bool = False) -> str | None:
    """Why a draft is not a complete mark yet, as a sentence for the marker; None if it is complete.

    Args:
        draft: the draft.
        rubric: the rubric's items; empty if there is no rubric.
        most: the maximum points.
        asked: whether a student's request is open, which requires a reply.
    """
    if asked and not draft.reply.strip():
        return "A student asked about this: say what they read in answer."
    if rubric:
        if not (draft.items or draft.nothing or draft.adjustment):
            return "Nothing is ticked. Tick what is earned, or say that nothing is (key 0)."
        if draft.items and draft.nothing:
            return "Items are ticked, and “nothing of this”: only one can be meant."
        if draft.adjustment and not draft.reason.strip():
            return "An adjustment needs a reason."
        return None
    if draft.awarded is None:
        return f"Say how many points this earns: from 0 to {most:g}."
    if draft.awarded > most:
        return f"{draft.awarded:g} points are more than the {most:g} that there are."
    if not draft.reason.strip():
        return "Points without a rubric need a reason."
    return None


def score(draft: Draft | Mark, rubric: Sequence[RubricItem], most: float) -> float:
    """The points of a mark: those of the ticked items plus the adjustment, limited to 0 … `most`."""
    if draft.awarded is not None and not rubric:
        return min(draft.awarded, most)
    earned = sum(item.points for item in rubric if item.ref in draft.items)
    return round(min(max(earned + draft.adjustment, 0.0), most), DIGITS) + 0.0


def says(draft: Draft | Mark, rubric: Sequence[RubricItem]) -> str:
    """The text for the student: items earned and missed, adjustment and comment, each on a line of plain text."""
    lines = [f"Earned: {_item(item)}." for item in rubric if item.ref in draft.items]
    lines += [f"Missed: {_item(item)}." for item in rubric if item.ref not in draft.items]
    if draft.adjustment:
        lines.append(f"Adjusted by {draft.adjustment:+g}: {draft.reason.strip().rstrip('.')}.")
    if draft.comment.strip():
        lines.append(f"Comment: {draft.comment.strip()}")
    return "\n".join(lines)


def _item(item: RubricItem) -> str:
    return f"{undollared(item.earns)} ({item.points:g})"


def staff_reason(mark: Mark, rubric: Sequence[RubricItem]) -> str:
    """The reason of a mark's points, for staff."""
    if mark.score is None:
        return "taken back" + (f": {mark.reason.strip()}" if mark.reason.strip() else "")
    said = [mark.reason.strip()] if mark.reason.strip() else []
    if rubric:
        ticked = [str(place) for place, item in enumerate(rubric, start=1) if item.ref in mark.items]
        said.insert(0, f"rubric items {', '.join(ticked)}" if ticked else "no rubric item")
    if mark.via != "one":
        said.append(
            {
                "group": "marked as a group",
                "table": "from a table",
                "card": "decided with all that waited of this student",
                "rubric": "counted again after a change of the rubric",
            }.get(mark.via, mark.via)
        )
    return "; ".join(said)


def override(mark: Mark, entry: Entry, rubric: Sequence[RubricItem]) -> Override:
    """The override that a mark causes, made on the same answer or files."""
    return Override(
        submission=entry.submission,
        attempt=entry.attempt,
        check_id=entry.check_id,
        score=mark.score,
        author=mark.marker,
        reason=staff_reason(mark, rubric),
        says=says(mark, rubric) if mark.score is not None else "",
        digest=mark.digest,
    )


def draft_of(mark: Mark, *, by_rubric: bool = False) -> Draft:
    """A mark as a draft, to be changed; points that were given without ticks are an adjustment of none ticked."""
    if by_rubric and mark.awarded is not None:
        return Draft(adjustment=mark.awarded, nothing=not mark.awarded, reason=mark.reason, comment=mark.comment)
    return Draft(
        items=mark.items,
        nothing=not mark.items and mark.awarded is None and not mark.adjustment,
        awarded=mark.awarded,
        adjustment=mark.adjustment,
        reason=mark.reason,
        comment=mark.comment,
    )
