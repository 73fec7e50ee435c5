"""Answers that can be marked in one go.

Owns how the entries of one check fall into groups: the same text, the same formula, texts that are near, and what
people put apart or together. A group is an offer: nobody's answer is marked because it is in one.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader.gradebook.marking.events import Event
from grader.gradebook.marking.queue import Said
from grader.records import CheckRecord, Verdict
from reports.answer_classes import answer_classes

Sort = Literal["same text", "same formula", "near", "by hand"]


@dataclass(frozen=True)
class Group:
    """Entries that look alike, by key. The first stands for them; `name` is its key."""

    sort: Sort
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """The key of the entry that stands for the group."""
        return self.keys[0]


def normalised(text: str) -> str:
    """The text as far as it counts for being the same answer: width, case, spaces and end marks aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(" .!,;")


def same_text(said: Sequence[Said]) -> list[Group]:
    """Entries whose answers are the same but for width, case, spaces and end marks. No answer, no group."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in said:
        found[normalised(one.answer or "") or one.key].append(one.key)
    return [Group("same text", tuple(keys)) for keys in found.values()]


def same_formula(said: Sequence[Said], symbols: Mapping[str, object]) -> list[Group]:
    """Entries whose answers were read as formulas that agree in value."""
    read = [(one.key, _check(one)) for one in said if one.reading]
    groups = [Group("same formula", tuple(sorted(one.submissions))) for one in answer_classes(read, symbols)]
    return groups + same_text([one for one in said if not one.reading])


def _check(one: Said) -> CheckRecord:
    """As much of a record as tells formulas apart."""
    return CheckRecord(
        id=one.key,
        kind="expr",
        verdict=Verdict.UNDECIDED,
        score=None,
        max_score=0.0,
        visibility="hidden",
        answer=one.answer,
        reading=one.reading,
    )


def texts_to_compare(said: Sequence[Said], exact: Sequence[Group]) -> dict[str, tuple[str, int]]:
    """One text per group of the same text, by the group's name, and how many answers read so."""
    answers = {one.key: one.answer or "" for one in said}
    return {group.name: (answers[group.name], len(group.keys)) for group in exact}


def near(exact: Sequence[Group], alike: Sequence[Sequence[str]]) -> list[Group]:
    """Groups of the same text put together where their texts are near.

    Args:
        exact: groups of the same text.
        alike: names of such groups, as `near_groups` gives them.
    """
    by_name = {group.name: group for group in exact}
    joined = []
    for names in alike:
        keys = tuple(key for name in names for key in by_name[name].keys)
        joined.append(Group("near" if len(names) > 1 else "same text", keys))
    return joined


def by_hand(groups: Sequence[Group], events: Sequence[Event]) -> list[Group]:
    """Groups as people changed them: `split` puts an entry into a group of that name, `join` back where it was."""
    moved: dict[str, str] = {}
    for event in events:
        if event.what == "split":
            moved[event.key] = event.value
        elif event.what == "join":
            moved.pop(event.key, None)
    known = {key for group in groups for key in group.keys}
    apart: dict[str, list[str]] = defaultdict(list)
    for key, name in moved.items():
        if key in known:
            apart[name].append(key)
    kept = [replace(group, keys=tuple(key for key in group.keys if key not in moved)) for group in groups]
    return [group for group in kept if group.keys] + [Group("by hand", tuple(keys)) for keys in apart.values()]
