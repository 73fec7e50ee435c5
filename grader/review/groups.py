"""Groups of similar answers, which can be marked together.

Owns grouping the entries of one check: by the same text, by the same formula, by near texts, and as people changed
it. A group is only an offer: no answer is marked because it is in one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader.gradebook.marking.events import Event
from grader.gradebook.marking.queue import Said
from grader.grouping import by_key
from reports.answer_classes import values_of

Sort = Literal["same text", "same formula", "near", "by hand"]


@dataclass(frozen=True)
class Group:
    """Similar entries, by key. The first represents the group, and its key is the group's name."""

    sort: Sort
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """The key of the entry that represents the group."""
        return self.keys[0]


def normalised(text: str) -> str:
    """The text without differences of character width, case, spaces and final punctuation, for comparing answers."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(" .!,;")


def same_text(said: Sequence[Said]) -> list[Group]:
    """Groups of entries with the same normalised answer; an entry without an answer is a group of one."""
    found = by_key((normalised(one.answer or "") or one.key, one.key) for one in said)
    return [Group("same text", tuple(keys)) for keys in found.values()]


def same_formula(said: Sequence[Said], symbols: Mapping[str, object]) -> list[Group]:
    """Groups of entries whose answers were read as formulas with equal values; the others by their text."""
    read = by_key((values_of(one.reading, symbols), one.key) for one in said if one.reading)
    groups = [Group("same formula", tuple(sorted(keys))) for keys in read.values()]
    return groups + same_text([one for one in said if not one.reading])


def texts_to_compare(said: Sequence[Said], exact: Sequence[Group]) -> dict[str, tuple[str, int]]:
    """By group name, the text of each group of the same text, and its number of answers."""
    answers = {one.key: one.answer or "" for one in said}
    return {group.name: (answers.get(group.name, ""), len(group.keys)) for group in exact}  # one may have left since


def near(exact: Sequence[Group], alike: Sequence[Sequence[str]]) -> list[Group]:
    """Groups of the same text joined where their texts are near.

    Args:
        exact: groups of the same text.
        alike: names of groups to join, as `near_groups` returns them.
    """
    by_name = {group.name: group for group in exact}
    joined = []
    for names in alike:
        keys = tuple(key for name in names for key in by_name[name].keys)
        joined.append(Group("near" if len(names) > 1 else "same text", keys))
    return joined


def by_hand(groups: Sequence[Group], events: Sequence[Event]) -> list[Group]:
    """The groups with people's changes: `split` moves an entry to a group of its own name, `join` moves it back."""
    moved: dict[str, str] = {}
    for event in events:
        if event.what == "split":
            moved[event.key] = event.value
        elif event.what == "join":
            moved.pop(event.key, None)
    known = {key for group in groups for key in group.keys}
    apart = by_key((name, key) for key, name in moved.items() if key in known)
    kept = [replace(group, keys=tuple(key for key in group.keys if key not in moved)) for group in groups]
    return [group for group in kept if group.keys] + [Group("by hand", tuple(keys)) for keys in apart.values()]
