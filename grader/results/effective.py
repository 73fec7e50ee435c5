"""What counts: the machine's record, with people's decisions and lateness laid over it.

Owns how overrides and a late deduction change a record, and which attempt of a student counts. Everything that is
shown to people is made from standing records; the gradebook keeps what the machine recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from grader.assignment.late_policy import Attempts
from grader.assignment.model import Assignment
from grader.gradebook import Gradebook, Override
from grader.grading.score import rounded, sum_part
from grader.records import CheckRecord, GradeRecord, Notice, PartRecord, Verdict
from grader.results.lateness import Lateness, Terms, lateness_of
from grader.results.regrade_requests import answered
from grader.results.roster import Roster, match
from grader.submission.downloads import whose

DECIDED = "A person has decided this."
"""What a student reads where the person who decided said nothing."""

_COMMON = Terms()

Gates = Mapping[str, Sequence[str]]
"""The checks that each check stands on, by id."""


def effective_record(
    record: GradeRecord, overrides: Sequence[Override], lateness: Lateness | None, gates: Gates | None = None
) -> GradeRecord:
    """One record as it counts.

    The latest override of a check counts, if it was made on this submission and attempt; one that was taken back
    (score None) leaves the machine's decision. Lateness is subtracted from the total alone.

    Args:
        record: what the machine recorded.
        overrides: people's decisions, oldest first, about any submissions.
        lateness: None where there is no deadline.
        gates: what each check stands on. Where an override opens a gate, what had been held back waits for a person;
            where one shuts it, what stood on it earns nothing.
    """
    decisions = in_force(record, overrides)
    parts = tuple(_part(part, decisions, gates or {}) for part in record.parts)
    known = {check.id for part in parts for check in part.checks}
    orphans = tuple(_orphan(one) for name, one in sorted(decisions.items()) if name not in known)
    earned = rounded(sum(part.score for part in parts))
    taken = rounded(lateness.deduction(earned)) if lateness else 0.0
    return record.model_copy(
        update={
            "parts": parts,
            "score": rounded(earned - taken),
            "awaiting_review": rounded(sum(part.awaiting for part in parts)),
            "late_deduction": taken,
            "late_says": lateness.says if lateness else "",
            "notices": (*record.notices, *orphans),
        }
    )


def effective_class(gradebook: Gradebook, assignment: Assignment, roster: Roster | None = None) -> list[GradeRecord]:
    """Every submission as it counts, sorted by submission; of a student's attempts the one that the assignment says.

    Attempts belong together if the learning platform says so; what merely looks alike stays apart and is all shown.
    """
    students = by_student(effective_records(gradebook.attempts(), gradebook.overrides(), assignment, roster))
    chosen = (that_counts(attempts, assignment.attempts) for attempts in students)
    requests = gradebook.requests.all()
    return sorted((answered(record, requests) for record in chosen), key=lambda record: record.submission)


def by_student(records: Sequence[GradeRecord]) -> list[list[GradeRecord]]:
    """Standing records, the attempts of one student together: as the learning platform tells, never by likeness."""
    attempts: dict[str, list[GradeRecord]] = defaultdict(list)
    for record in records:
        attempts[whose(record.student) or f"submission {record.submission}"].append(record)
    return list(attempts.values())


def that_counts(attempts: Sequence[GradeRecord], rule: Attempts) -> GradeRecord:
    """Of one student's attempts, as they stand, the one that counts; of equally good ones the last."""
    if rule == "best":
        return max(attempts, key=lambda record: (record.score, record.attempt))
    return max(attempts, key=lambda record: record.attempt)


def effective_records(
    records: Sequence[GradeRecord], overrides: Sequence[Override], assignment: Assignment, roster: Roster | None
) -> list[GradeRecord]:
    """Each record as it stands, in their order.

    Where there is a roster, the extra time and slip days of each student count, and what it knows of them (id, name,
    email, section) stands above what the submission says.
    """
    owners = match(roster, records).by_submission if roster else {}
    made: dict[str, list[Override]] = defaultdict(list)
    for override in overrides:
        made[override.submission].append(override)
    gates = gates_of(assignment)
    standing_records = []
    for record in records:
        owner = owners.get(record.submission)
        terms = owner.terms if owner else _COMMON
        late = lateness_of(record.submitted_at, assignment.late, terms) if assignment.late else None
        stands = effective_record(record, made[record.submission], late, gates)
        if owner:
            stands = stands.model_copy(update={"student": {**stands.student, **owner.facts}})
        standing_records.append(stands)
    return standing_records


def in_force(record: GradeRecord, overrides: Sequence[Override]) -> dict[str, Override]:
    """The decisions of people that count for a record, by check id, those about checks that are gone included."""
    latest = {
        one.check_id: one for one in overrides if (one.submission, one.attempt) == (record.submission, record.attempt)
    }
    return {name: one for name, one in latest.items() if one.score is not None}


def gates_of(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """What each check of an assignment stands on."""
    return {check.id: tuple(check.after) for part in assignment.parts for check in part.checks}


def _part(part: PartRecord, decisions: Mapping[str, Override], gates: Gates) -> PartRecord:
    if not any(check.id in decisions for check in part.checks):
        return part
    effective_record: dict[str, CheckRecord] = {}
    moved: set[str] = set()
    for check in part.checks:
        if check.id in decisions:
            effective_record[check.id] = _overridden(check, decisions[check.id])
        elif moved.intersection(gates.get(check.id, ())):
            effective_record[check.id] = _regated(
                check, [effective_record[name] for name in gates[check.id] if name in effective_record]
            )
        else:
            effective_record[check.id] = check
        if _earns(effective_record[check.id]) != _earns(check):
            moved.add(check.id)
    return sum_part(part.id, part.max_score, tuple(effective_record.values()))


def _overridden(check: CheckRecord, override: Override) -> CheckRecord:
    """A check as a person decided it. What the machine said against the answer is said no more."""
    assert override.score is not None
    score = rounded(min(max(override.score, 0.0), check.max_score))
    full = score >= check.max_score
    told = f"{override.author}, {override.made_at}: {_told(check.score)} → {_told(override.score)}: {override.reason}"
    if score != rounded(override.score):
        told += f" (counts as {score:g}: the check is worth {check.max_score:g})"
    return check.model_copy(
        update={
            "score": score,
            "verdict": Verdict.CORRECT if full else Verdict.PARTIAL if score else Verdict.WRONG,
            "message": override.says or DECIDED,
            "mistake": None,
            "column": None,
            "follows": False,
            "staff": "\n".join(filter(None, (check.staff, told))),
        }
    )


def _regated(check: CheckRecord, gates: Sequence[CheckRecord]) -> CheckRecord:
    """A check whose gates a person moved: shut, still open, or opened, so that somebody must look."""
    names = ", ".join(_short(gate) for gate in gates)
    shut = [gate for gate in gates if _earns(gate) is False]
    if shut:
        if check.verdict in (Verdict.MISSING, Verdict.UNREADABLE):
            return check
        update = {"verdict": Verdict.BLOCKED, "score": 0.0, "message": f"counts once {_short(shut[0])} is right"}
    elif any(_earns(gate) is None for gate in gates) or check.verdict in (Verdict.BLOCKED, Verdict.UNDECIDED):
        update = {"verdict": Verdict.UNDECIDED, "score": None, "message": "a person decides this"}
    else:
        return check
    staff = f"a person decided {names}, on which this stands; the machine had recorded: {check.verdict}"
    return check.model_copy(update={**update, "staff": "\n".join(filter(None, (check.staff, staff)))})


def _short(check: CheckRecord) -> str:
    return check.id.rpartition(".")[2]


def _earns(check: CheckRecord) -> bool | None:
    """Whether a check lets through what stands on it; None where nothing is decided."""
    if check.score is None:
        return None
    return check.verdict in (Verdict.CORRECT, Verdict.PARTIAL)


def _orphan(override: Override) -> Notice:
    """Without points or words: students may read it before their results are released."""
    return Notice(where=override.check_id, message="a person decided about this, but the problems hold it no longer")


def _told(score: float | None) -> str:
    return "open" if score is None else f"{score:g}"


def untimed(records: Sequence[GradeRecord], assignment: Assignment) -> Iterator[str]:
    """The submissions of which nobody knows when they were handed in, where that matters."""
    if assignment.late is not None:
        yield from (record.submission for record in records if record.submitted_at is None)
