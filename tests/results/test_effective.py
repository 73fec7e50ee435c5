"""What counts: people's decisions and lateness over the machine's record, and one attempt of each student."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment.late_policy import Deduction, LatePolicy
from grader.assignment.load import load_assignment
from grader.gradebook import Gradebook, Override
from grader.gradebook.records import digest_of
from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.effective import DECIDED, effective_record, untimed
from grader.results.lateness import Lateness
from grader.results.roster import Roster, Student, Terms

FILES = digest_of(None, "f")


def check(name, score=0.0, most=1.0, **more):
    verdict = Verdict.NEEDS_REVIEW if score is None else Verdict.CORRECT if score >= most else Verdict.WRONG
    facts = {"id": f"p.{name}", "kind": "expr", "verdict": verdict, "visibility": "hidden"} | more
    return CheckRecord(score=score, max_score=most, **facts)


def record(*checks, submission="ada", attempt=1, most=4.0, **more):
    part = sum_part("p", most, checks)
    facts = {"files_sha256": "f", "problems_sha256": "p", "versions": {}, "isolation": "none"} | more
    return GradeRecord(
        submission=submission, attempt=attempt, score=part.score, max_score=most, awaiting_review=part.awaiting,
        parts=(part,), **facts,
    )  # fmt: skip


def says(name, score, *, attempt=1, submission="ada", to_student="", reason="looked at it", about=FILES):
    return Override(
        *(submission, attempt, f"p.{name}", score, "marker", reason, to_student, "2026-11-23T10:00:00+00:00", about)
    )


def only(standing_record):
    return standing_record.parts[0].checks[0]


def test_nothing_is_changed_where_nobody_decided_anything():
    before = record(check("x", 1.0), check("y", None))
    assert effective_record(before, [], None) == before


@pytest.mark.parametrize(
    ("score", "verdict"),
    [(0, "wrong"), (0.5, "partial"), (1, "correct"), (1.5, "correct"), (-1, "wrong")],
)
@pytest.mark.parametrize("before", [None, 0.0, 1.0])
def test_a_decision_gives_points_a_verdict_and_a_word_to_the_student(before, score, verdict):
    found = effective_record(record(check("x", before)), [says("x", score, to_student="Nearly.")], None)
    decided = only(found)
    assert (decided.score, decided.verdict, decided.message) == (min(max(score, 0), 1), verdict, "Nearly.")
    assert (found.score, found.awaiting_review) == (decided.score, 0)


def test_what_the_machine_said_against_the_answer_is_said_no_more():
    wrong = check("x", 0.0, message="half the perimeter", mistake="half the perimeter", column=3, staff="seen before")
    decided = only(effective_record(record(wrong), [says("x", 1.0)], None))
    assert (decided.message, decided.mistake, decided.column) == (DECIDED, None, None)


def test_staff_read_who_decided_when_and_why():
    decided = only(effective_record(record(check("x", 0.0, staff="the judge's note")), [says("x", 0.5)], None))
    assert decided.staff == "the judge's note\nmarker, 2026-11-23T10:00:00+00:00: 0 → 0.5: looked at it"


def test_points_beyond_the_check_count_as_its_most_and_staff_is_told():
    assert (
        "counts as 1: the check is worth 1"
        in only(effective_record(record(check("x", 0.0)), [says("x", 3)], None)).staff
    )


def test_the_latest_decision_counts_and_one_taken_back_leaves_the_machine_s():
    before = record(check("x", 0.25, verdict=Verdict.PARTIAL))
    assert only(effective_record(before, [says("x", 1.0), says("x", 0.5)], None)).score == 0.5
    assert effective_record(before, [says("x", 1.0), says("x", None)], None) == before
    assert only(effective_record(before, [says("x", None), says("x", 1.0)], None)).score == 1.0


@pytest.mark.parametrize("elsewhere", [{"attempt": 2}, {"submission": "bob"}])
def test_a_decision_about_another_attempt_or_submission_does_not_count(elsewhere):
    before = record(check("x", 0.0))
    assert effective_record(before, [says("x", 1.0, **elsewhere)], None) == before


def test_a_decision_about_a_check_that_is_gone_is_told_not_lost():
    found = effective_record(
        record(check("x", 0.0)), [says("old", 0.5, to_student="Well seen.", reason="SECRET")], None
    )
    (notice,) = found.notices
    assert notice.where == "p.old"
    assert notice.message == "a person decided this check, but the problems no longer have it"


def test_bonus_points_lie_on_top_but_never_lift_a_part_above_its_most():
    before = record(check("x", 0.0), check("extra", 0.0, bonus=True), most=1.0)
    assert effective_record(before, [says("extra", 1.0)], None).score == 1.0
    assert effective_record(before, [says("extra", 1.0), says("x", 1.0)], None).score == 1.0


def late(**cost):
    return Lateness(timedelta(hours=2), 1, cost=Deduction(**cost), consequence=f"−{Deduction(**cost)}")


@pytest.mark.parametrize(
    ("cost", "score", "taken"), [({"share": 0.1}, 1.8, 0.2), ({"points": 1.5}, 0.5, 1.5), ({"points": 5}, 0, 2)]
)
def test_lateness_lowers_the_total_alone_and_never_below_zero(cost, score, taken):
    found = effective_record(record(check("x", 1.0), check("y", 1.0)), [], late(**cost))
    assert (found.score, found.late_deduction) == (score, taken)
    assert found.parts[0].score == 2.0
    assert found.late_says.startswith("Handed in 2 h after the deadline; −")


def test_lateness_is_taken_from_what_people_gave_too():
    assert effective_record(record(check("x", 0.0)), [says("x", 1.0)], late(share=0.5)).score == 0.5


GATES = {
    "p.y": SimpleNamespace(after=("p.x",), beside=()),
    "p.z": SimpleNamespace(after=("p.y",), beside=()),
}


@pytest.mark.parametrize(
    ("x", "y", "decided", "comes_to"),
    [
        (0.0, check("y", 0.0, verdict=Verdict.BLOCKED), 1.0, (None, "undecided")),
        (0.0, check("y", 0.0, verdict=Verdict.BLOCKED), 0.0, (0.0, "blocked")),
        (None, check("y", None, verdict=Verdict.UNDECIDED), 1.0, (None, "undecided")),
        (None, check("y", None, verdict=Verdict.UNDECIDED), 0.0, (0.0, "blocked")),
        (1.0, check("y", 1.0), 0.0, (0.0, "blocked")),
        (1.0, check("y", 0.0), 0.0, (0.0, "blocked")),
        (1.0, check("y", 1.0), 0.5, (1.0, "correct")),
        (1.0, check("y", 0.0, verdict=Verdict.MISSING), 0.0, (0.0, "missing")),
        (0.0, check("y", 0.0, verdict=Verdict.MISSING), 1.0, (0.0, "missing")),
    ],
)
def test_what_stands_on_a_check_follows_the_person_who_decided_it(x, y, decided, comes_to):
    found = effective_record(record(check("x", x), y), [says("x", decided)], None, GATES).parts[0].checks[1]
    assert (found.score, found.verdict) == comes_to


def test_what_stands_on_what_was_opened_waits_too_until_somebody_decided():
    blocked = [check(name, 0.0, verdict=Verdict.BLOCKED) for name in ("y", "z")]
    before = record(check("x", 0.0), *blocked)
    opened = effective_record(before, [says("x", 1.0)], None, GATES)
    assert [one.score for one in opened.parts[0].checks] == [1.0, None, None]
    assert opened.awaiting_review == 2.0
    decided = effective_record(before, [says("x", 1.0), says("y", 0.0)], None, GATES)
    assert [one.verdict for one in decided.parts[0].checks] == ["correct", "wrong", "blocked"]


@given(
    st.lists(st.sampled_from([None, 0.0, 0.5, 1.0]), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([None, -1.0, 0.0, 0.3, 1.0, 9.0])), max_size=8),
    st.sampled_from([None, late(share=0.3), late(points=1.0)]),
    st.booleans(),
)
def test_sums_are_those_of_the_checks_and_nothing_is_lost(scores, decisions, lateness, bonus):
    checks = [check(str(i), score, bonus=bonus and i == 0) for i, score in enumerate(scores)]
    before = record(*checks, most=3.0)
    found = effective_record(before, [says(str(i), score) for i, score in decisions], lateness)
    assert [one.id for one in found.parts[0].checks] == [one.id for one in checks]
    assert 0 <= found.score <= found.max_score
    assert found.score + found.late_deduction == pytest.approx(found.parts[0].score)
    assert all(one.score is None or 0 <= one.score <= one.max_score for one in found.parts[0].checks)
    in_force = {i: score for i, score in decisions}
    gone = [i for i, score in in_force.items() if i >= len(scores) and score is not None]
    assert len(found.notices) == len(gone)
    assert effective_record(before, [], None) == before


@pytest.fixture
def assignment():
    return SimpleNamespace(late=None, attempts="last", parts=(), checks={})


def kept(folder, *records, overrides=()):
    gradebook = Gradebook(folder)
    for one in records:
        gradebook.append(one, "mark")
    for one in overrides:
        gradebook.marking.commit([], [one])
    return gradebook


def test_every_submission_stands_sorted_with_its_own_decisions(tmp_path, assignment):
    people = [record(check("x", 0.0), submission=name) for name in ("zoe", "ada", "bob")]
    with kept(tmp_path, *people, overrides=[says("x", 1.0, submission="bob")]) as gradebook:
        found = effective_class(Course(gradebook, assignment))
    assert [(one.submission, one.score) for one in found] == [("ada", 0.0), ("bob", 1.0), ("zoe", 0.0)]


@pytest.mark.parametrize(("rule", "score"), [("last", 0.5), ("best", 1.0)])
def test_of_several_attempts_the_one_that_the_assignment_says_counts(tmp_path, assignment, rule, score):
    assignment.attempts = rule
    who = {"student": {"moodle": "7"}}
    attempts = [
        record(check("x", score, verdict=Verdict.PARTIAL), attempt=i, submission=f"ada-{i}", **who)
        for i, score in ((1, 1.0), (2, 0.75), (3, 0.5))
    ]
    with kept(tmp_path, *attempts, overrides=[says("x", 0.9, submission="ada-2", attempt=2)]) as gradebook:
        assert [one.score for one in effective_class(Course(gradebook, assignment))] == [score]


def test_the_best_attempt_is_the_best_after_lateness(tmp_path, assignment):
    assignment.attempts = "best"
    assignment.late = LatePolicy.model_validate({"deadline": "2026-11-20T12:00Z", "per_day": "50 %"})
    early = record(check("x", 0.75), submitted_at="2026-11-20T10:00Z")
    late = record(check("x", 1.0), attempt=2, submitted_at="2026-11-20T13:00Z")
    with kept(tmp_path, early, late) as gradebook:
        assert [one.attempt for one in effective_class(Course(gradebook, assignment))] == [1]


def test_people_who_only_claim_one_name_are_not_made_one(tmp_path, assignment):
    claims = [record(check("x", 0.0), submission=name, student={"id": "7", "name": "Ada"}) for name in ("a", "b")]
    with kept(tmp_path, *claims) as gradebook:
        assert len(effective_class(Course(gradebook, assignment))) == 2


def test_the_roster_gives_time_and_tells_who_it_is(tmp_path, assignment):
    assignment.late = LatePolicy.model_validate({"deadline": "2026-11-20T12:00Z", "per_day": "50 %"})
    students = Student(id="1", name="Ada", section="B", terms=Terms(extra_days=2)), Student(id="2", name="Bob")
    people = [
        record(check("x", 1.0), submission=f"s{number}", student={"id": number}, submitted_at="2026-11-21T12:00Z")
        for number in ("1", "2")
    ]
    with kept(tmp_path, *people) as gradebook:
        found = effective_class(Course(gradebook, assignment, Roster(students)))
    assert [one.score for one in found] == [1.0, 0.5]
    assert found[0].student == {"id": "1", "name": "Ada", "section": "B"}


def test_whose_time_nobody_knows_is_told_to_staff_and_nothing_is_deducted(tmp_path, assignment):
    with kept(tmp_path, record(check("x", 1.0))) as gradebook:
        assert list(untimed(effective_class(Course(gradebook, assignment)), assignment)) == []
        assignment.late = LatePolicy.model_validate({"deadline": "2026-11-20T12:00Z", "per_day": "50 %"})
        found = effective_class(Course(gradebook, assignment))
    assert list(untimed(found, assignment)) == ["ada"]
    assert found[0].late_deduction == 0.0


def test_gates_are_those_of_the_problems(tiny):
    checks = load_assignment(tiny).checks
    assert checks["tinya.shape"].after == ("tinya.size",)
    assert checks["tinya.size"].after == ()


def test_a_record_without_the_check_that_another_stands_on_still_stands():
    part = PartRecord(id="p", score=0.0, max_score=1.0, checks=(check("y", 0.0),))
    before = record(check("y", 0.0)).model_copy(update={"parts": (part,)})
    assert effective_record(before, [says("x", 1.0)], None, GATES).parts[0].checks[0] == check("y", 0.0)
