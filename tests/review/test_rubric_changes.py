"""A rubric that changes while people mark: fixed rules, applied by a person, all of it remembered."""

from __future__ import annotations

import pytest

from grader.gradebook.marking.rubrics import RubricItem
from grader.review.apply_rubric import apply_rubric
from grader.review.marks import Draft
from grader.review.rubric_changes import changes, match, touched

OLD = (RubricItem(1, "names the cause", 1.0), RubricItem(2, "says what follows", 0.5))
CASES = {
    "nothing": ([("names the cause", 1.0), ("says what follows", 0.5)], [1, 2], []),
    "order": ([("says what follows", 0.5), ("names the cause", 1.0)], [2, 1], []),
    "new": ([("names the cause", 1.0), ("says what follows", 0.5), ("draws it", 1.0)], [1, 2, 3], ["new"]),
    "points": ([("names the cause", 0.75), ("says what follows", 0.5)], [1, 2], ["points"]),
    "text": ([("names the true cause", 1.0), ("says what follows", 0.5)], [1, 2], ["text"]),
    "both": ([("names the true cause", 2.0), ("says what follows", 0.5)], [1, 2], ["points", "text"]),
    "deleted": ([("names the cause", 1.0)], [1], ["deleted"]),
    "replaced": ([("names the cause", 1.0), ("a sketch with units", 0.5)], [1, 3], ["new", "deleted"]),
    "swapped texts": ([("says what follows", 1.0), ("names the cause", 0.5)], [2, 1], ["points", "points"]),
}


@pytest.mark.parametrize(("wanted", "refs", "kinds"), CASES.values(), ids=CASES)
def test_an_item_is_known_again_by_its_text_or_by_one_much_like_it(wanted, refs, kinds):
    items = match(OLD, wanted)
    assert [item.ref for item in items] == refs
    assert [change.what for change in changes(OLD, items)] == kinds
    assert all(str(change) for change in changes(OLD, items))


X, Y, Z = ("an example", 1.0), ("says why", 1.0), ("another example", 1.0)


@pytest.mark.parametrize(
    ("before", "after", "refs", "kinds"),
    [
        ([X, X], [X, X], [1, 2], []),
        ([X, Y, X], [X, Y, X], [1, 2, 3], []),
        ([X, X, X], [X, X, X], [1, 2, 3], []),
        ([X, Y, X], [Y, X, X], [2, 1, 3], []),
        ([X, X], [X, X, X], [1, 2, 3], ["new"]),
        ([X, X, Y], [X, Y], [1, 3], ["deleted"]),
        ([X, X], [X, ("an example", 2.0)], [1, 2], ["points"]),
        ([X, X], [X, Z], [1, 2], ["text"]),
    ],
)
def test_items_that_say_the_same_are_told_apart_by_their_order(before, after, refs, kinds):
    old = match((), before)
    items = match(old, after, [item.ref for item in old])
    assert [item.ref for item in items] == refs
    assert [change.what for change in changes(old, items)] == kinds


def test_a_number_is_never_used_twice():
    first = match(OLD, [("names the cause", 1.0)])
    assert [item.ref for item in match(first, [("names the cause", 1.0), ("zebra", 1.0)], used=[1, 2])] == [1, 3]


@pytest.mark.parametrize(
    ("case", "earned", "concerned"),
    [
        ("new", (1,), False),
        ("points", (1,), True),
        ("points", (2,), False),
        ("text", (), True),
        ("deleted", (2,), True),
        ("deleted", (1,), False),
    ],
)
def test_which_marks_a_change_concerns(case, earned, concerned):
    assert touched(changes(OLD, match(OLD, CASES[case][0])), earned) is concerned


A, B, C = ("names the *cause*", 1.0), ("says what follows", 0.5), ("gives an example", 0.5)
RULES = {
    "a new item changes nothing": ([A, B, C, ("draws it", 1.0)], {"one": 1.5, "two": 0.0, "three": 1.0}, 0),
    "points are counted again": ([("names the *cause*", 0.25), B, C], {"one": 0.75, "two": 0.0, "three": 0.25}, 2),
    "a new text changes no points": ([("names its *cause*", 1.0), B, C], {"one": 1.5, "two": 0.0, "three": 1.0}, 3),
    "a deleted item no longer counts": ([B, C], {"one": 0.5, "two": 0.0, "three": 0.0}, 2),
}


@pytest.fixture
def marked(course):
    """One, two, three: marked with the first two items, nothing, and the first with a comment; four is open."""
    course.hand_in({name: f"Because {name}." for name in ("one", "two", "three", "four")})
    drafts = {"one": Draft(items=(1, 2)), "two": Draft(nothing=True), "three": Draft(items=(1,), comment="Well.")}
    for name, draft in drafts.items():
        course.service.save(course.entry(name), draft, "ada", "first")
    return course


def question(course):
    return course.service.questions["wa.why"]


@pytest.mark.parametrize(("rubric", "scores", "moved"), RULES.values(), ids=RULES)
def test_marks_are_counted_again_by_fixed_rules(marked, rewrite, rubric, scores, moved):
    before = len(marked.gradebook.overrides())
    rewrite(rubric)
    assert len(marked.gradebook.overrides()) == before, "nothing happens until a person applies it"
    assert apply_rubric(marked.service, question(marked), "bob", again=False) == moved
    assert {name: marked.score(name) for name in scores} == scores
    assert len(marked.gradebook.overrides()) == before + moved
    assert marked.score("four") is None
    assert marked.gradebook.marking.marks.latest(marked.entry("three").key).comment == "Well."


def test_a_new_text_reaches_the_student(marked, rewrite):
    rewrite([("names its *cause*", 1.0), B, C])
    apply_rubric(marked.service, question(marked), "bob", again=False)
    assert all("its *cause*" in override.says for override in marked.gradebook.overrides()[-3:])
    assert "applied by bob" in marked.gradebook.overrides()[-1].reason


def test_all_can_be_queued_again_and_the_ticks_stay_as_a_proposal(marked, rewrite):
    rewrite([("names the *cause*", 0.5), B, C])
    assert apply_rubric(marked.service, question(marked), "bob", again=True) == 3
    assert [marked.score(name) for name in ("one", "two", "three")] == [None, None, None]
    assert {marked.entry(name).state for name in ("one", "two", "three", "four")} == {"open"}
    assert marked.service.draft(marked.entry("one"), "cleo", "first").items == (1, 2)


def test_until_it_is_applied_marks_are_made_by_the_rubric_that_stood(marked, rewrite):
    rewrite([B, C])
    rubric, number = marked.service.rubric(question(marked), "bob")
    assert (number, [item.points for item in rubric.items]) == (1, [1.0, 0.5, 0.5])
    assert marked.service.rubric_changes(question(marked), rubric)


def test_while_nothing_is_marked_the_problem_file_is_simply_followed(course, rewrite):
    course.hand_in({"one": "Because."})
    course.service.rubric(question(course), "ada")
    rewrite([B, C])
    rubric, number = course.service.rubric(question(course), "ada")
    assert (number, [item.earns for item in rubric.items]) == (2, [B[0], C[0]])


def test_the_history_says_who_when_and_what_before_and_after(marked, rewrite):
    rewrite([("names the *cause*", 0.25), B])
    apply_rubric(marked.service, question(marked), "bob", again=False)
    first, second = marked.gradebook.marking.rubrics.versions("wa.why")
    assert (first.author, second.author) == ("ada", "bob")
    assert second.made_at >= first.made_at
    assert second.change.splitlines() == [
        "points changed from 1 to 0.25: names the *cause*",
        "item deleted, was worth 0.5: gives an example",
    ]
    assert [mark.via for mark in marked.gradebook.marking.marks.of(marked.entry("one").key)] == ["one", "rubric"]
    assert [mark.score for mark in marked.gradebook.marking.marks.of(marked.entry("one").key)] == [1.5, 0.75]


def test_the_page_shows_the_difference_and_applies_it(marked, rewrite):
    browser = marked.browser("bob")
    assert "something else now" not in browser.get("/q/wa.why/rubric").text
    rewrite([("names the *cause*", 0.25), B, C])
    assert "rubric changed" in browser.get("/").text
    page = browser.get("/q/wa.why/rubric").text
    assert "2 marks of 3 would change" in page
    assert "2 marks changed" in browser.post("/q/wa.why/rubric").text
    assert marked.score("one") == 0.75
    assert browser.get("/q/wa.area/rubric").status_code == 404


def test_problem_files_that_cannot_be_used_change_nothing(marked):
    (marked.root / "problems" / "words.yaml").write_text("id: [", encoding="utf-8")
    answer = marked.browser().post("/read-again")
    assert answer.status_code == 422
    assert "words.yaml" in answer.text
    assert marked.service.rubric(question(marked), "ada")[1] == 1
