"""A class judged again: who gains or loses what, and why.

Owns the comparison of two records of one submission, what may never be lowered, and how differences are summed up.
Judges nothing (`batch` does) and writes nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.model import Assignment
from grader.gradebook import Override
from grader.gradebook.problem_snapshots import Authored
from grader.grading.score import rounded, sum_part
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict

LONGEST_VALUE = 40
"""Characters of a value in a problem file that is worth printing; of a longer one only the key is named."""
MOST_CHANGES = 3


@dataclass(frozen=True)
class Shift:
    """One check of one submission that came out otherwise. `before` or `after` is None where there was no such check.

    `decided` is the decision of a person that stands above both, so that nothing changes for the student.
    """

    submission: str
    check_id: str
    before: CheckRecord | None
    after: CheckRecord | None
    decided: Override | None = None

    @property
    def gain(self) -> float | None:
        """Points won (or lost, below 0); None where a decision was opened or made."""
        before, after = _score(self.before), _score(self.after)
        return None if before is None or after is None else rounded(after - before)

    @property
    def kind(self) -> tuple[str, ...]:
        """What is the same for everybody to whom the same happened."""
        return self.outcome, self.why, self.decided.author if self.decided else ""

    @property
    def outcome(self) -> str:
        """`gain 0.5 (wrong → correct)`, in few words."""
        if self.before is None:
            return f"new check: {_told(self.after)}"
        if self.after is None:
            return f"check is gone: it had given {_told(self.before)}"
        if self.gain is None:
            return f"{_told(self.before)} → {_told(self.after)}"
        verb = f"gain {self.gain:g}" if self.gain > 0 else f"lose {-self.gain:g}" if self.gain else "keep their points"
        verdicts = (
            "" if self.before.verdict is self.after.verdict else f" ({self.before.verdict} → {self.after.verdict})"
        )
        return verb + verdicts

    @property
    def why(self) -> str:
        """What the student is now told, if that is something else."""
        if self.after is None or (self.before is not None and self.after.message == self.before.message):
            return ""
        return self.after.message


@dataclass(frozen=True)
class ShiftGroup:
    """Everybody to whom the same happened at one check."""

    check_id: str
    shifts: tuple[Shift, ...]

    @property
    def submissions(self) -> tuple[str, ...]:
        """Whom it happened to."""
        return tuple(shift.submission for shift in self.shifts)


def shifts(before: GradeRecord, after: GradeRecord, decisions: Mapping[str, Override]) -> list[Shift]:
    """The checks whose points, most points or verdict differ, in the order of the newer record, those gone last.

    Args:
        before: what was recorded.
        after: what judging again came to.
        decisions: people's decisions in force for this submission, by check id.
    """
    old, new = _checks(before), _checks(after)
    return [
        Shift(after.submission, name, old.get(name), new.get(name), decisions.get(name))
        for name in dict.fromkeys((*new, *old))
        if _essence(old.get(name)) != _essence(new.get(name))
    ]


def never_lower(before: GradeRecord, after: GradeRecord) -> GradeRecord:
    """The newer record, but no check below what it gave before, as far as it still is worth as much.

    What was kept is said for staff in the check.
    """
    old = _checks(before)
    parts = tuple(_kept_part(part, old) for part in after.parts)
    return after.model_copy(
        update={
            "parts": parts,
            "score": rounded(sum(part.score for part in parts)),
            "awaiting_review": rounded(sum(part.awaiting for part in parts)),
        }
    )


def grouped(found: Sequence[Shift]) -> list[ShiftGroup]:
    """Shifts by check, then by what happened, the largest first."""
    by_check: dict[str, dict[tuple[str, ...], list[Shift]]] = defaultdict(lambda: defaultdict(list))
    for shift in found:
        by_check[shift.check_id][shift.kind].append(shift)
    return [
        ShiftGroup(check_id, tuple(same))
        for check_id, kinds in by_check.items()
        for same in sorted(kinds.values(), key=lambda same: -len(same))
    ]


def authored(assignment: Assignment) -> Authored:
    """What the author wrote about each check, to say later what was changed."""
    found = {}
    for part in assignment.parts:
        specs = [*part.fields.values(), *part.spec.runs, *part.spec.checks]
        for check, spec in zip(part.checks, specs, strict=True):
            found[check.id] = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return found


def rewritten(check_id: str, before: Authored | None, after: Authored) -> str:
    """What its author changed about a check, such as `tolerance: 1 % → 2 %`; empty if that is not known."""
    if before is None or check_id not in before or check_id not in after:
        return ""
    changes = list(_differences("", before[check_id], after[check_id]))
    if not changes:
        return "the problem file says the same of it: its reference, its code or what it stands on changed"
    more = f" and {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
    return ", ".join(changes[:MOST_CHANGES]) + more


def _differences(place: str, old: object, new: object) -> Iterator[str]:
    """What differs, down to single values; of long ones only the place is told."""
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


def _checks(record: GradeRecord) -> dict[str, CheckRecord]:
    return {check.id: check for part in record.parts for check in part.checks}


def _essence(check: CheckRecord | None) -> tuple[object, ...] | None:
    return None if check is None else (check.verdict, check.score, check.max_score)


def _kept_part(part: PartRecord, old: Mapping[str, CheckRecord]) -> PartRecord:
    checks = [_kept(check, old.get(check.id)) for check in part.checks]
    return sum_part(part.id, part.max_score, checks)


def _kept(after: CheckRecord, before: CheckRecord | None) -> CheckRecord:
    floor = None if before is None or before.score is None else min(before.score, after.max_score)
    if before is None or floor is None or after.score is None or after.score >= floor:
        return after
    note = (
        f"kept at {floor:g} from an earlier grading; judged again as {after.verdict} ({after.score:g}): {after.message}"
    )
    verdict = Verdict.CORRECT if floor >= after.max_score else before.verdict
    staff = before.staff if note in before.staff else "\n".join(filter(None, (before.staff, note)))
    facts = {"score": floor, "max_score": after.max_score, "bonus": after.bonus, "verdict": verdict, "staff": staff}
    return before.model_copy(update=facts)


def _score(check: CheckRecord | None) -> float | None:
    return 0.0 if check is None else check.score


def _told(check: CheckRecord | None) -> str:
    if check is None:
        return "nothing"
    return f"{check.verdict}" if check.score is None else f"{check.verdict} ({check.score:g})"
