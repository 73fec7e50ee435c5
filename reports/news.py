"""What changed since last time: what was mended, and what broke.

Owns the comparison of two views of the same work, both as a student may see them, and the sentence about it. Where
the earlier one lies belongs to its callers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from grader.records import Verdict
from reports.steps import is_broken
from reports.visibility import SeenCheck, SeenPart

Stand = Literal["broken", "empty", "fine", "waiting"]
Change = Literal["fixed", "new", "begun"]
Changes = Mapping[str, Change]
"""What changed, by check id."""
Stands = Mapping[str, str]
"""How each check stood, by its id: a `Stand`."""
BROKEN: Stand = "broken"
NOTHING: Stands = MappingProxyType({})
"""There was no earlier time."""


_WORDS: Mapping[Change, str] = {"fixed": "+{} fixed", "new": "{} new to mend", "begun": "{} more answered"}
"""How many of each are told."""


TOLD: Mapping[Change, str] = {"fixed": "fixed since last time", "new": "new since last time", "begun": "new answer"}
"""What is said beside a check."""


def stands(parts: Iterable[SeenPart]) -> dict[str, str]:
    """How each check stands, as far as the student may know."""
    return {check.id: _stand(check) for part in parts for check in part.checks}


def news(before: Stands, parts: Sequence[SeenPart]) -> Changes:
    """What changed between an earlier time and now; empty where nothing is known of then."""
    now = stands(parts)
    changes = {name: _change(before[name], stand) for name, stand in now.items() if name in before}
    return {name: change for name, change in changes.items() if change is not None}


def since_last_time(changes: Changes) -> str:
    """One line, such as `Since last time: 2 fixed, 1 new.`; empty if nothing changed."""
    counts = Counter(changes.values())
    said = [words.format(counts[change]) for change, words in _WORDS.items() if counts[change]]
    return f"Since last time: {', '.join(said)}." if said else ""


def _change(before: str, now: str) -> Change | None:
    match before, now:
        case "broken", "fine":
            return "fixed"
        case "fine" | "empty", "broken":
            return "new"
        case "empty", "fine":
            return "begun"
    return None


def _stand(check: SeenCheck) -> Stand:
    if is_broken(check):
        return BROKEN
    if check.verdict in (Verdict.MISSING, Verdict.BLOCKED):
        return "empty"
    if check.sealed:
        return "empty" if check.outcome.answer is None else "fine"
    return "fine" if check.words.tone == "good" else "waiting"
