"""From ticks to points and sentences, and what is kept of a mark."""

from __future__ import annotations

import pytest
from desk_class import record_of
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook import Override
from grader.gradebook.marking.rubrics import RubricItem
from grader.gradebook.pending import CHANGED
from grader.gradebook.records import digest_of
from grader.gradebook.regrade_requests import Request
from grader.records import Verdict
from grader.review.apply_rubric import apply_rubric
from grader.review.marks import Draft, complaint, says, score
from grader.review.service import NotSaved
from grader.review.stands import STANDS

ITEMS = (RubricItem(1, "names the cause", 1.0), RubricItem(2, "says what follows", 0.5))


@pytest.mark.parametrize(
    ("draft", "points"),
    [
        (Draft(nothing=True), 0.0),
        (Draft(items=(1,)), 1.0),
        (Draft(items=(1, 2)), 1.5),
        (Draft(items=(2, 9)), 0.5),
        (Draft(items=(1,), adjustment=-0.25, reason="x"), 0.75),
        (Draft(items=(2,), adjustment=-2, reason="x"), 0.0),
        (Draft(items=(1, 2), adjustment=2, reason="x"), 1.5),
        (Draft(items=(1,), awarded=0.1), 1.0),
    ],
)
def test_points_are_what_is_ticked_and_the_adjustment_within_what_there_is(draft, points):
    assert score(draft, ITEMS, 1.5) == points


@given(st.sets(st.integers(1, 5)), st.floats(-10, 10))
def test_points_never_leave_their_range(ticked, adjustment):
    assert 0 <= score(Draft(items=tuple(ticked), adjustment=adjustment), ITEMS, 1.5) <= 1.5


@pytest.mark.parametrize(
    ("draft", "rubric", "asked", "says_so"),
    [
        (Draft(), ITEMS, False, "Nothing is ticked"),
        (Draft(comment="Good."), ITEMS, False, "Nothing is ticked"),
        (Draft(items=(1,), nothing=True), ITEMS, False, "only one can be meant"),
        (Draft(items=(1,), adjustment=0.5), ITEMS, False, "needs a reason"),
        (Draft(items=(1,), adjustment=0.5, reason="  "), ITEMS, False, "needs a reason"),
        (Draft(items=(1,)), ITEMS, True, "say what they read"),
        (Draft(), (), False, "how many points"),
        (Draft(awarded=1), (), False, "need a reason"),
        (Draft(awarded=2, reason="x"), (), False, "more than the 1.5"),
        (Draft(items=(1,)), ITEMS, False, None),
        (Draft(nothing=True), ITEMS, False, None),
        (Draft(adjustment=0.5, reason="x"), ITEMS, False, None),
        (Draft(awarded=0, reason="x"), (), False, None),
        (Draft(items=(1,), reply="We looked again."), ITEMS, True, None),
    ],
)
def test_a_mark_is_complete_or_says_what_is_missing(draft, rubric, asked, says_so):
    told = complaint(draft, rubric, 1.5, asked=asked)
    assert told is None if says_so is None else says_so in told


def test_a_student_reads_what_was_earned_and_missed_and_the_comment():
    told = says(Draft(items=(2,), adjustment=-0.25, reason="one sign is wrong", comment=" Look at rows. "), ITEMS)
    assert told.splitlines() == [
        "Earned: says what follows (0.5).",
        "Missed: names the cause (1).",
        "Adjusted by -0.25: one sign is wrong.",
        "Comment: Look at rows.",
    ]


def test_a_student_reads_formulas_of_a_rubric_without_dollar_signs():
    assert says(Draft(nothing=True), [RubricItem(1, "names $a b$", 1.0)]) == "Missed: names a b (1)."


def test_a_mark_becomes_an_override(course):
    course.hand_in({"one": "Because of rows."})
    course.service.save(course.entry("one"), Draft(items=(1, 3), comment="Good."), "ada", "first")
    (override,) = course.gradebook.overrides()
    assert (override.submission, override.attempt, override.check_id) == ("one", 1, "wa.why")
    assert (override.score, override.author) == (1.5, "ada")
    assert override.reason == "rubric items 1, 3"
    assert "Missed: says what follows" in override.says
    assert "Comment: Good." in override.says
    assert course.entry("one").state == "marked"


def test_a_second_marking_never_becomes_an_override(course):
    course.hand_in({"one": "Because."})
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    course.service.save(course.entry("one"), Draft(nothing=True), "bob", "second")
    assert [override.score for override in course.gradebook.overrides()] == [1.0]
    assert course.entry("one").marker == "ada"


def test_what_is_incomplete_is_not_kept_but_the_draft_is(course):
    course.hand_in({"one": "Because."})
    course.service.begin(course.entry("one"), Draft(comment="half a sen"), "ada", "first")
    with pytest.raises(NotSaved, match="Nothing is ticked"):
        course.service.save(course.entry("one"), Draft(comment="half a sen"), "ada", "first")
    assert course.gradebook.overrides() == []
    assert course.service.draft(course.entry("one"), "ada", "first").comment == "half a sen"
    assert course.service.draft(course.entry("one"), "bob", "first") == Draft()


def test_taking_a_mark_back_opens_the_entry_and_keeps_the_ticks_as_a_proposal(course):
    course.hand_in({"one": "Because."})
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    course.service.take_back(course.entry("one"), "bob")
    assert course.score("one") is None
    assert course.entry("one").state == "open"
    assert course.service.draft(course.entry("one"), "bob", "first").items == (1,)


@pytest.mark.parametrize("verdict", [Verdict.UNDECIDED, Verdict.HARNESS_ERROR])
def test_what_no_rubric_covers_gets_points_with_a_reason_and_none_by_default(course, verdict):
    course.hand_in({"one": "a*b + 0"}, "wa.area", verdict=verdict, kind="expr", reading="a*b + 0", max_score=1.0)
    entry = course.entry("one", "wa.area")
    assert entry.state == "open"
    assert course.gradebook.overrides() == []
    with pytest.raises(NotSaved, match="need a reason"):
        course.service.save(entry, Draft(awarded=1), "ada", "first")
    course.service.save(entry, Draft(awarded=1, reason="equal by hand"), "ada", "first")
    assert course.score("one", "wa.area") == 1.0
    assert course.gradebook.overrides()[-1].reason == "equal by hand"


def test_an_answer_that_became_another_one_waits_again(course):
    course.hand_in({"one": "Because of rows.", "two": "Same."})
    for name in ("one", "two"):
        course.service.save(course.entry(name), Draft(items=(1,)), "ada", "first")
    course.hand_in({"one": "Something quite different.", "two": "Same."})
    assert (course.entry("one").state, course.entry("two").state) == ("open", "marked")
    assert (course.score("one"), course.score("two")) == (None, 1.0)
    assert course.service.draft(course.entry("one"), "ada", "first") == Draft()
    course.service.read_again()
    assert len(course.gradebook.overrides()) == 2
    course.hand_in({"one": "Because of rows.", "two": "Same."})
    assert (course.entry("one").state, course.score("one")) == ("marked", 1.0)


@pytest.mark.parametrize("verdict", ["needs_review", "wrong"])
def test_a_file_that_became_another_one_waits_again_whatever_the_machine_says(course, verdict):
    check = {"wa.area": {"verdict": verdict, "kind": "call", "max_score": 1.0, "message": "a person looks"}}
    course.add(record_of("one", check))
    if verdict == "wrong":
        course.gradebook.requests.add(Request("one", 1, "wa.area", "", "Please run it again."))
        course.service.read_again()
    course.service.save(
        course.entry("one", "wa.area"), Draft(awarded=1, reason="ran it", reply="Done."), "ada", "first"
    )
    assert course.entry("one", "wa.area").state == "marked"
    course.add(record_of("one", check, files_sha256="g"))
    for _ in range(2):
        entry = course.entry("one", "wa.area")
        assert (entry.state, course.score("one", "wa.area")) == ("open", None)
        assert entry.message == ("a person looks" if verdict == "needs_review" else CHANGED)
        course.service.read_again()
    course.service.save(entry, Draft(awarded=0.5, reason="half of it runs"), "bob", "first")
    for _ in range(2):
        assert (course.entry("one", "wa.area").state, course.score("one", "wa.area")) == ("marked", 0.5)
        course.service.read_again()
    course.add(record_of("one", check))
    assert (course.entry("one", "wa.area").state, course.score("one", "wa.area")) == ("marked", 1.0)


def test_a_rubric_or_undoing_gives_no_points_to_an_answer_that_was_not_marked(course):
    course.hand_in({"one": "Because of rows.", "two": "Same."})
    question, first = course.service.questions["wa.why"], course.entry("one")
    batch = course.service.save_group(first, [course.entry("two").key], Draft(items=(1,)), "ada")[0].batch
    course.service.save_group(course.entry("one"), [], Draft(items=(1, 2)), "ada")
    course.hand_in({"one": "Something quite different.", "two": "Same."})
    apply_rubric(course.service, question, "ada", again=False)
    course.service.undo(batch, "ada")
    assert course.entry("one").state == "open"
    assert course.score("one") is None


@pytest.mark.parametrize("again", [False, True])
def test_undoing_takes_a_mark_back_where_the_one_before_was_of_another_answer(course, again):
    course.hand_in({"one": "Because of rows.", "two": "Same."})
    course.service.save(course.entry("one"), Draft(items=(1, 2)), "bob", "first")
    course.hand_in({"one": "Something quite different.", "two": "Same."})
    if again:
        course.service.save(course.entry("two"), Draft(items=(1, 2)), "bob", "first")
        course.service.take_back(course.entry("two"), "bob")
    batch = course.service.save_group(course.entry("one"), [course.entry("two").key], Draft(items=(1,)), "ada")[0].batch
    assert [course.score(name) for name in ("one", "two")] == [1.0, 1.0]
    assert course.service.undo(batch, "ada") == 2
    for _ in range(2):
        assert [course.entry(name).state for name in ("one", "two")] == ["open", "open"]
        assert [course.score(name) for name in ("one", "two")] == [None, None]
        course.service.read_again()


def test_what_was_decided_elsewhere_is_no_longer_open(course):
    course.hand_in({"one": "Because."})
    about = digest_of("Because.", "f")
    course.gradebook.marking.commit([], [Override("one", 1, "wa.why", 0.5, "import", "from a sheet", digest=about)])
    course.service.read_again()
    assert (course.entry("one").state, course.entry("one").marker) == ("marked", "import")
    course.gradebook.marking.commit([], [Override("one", 1, "wa.why", None, "import", "taken back", digest=about)])
    course.service.read_again()
    assert course.entry("one").state == "open"


def test_a_request_brings_a_decided_check_to_the_desk_and_is_answered_there(course):
    course.hand_in({"one": "a+b"}, "wa.area", verdict="wrong", kind="expr", reading="a+b", max_score=1.0)
    assert course.entry("one", "wa.area") is None
    course.gradebook.requests.add(Request("one", 1, "wa.area", "", "I meant the product, see line two."))
    course.service.read_again()
    entry = course.entry("one", "wa.area")
    assert (entry.state, entry.score) == ("marked", 0.0)
    course.service.save(entry, Draft(awarded=0.5, reason="line two", reply="Half, for line two."), "ada", "first")
    (request,) = course.gradebook.requests.all()
    assert (request.answer.score_before, request.answer.score_after) == (0.0, 0.5)
    assert request.answer.says == "Half, for line two."
    assert course.score("one", "wa.area") == 0.5


@pytest.fixture
def gated(course):
    """A formula that only a person can decide, one that a machine shut because of it, and one that waited for it."""

    def hand_in(second):
        checks = {
            "wa.area": {"verdict": "undecided", "kind": "expr", "answer": "a*b+0", "max_score": 1.0},
            "wa.twice": {"verdict": second, "kind": "expr", "answer": "2*a*b", "max_score": 1.0},
        }
        course.add(record_of("one", checks))
        return course

    return hand_in


def decide(course, check, points, marker="ada"):
    course.service.save(course.entry("one", check), Draft(awarded=points, reason="by hand"), marker, "first")


def test_what_a_person_opened_waits_for_a_person_at_once(gated):
    course = gated("blocked")
    assert course.entry("one", "wa.twice") is None
    decide(course, "wa.area", 1)
    entry = course.entry("one", "wa.twice")
    assert (entry.state, entry.verdict) == ("open", Verdict.UNDECIDED)
    assert course.service.next("wa.twice", "", "ada") == entry.key
    decide(course, "wa.twice", 1)
    for _ in range(2):
        assert (course.entry("one", "wa.area").state, course.entry("one", "wa.twice").state) == ("marked", "marked")
        course.service.read_again()


def test_what_a_person_opened_stays_marked_when_its_gate_is_marked_anew_or_the_class_graded_again(gated):
    course = gated("blocked")
    decide(course, "wa.area", 1)
    decide(course, "wa.twice", 0.5)
    decide(course, "wa.area", 0.5)
    assert (course.entry("one", "wa.twice").state, course.score("one", "wa.twice")) == ("marked", 0.5)
    course = gated("blocked")
    assert (course.entry("one", "wa.twice").state, course.score("one", "wa.twice")) == ("marked", 0.5)


@pytest.mark.parametrize("taken_back", [True, False])
def test_what_a_person_opened_waits_no_longer_when_that_was_a_slip(gated, taken_back):
    course = gated("blocked")
    decide(course, "wa.area", 1)
    if taken_back:
        course.service.take_back(course.entry("one", "wa.area"), "ada")
    else:
        decide(course, "wa.area", 0)
    assert course.entry("one", "wa.twice") is None


def test_what_waited_for_another_decision_waits_no_longer_when_nothing_is_given_for_that(gated):
    course = gated("undecided")
    assert course.entry("one", "wa.twice").state == "open"
    decide(course, "wa.area", 0)
    assert course.entry("one", "wa.twice") is None
    course.service.read_again()
    assert course.entry("one", "wa.twice") is None
    decide(course, "wa.area", 1)
    assert course.entry("one", "wa.twice").state == "open"


@pytest.mark.parametrize(("second", "points"), [("blocked", 1.0), ("undecided", 0.0)])
def test_what_a_decision_made_elsewhere_moves_is_known_after_reading_again(gated, second, points):
    course = gated(second)
    at_first = course.entry("one", "wa.twice")
    for given_by_hand, stands in ((points, points > 0), (None, at_first is not None)):
        about = digest_of("a*b+0", "f")
        course.gradebook.marking.commit(
            [], [Override("one", 1, "wa.area", given_by_hand, "import", "from a sheet", digest=about)]
        )
        course.service.read_again()
        assert (course.entry("one", "wa.twice") is not None) is stands


def test_what_was_asked_and_answered_can_be_looked_at_again(gated):
    course = gated("wrong")
    course.gradebook.requests.add(Request("one", 1, "wa.twice", "", "I meant the product, see line two."))
    course.service.read_again()
    draft = Draft(awarded=0.5, reason="line two", reply="Half.")
    course.service.save(course.entry("one", "wa.twice"), draft, "ada", "first")
    decide(course, "wa.area", 1)
    assert (course.entry("one", "wa.twice").state, course.score("one", "wa.twice")) == ("marked", 0.5)


@pytest.mark.parametrize(("reply", "says"), [("", STANDS), ("It says 1 where 2 is right.", None)])
def test_a_request_is_answered_by_one_key_where_nothing_moves(course, reply, says):
    course.hand_in({"one": "Because."})
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    course.gradebook.requests.add(Request("one", 1, "wa.why", "", "Please look again at this."))
    course.service.read_again()
    bob, address = course.browser("bob"), f"/q/wa.why/{course.entry('one').key}"
    assert "1 student waits for an answer" in bob.get("/").text
    assert 'data-key="s"' in bob.get(address).text
    assert bob.post(f"{address}/stands", json={"reply": reply}).json()["next"].startswith("/")
    (request,) = course.gradebook.requests.all()
    assert (request.answer.says, request.answer.author) == (says or reply, "bob")
    assert not request.answer.changed
    assert (course.score("one"), len(course.gradebook.overrides())) == (1.0, 1)
    assert "Everything is marked" in bob.get("/").text
    assert bob.post(f"{address}/stands", json={}).status_code == 409


def test_what_somebody_changed_meanwhile_stands_only_once_it_was_seen(course):
    course.hand_in({"one": "Because."})
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    course.gradebook.requests.add(Request("one", 1, "wa.why", "", "Please look again at this."))
    course.service.read_again()
    seen = course.gradebook.marking.marks.latest(course.entry("one").key).id
    course.service.take_back(course.entry("one"), "ada")
    course.gradebook.leases.release("ada", "")
    bob, address = course.browser("bob"), f"/q/wa.why/{course.entry('one').key}"
    asked = bob.post(f"{address}/stands", json={"seen": seen})
    assert (asked.status_code, "since you opened this page" in asked.json()["complaint"]) == (409, True)
    (request,) = course.gradebook.requests.all()
    assert request.answer is None


def test_what_is_not_decided_cannot_stand(course):
    course.hand_in({"one": "Because."})
    course.gradebook.requests.add(Request("one", 1, "wa.why", "", "Please look again at this."))
    course.service.read_again()
    address = f"/q/wa.why/{course.entry('one').key}"
    assert 'data-key="s"' not in course.browser().get(address).text
    assert course.browser().post(f"{address}/stands", json={}).status_code == 409


def test_everything_is_marked_is_said_only_of_what_was_read(course):
    course.hand_in({"one": "Because."})
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    course.gradebook.append(record_of("two", {"wa.why": {"answer": "So."}}), "mark")
    assert "Everything that was read is marked" in course.browser().get("/").text
