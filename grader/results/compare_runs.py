"""Comparison of a class before and after a regrade: who gains or loses points, and why.

Owns the differences between two records of one submission, grouping them over the class, and `--never-lower`.
Judging belongs to `grader.grading`, writing to `grader.cli.regrade`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.assignment.model import Assignment
from grader.files.untrusted_text import first_few
from grader.gradebook import Override
from grader.gradebook.problem_snapshots import Authored
from grader.grading.score import rounded, sum_part, with_parts
from grader.grouping import by_key
from grader.records import CheckRecord, GradeRecord, Verdict
from grader.results.dependent import noted

LONGEST_VALUE = 40
"""Characters of a value from a problem file that are printed; of a longer value only the key is."""
MOST_CHANGES = 3


@dataclass(frozen=True)
class OutcomeChange:
    """One check of one submission whose outcome changed. `before` or `after` is None where there was no such check.

    `decided` is a person's decision that takes precedence over both, so that nothing changes for the student.
    """

    submission: str
    check_id: str
    before: CheckRecord | None
    after: CheckRecord | None
    decided: Override | None = None

    @property
    def gain(self) -> float | None:
        """Points gained (below 0: lost); None if one of the two outcomes is undecided."""
        before, after = _score(self.before), _score(self.after)
        return None if before is None or after is None else rounded(after - before)

    @property
    def kind(self) -> tuple[str, ...]:
        """The key by which changes are grouped: outcome, reason, and who decided otherwise."""
        return self.outcome, self.why, self.decided.author if self.decided else ""

    @property
    def outcome(self) -> str:
        """The change in few words, such as `gain 0.5 (wrong → correct)`."""
        if self.before is None:
            return f"new check: {_spelled(self.after)}"
        if self.after is None:
            return f"check is gone: it had given {_spelled(self.before)}"
        if self.gain is None:
            return f"{_spelled(self.before)} → {_spelled(self.after)}"
        verb = f"gain {self.gain:g}" if self.gain > 0 else f"lose {-self.gain:g}" if self.gain else "keep their points"
        verdicts = (
            "" if self.before.verdict is self.after.verdict else f" ({self.before.verdict} → {self.after.verdict})"
        )
        return verb + verdicts

    @property
    def why(self) -> str:
        """The check's message to the student, if it changed."""
        if self.after is None or (self.before is not None and self.after.message == self.before.message):
            return ""
        return self.after.message


def outcome_changes(before: GradeRecord, after: GradeRecord, decisions: Mapping[str, Override]) -> list[OutcomeChange]:
    """The checks whose points, maximum or verdict differ, in the order of the newer record, removed checks last.

    Args:
        before: the record from the gradebook.
        after: the record of the regrade.
        decisions: people's decisions that count for this submission, by check id.
    """
    old, new = ({check.id: check for check in record.checks} for record in (before, after))
    return [
        OutcomeChange(after.submission, name, old.get(name), new.get(name), decisions.get(name))
        for name in dict.fromkeys((*new, *old))
        if _essence(old.get(name)) != _essence(new.get(name))
    ]


def never_lower(before: GradeRecord, after: GradeRecord) -> GradeRecord:
    """The newer record, in which every check keeps at least its earlier points, up to its present maximum.

    A check that was kept says so in `staff`.
    """
    old = {check.id: check for check in before.checks}
    parts = tuple(
        sum_part(part.id, part.max_score, [_kept(check, old.get(check.id)) for check in part.checks])
        for part in after.parts
    )
    return with_parts(after, parts)


def grouped(found: Sequence[OutcomeChange]) -> list[list[OutcomeChange]]:
    """Changes of the same check, outcome and reason together; check by check, the largest groups of each first."""
    checks = list(dict.fromkeys(change.check_id for change in found))
    groups = by_key(((change.check_id, *change.kind), change) for change in found)
    return sorted(groups.values(), key=lambda same: (checks.index(same[0].check_id), -len(same)))


def authored(assignment: Assignment) -> Authored:
    """The author's specification of each check as JSON, kept in the gradebook to say later what changed."""
    how: dict[str, Any] = {"mode": "json", "by_alias": True, "exclude_defaults": True}
    return {name: check.spec.model_dump(**how) for name, check in assignment.checks.items()}


def rewritten(check_id: str, before: Authored | None, after: Authored) -> str:
    """The author's changes to a check's specification, such as `tolerance: 1 % → 2 %`; empty if not known."""
    if before is None or check_id not in before or check_id not in after:
        return ""
    changes = list(_differences("", before[check_id], after[check_id]))
    if not changes:
        return "the problem file says the same of it: its reference, its code or a check before it changed"
    return first_few(changes, MOST_CHANGES)


def _differences(place: str, old: object, new: object) -> Iterator[str]:
    """The differences, down to single values; of long values only the key."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(f"{place}.{key}".lstrip("."), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differences(f"{place}[{i}]", one, other)
    else:
        texts = [json.dumps(value, ensure_ascii=False).strip('"') if value is not None else "–" for value in (old, new)]
        yield place if max(map(len, texts)) > LONGEST_VALUE else f"{place}: {texts[0]} → {texts[1]}"


def _essence(check: CheckRecord | None) -> tuple[object, ...] | None:
    return None if check is None else (check.verdict, check.score, check.max_score)


def _kept(after: CheckRecord, before: CheckRecord | None) -> CheckRecord:
    floor = None if before is None or before.score is None else min(before.score, after.max_score)
    if before is None or floor is None or after.score is None or after.score >= floor:
        return after
    note = (
        f"kept at {floor:g} from an earlier grading; judged again as {after.verdict} ({after.score:g}): {after.message}"
    )
    verdict = Verdict.CORRECT if floor >= after.max_score else before.verdict
    facts = {"score": floor, "max_score": after.max_score, "bonus": after.bonus, "verdict": verdict}
    return noted(before, "" if note in before.staff else note, **facts)


def _score(check: CheckRecord | None) -> float | None:
    return 0.0 if check is None else check.score


def _spelled(check: CheckRecord | None) -> str:
    if check is None:
        return "nothing"
    return f"{check.verdict}" if check.score is None else f"{check.verdict} ({check.score:g})"
