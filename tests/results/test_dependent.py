"""A person decides one check: what those beside it are worth then, held against what the machine would have said."""

import pytest
from homework import ASSIGNMENT

from grader.checks.base import Family
from grader.gradebook import Override
from grader.gradebook.records import digest_of
from grader.grading.score import counted, rounded, score_check, score_part
from grader.records import GradeRecord, Outcome, Verdict
from grader.results.effective import effective_record

CHECKS = ASSIGNMENT.checks
RIGHT = Outcome(verdict=Verdict.CORRECT, credit=1.0, message="agrees")
WRONG = Outcome(verdict=Verdict.WRONG, credit=0.0, message="differs")
OPEN = Outcome(verdict=Verdict.UNDECIDED, message="a person decides this")
PARTLY = Outcome(verdict=Verdict.PARTIAL, credit=0.5, message="half of it", mistake="half of it")
FILES = digest_of(None, "f")
HELD = [check for check in CHECKS.values() if check.beside and check.points]
FAMILIES = {(type(check), bool(check.beside)): check for check in HELD}
"""One check of each kind whose points may be held back."""


def recorded(check, own, others):
    """The record of a part in which a check came to this, and all that it stands beside to that."""
    part = next(part for part in ASSIGNMENT.parts if check in part.checks)
    outcomes = {one.id: RIGHT for one in part.checks} | dict.fromkeys(check.beside, others) | {check.id: own}
    scored = [score_check(one, counted(one, outcomes[one.id], outcomes), 0.0) for one in part.checks]
    record = score_part(part, scored)
    return GradeRecord(
        submission="ada", files_sha256="f", problems_sha256="p", versions={}, isolation="none", parts=(record,),
        score=record.score, max_score=record.max_score, awaiting_review=record.awaiting,
    )  # fmt: skip


def decided(record, check, share):
    """The record after a person gave this share to all that a check stands beside."""
    made = [
        Override(
            "ada", 1, name, CHECKS[name].points * share, "marker", "looked", "", "2026-11-23T10:00:00+00:00", FILES
        )
        for name in check.beside
    ]
    found = effective_record(record, made, None, CHECKS)
    return found, next(one for one in found.parts[0].checks if one.id == check.id)


@pytest.mark.parametrize(
    ("check", "own"),
    [
        (check, own)
        for check in FAMILIES.values()
        for own in (RIGHT, WRONG, PARTLY)
        if own is not PARTLY or check.family is Family.ANSWER  # a run holds in every case or not at all
    ],
    ids=lambda value: getattr(value, "id", None) or value.verdict,
)
@pytest.mark.parametrize("before", [RIGHT, WRONG, OPEN], ids=lambda outcome: outcome.verdict)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_points_beside_a_decision_are_those_that_the_machine_would_have_given(check, own, before, share):
    found, seen = decided(recorded(check, own, before), check, share)
    _, would = decided(recorded(check, own, RIGHT if share else WRONG), check, share)
    assert (seen.score, seen.verdict) == (would.score, would.verdict)
    most = 1.0 if share else check.by_itself(own).credit
    assert seen.score == rounded(check.points * min(own.credit, most))
    assert found.parts[0].awaiting == 0.0


@pytest.mark.parametrize("check", FAMILIES.values(), ids=lambda check: check.id)
def test_what_waits_beside_something_undecided_waits_until_a_person_decides(check):
    before = recorded(check, RIGHT, OPEN)
    (open_part,) = before.parts
    assert open_part.awaiting > 0
    assert next(one for one in open_part.checks if one.id == check.id).score is None
    found, seen = decided(before, check, 1.0)
    assert (found.awaiting_review, seen.score) == (0.0, check.points)
    assert "a person decided" in seen.staff


@pytest.mark.parametrize("check", FAMILIES.values(), ids=lambda check: check.id)
def test_a_person_s_own_decision_about_it_stands(check):
    before = recorded(check, RIGHT, WRONG)
    mine = Override("ada", 1, check.id, 0.0, "marker", "copied", "", "2026-11-23T10:00:00+00:00", FILES)
    beside = [
        Override("ada", 1, name, CHECKS[name].points, "marker", "fine", "", "2026-11-23T10:00:00+00:00", FILES)
        for name in check.beside
    ]
    found = effective_record(before, [*beside, mine], None, CHECKS)
    assert next(one for one in found.parts[0].checks if one.id == check.id).score == 0.0
