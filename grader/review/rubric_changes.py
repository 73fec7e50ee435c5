"""Changes of a rubric while people mark.

Owns which item of a new rubric is which of the old one, and the effect of a change on marks: a new item changes
nothing, new points are counted again, a new text changes what the student reads, a deleted item no longer counts.
Pure functions; applying changes belongs to `service`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.gradebook.marking.rubrics import RubricItem
from grader.grouping import by_key

_ALIKE = 0.6
"""Similarity (difflib's ratio) from which a changed text is still the same item. A person sees this before applying."""


@dataclass(frozen=True)
class RubricChange:
    """One difference between two versions: `before` is None for a new item, `after` for a deleted one."""

    what: Literal["new", "points", "text", "deleted"]
    before: RubricItem | None
    after: RubricItem | None

    def __str__(self) -> str:
        if self.after is None:
            return f"item deleted, was worth {self.before.points:g}: {self.before.earns}" if self.before else ""
        if self.before is None:
            return f"new item, worth {self.after.points:g}: {self.after.earns}"
        if self.what == "points":
            return f"points changed from {self.before.points:g} to {self.after.points:g}: {self.after.earns}"
        return f"text changed from “{self.before.earns}” to “{self.after.earns}”"


def match(
    old: Sequence[RubricItem], wanted: Sequence[tuple[str, float]], used: Iterable[int] = ()
) -> tuple[RubricItem, ...]:
    """The wanted items with references: the old reference of the same item, else a new one.

    Items with the same text are the same, several in their order; the others are paired by similarity, the most similar
    first.

    Args:
        old: the items of the version before.
        wanted: (what earns, points), in order.
        used: references in all earlier versions, which must not be given again.
    """
    same = by_key((item.earns, item.ref) for item in old)
    refs = {place: same[earns].pop(0) for place, (earns, _) in enumerate(wanted) if same[earns]}
    left = [item for item in old if item.ref not in refs.values()]
    pairs = sorted(
        (-_similarity(item.earns, earns), item.ref, place)
        for item in left
        for place, (earns, _) in enumerate(wanted)
        if place not in refs and _similarity(item.earns, earns) >= _ALIKE
    )
    for _, ref, place in pairs:
        if place not in refs and ref not in refs.values():
            refs[place] = ref
    fresh = max([0, *used, *(item.ref for item in old)])
    items = []
    for place, (earns, points) in enumerate(wanted):
        if place not in refs:
            fresh += 1
            refs[place] = fresh
        items.append(RubricItem(refs[place], earns, points))
    return tuple(items)


def _similarity(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def changes(old: Sequence[RubricItem], new: Sequence[RubricItem]) -> list[RubricChange]:
    """The differences, deleted items last. A different order alone is not one."""
    before = {item.ref: item for item in old}
    found = []
    for item in new:
        was = before.pop(item.ref, None)
        if was is None:
            found.append(RubricChange("new", None, item))
            continue
        if was.points != item.points:
            found.append(RubricChange("points", was, item))
        if was.earns != item.earns:
            found.append(RubricChange("text", was, item))
    return found + [RubricChange("deleted", item, None) for item in before.values()]


def touched(found: Iterable[RubricChange], earned: Iterable[int]) -> bool:
    """Whether changes affect a mark's points or the text that the student reads. New items never do."""
    return any(change.before is not None and (change.what == "text" or change.before.ref in earned) for change in found)
