"""Answers marked in one go: what falls together, what that touches, and how it is undone."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import pytest

from grader.errors import UsageError
from grader.gradebook.marking.events import Event
from grader.gradebook.pending import entry_key
from grader.review.clustering import near_groups, repeated, suggestion
from grader.review.group_jobs import GroupJobs
from grader.review.groups import by_hand, near, normalised, same_formula, same_text, texts_to_compare
from grader.review.marks import Draft
from grader.review.service import NotSaved

PROMPT = "A rectangle has the sides a and b. How large is it, and why does nothing else matter for that?"
EMPTY = "It is so because the formula says that it is so and nothing more."
FULL = "Unit squares fill it in rows, so the number of rows times their length is all there is to count."


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Because.", "because", True),
        ("Because  of\n rows", "because of rows ", True),
        ("Ｂｅｃａｕｓｅ", "because", True),
        ("STRASSE", "straße", True),
        ("Because of rows!", "Because of rows...", True),
        ("rows", "no rows", False),
        ("a < b", "a > b", False),
        ("1.5", "15", False),
        ("-1", "1", False),
    ],
)
def test_what_counts_as_the_same_text(one, other, same):
    assert (normalised(one) == normalised(other)) is same


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("idk", "looks blank"),
        ("I don't know.", "looks blank"),
        ("N/A", "looks blank"),
        (" ?!… ", "looks blank"),
        ("-", "looks blank"),
        ("ok", "looks blank"),
        ("How large is it, and why does nothing else matter for that?", "repeats the question"),
        ("It is so because the formula says that it is so, and nothing more", "reads like the empty example"),
        (FULL.upper(), "repeats the model answer"),
        ("Rows of unit squares: their number times their length counts all.", ""),
        ("No", "looks blank"),
        ("Unit squares", ""),
        ("行と列の数だけで決まる", ""),
    ],
)
def test_answers_that_say_nothing_are_pointed_out(answer, hint):
    assert suggestion(answer, PROMPT, EMPTY, FULL) == hint


def test_a_hint_is_no_mark(course):
    course.hand_in({"one": "idk", "two": EMPTY})
    assert course.gradebook.overrides() == []
    assert {course.entry(name).state for name in ("one", "two")} == {"open"}
    page = course.browser().get("/q/wa.why/groups").text
    assert "looks blank" in page
    assert "reads like the empty example" in page


@pytest.mark.parametrize(
    ("answer", "share"), [("", 0.0), ("two words", 0.0), (PROMPT, 1.0), (f"{PROMPT} x y z w", 0.8)]
)
def test_how_much_is_repeated(answer, share):
    assert repeated(answer, PROMPT) == pytest.approx(share, abs=0.06)


BASE = "The number of unit squares in a row times the number of rows gives the area of the rectangle."
NEAR = {
    "a": BASE,
    "b": BASE.replace("gives", "is"),
    "c": BASE.replace("unit squares", "unit square").replace("The", "the"),
    "d": "Because its angles are right, the diagonal splits it into two equal triangles.",
    "e": "idk",
}


def test_near_texts_fall_together_around_one_that_stands_for_them():
    groups = near_groups({name: (text, 1) for name, text in NEAR.items()})
    assert sorted(sorted(group) for group in groups) == [["a", "b", "c"], ["d"], ["e"]]
    assert near_groups({name: (text, 1) for name, text in reversed(NEAR.items())}) == groups


def test_the_most_common_text_stands_for_its_group():
    groups = near_groups({name: (text, 9 if name == "c" else 1) for name, text in NEAR.items()})
    assert groups[0][0] in ("a", "b", "c")
    assert set(groups[0]) == {"a", "b", "c"}


@pytest.mark.parametrize("texts", [{}, {"a": ("", 1)}, {"a": ("x", 1), "b": ("x", 1)}])
def test_nothing_and_almost_nothing_can_be_compared(texts):
    assert sorted(name for group in near_groups(texts) for name in group) == sorted(texts)


@pytest.fixture
def class_of_nine(course):
    same = {f"s{i}": "Because of the rows." for i in range(5)}
    course.hand_in({**same, "t0": "because of  the rows", "x": "Something else.", "y": "Third.", "z": "Fourth."})
    return course


def question(course):
    return course.service.questions["wa.why"]


def gathered(course):
    return GroupJobs(course.service, Executor()).exact(question(course))


def test_the_same_text_is_one_group_and_every_entry_is_in_exactly_one(class_of_nine):
    groups = gathered(class_of_nine)
    assert sorted(len(group.keys) for group in groups) == [1, 1, 1, 6]
    keys = [key for group in groups for key in group.keys]
    assert len(keys) == len(set(keys)) == 9


def test_formulas_that_agree_in_value_are_one_group(course):
    read = {"one": "a*b", "two": "b*a", "three": "(a+b)^2/4-(a-b)^2/4", "four": "a+b", "five": None}
    for name, reading in read.items():
        facts = {"verdict": "undecided", "kind": "expr", "reading": reading, "answer": reading or "?!"}
        course.hand_in({name: facts.pop("answer")}, "wa.area", **facts)
    found = same_formula(course.gradebook.queue.said("wa.area"), course.service.questions["wa.area"].part.symbols)
    named = {entry_key("wa.area", name): name for name in read}
    assert sorted(sorted(named[key] for key in group.keys) for group in found) == [
        ["five"],
        ["four"],
        ["one", "three", "two"],
    ]


def test_near_groups_take_whole_groups_of_the_same_text(class_of_nine):
    said = class_of_nine.gradebook.queue.said("wa.why")
    exact = same_text(said)
    texts = texts_to_compare(said, exact)
    assert sorted(number for _, number in texts.values()) == [1, 1, 1, 6]
    names = sorted(texts)
    joined = near(exact, [names[:2], names[2:3], names[3:]])
    assert sum(len(group.keys) for group in joined) == 9
    assert [group.sort for group in joined] == ["near", "same text", "same text"]


def test_near_groups_come_when_they_are_found(class_of_nine):
    class Later(Executor):
        work = None

        def submit(self, function, *args):
            self.future = Future()
            self.work = lambda: self.future.set_result(function(*args))
            return self.future

    executor = Later()
    group_jobs = GroupJobs(class_of_nine.service, executor)
    assert group_jobs.all(question(class_of_nine)).looking
    assert not group_jobs.known(question(class_of_nine)).looking
    executor.work()
    found = group_jobs.all(question(class_of_nine))
    assert not found.looking
    assert sorted(key for group in found.groups for key in group.keys) == sorted(
        one.key for one in class_of_nine.gradebook.queue.said("wa.why")
    )
    assert group_jobs.known(question(class_of_nine)) == found


def test_without_scikit_learn_the_page_says_what_to_install(class_of_nine):
    class Missing(Executor):
        def submit(self, *_):
            future = Future()
            future.set_exception(UsageError("near answers need scikit-learn"))
            return future

    found = GroupJobs(class_of_nine.service, Missing()).all(question(class_of_nine))
    assert found.note == "near answers need scikit-learn"
    assert sum(len(group.keys) for group in found.groups) == 9


def test_people_put_entries_apart_and_together_again(class_of_nine):
    groups = gathered(class_of_nine)
    big = max(groups, key=lambda group: len(group.keys))
    apart = [Event("split", key, "wa.why", "ada", big.keys[1]) for key in big.keys[1:3]]
    after = by_hand(groups, apart)
    assert sorted(len(group.keys) for group in after) == [1, 1, 1, 2, 4]
    assert by_hand(groups, [*apart, *(Event("join", key, "wa.why", "ada") for key in big.keys[1:3])]) == groups
    assert by_hand(groups, [Event("split", "unknown", "wa.why", "ada", "unknown")]) == groups


@pytest.mark.parametrize("gone", ["s0", "s1", "t0"])
def test_groups_are_told_while_the_gradebook_is_read_again_and_answers_leave_the_queue(class_of_nine, gone):
    """Two requests at once: the one that reads again moves on between two steps of the other."""
    course, service = class_of_nine, class_of_nine.service

    class Reads(Executor):
        def submit(self, function, *args):
            future = Future()
            future.set_result(function(*args))
            return future

    jobs = GroupJobs(service, Reads())
    jobs.exact(question(course))
    course.gradebook.index.replace(gone, [])
    events = jobs._events

    def reads_again(asked):
        service.generation += 1
        return events(asked)

    jobs._events = reads_again
    assert jobs.all(question(course)).groups


def test_a_group_is_marked_as_one_and_says_so(class_of_nine):
    course = class_of_nine
    entry, keys = course.entry("s1"), [course.entry(name).key for name in ("s0", "s1", "s2", "s3", "s4", "t0")]
    course.service.save(course.entry("s0"), Draft(nothing=True), "bob", "first")
    course.gradebook.leases.take(course.entry("s4").key, "first", "bob", course.now[0])
    marks = course.service.save_group(entry, keys, Draft(items=(1,), comment="Rows, yes."), "ada")
    assert {course.score(name) for name in ("s1", "s2", "s3", "t0")} == {1.0}
    assert course.score("s0") == 0.0, "marked by a person before: stays"
    assert course.score("s4") is None, "held by another: stays"
    assert len(marks) == 4
    assert len({mark.batch for mark in marks}) == 1
    assert "marked as a group" in course.gradebook.overrides()[-1].reason


def test_a_group_that_is_undone_stands_as_before(class_of_nine):
    course = class_of_nine
    keys = [course.entry(name).key for name in ("s0", "s1", "s2")]
    marks = course.service.save_group(course.entry("s0"), keys, Draft(items=(1,)), "ada")
    course.service.save(course.entry("s2"), Draft(items=(1, 2)), "bob", "first")
    assert course.service.undo(marks[0].batch, "ada") == 2
    assert [course.score(name) for name in ("s0", "s1", "s2")] == [None, None, 1.5]
    assert [course.entry(name).state for name in ("s0", "s1", "s2")] == ["open", "open", "marked"]
    assert course.service.undo(marks[0].batch, "ada") == 0
    assert course.service.undo("no such batch", "ada") == 0


def test_an_incomplete_mark_is_nobodys(class_of_nine):
    course = class_of_nine
    with pytest.raises(NotSaved):
        course.service.save_group(course.entry("s0"), [course.entry("s1").key], Draft(), "ada")
    assert course.gradebook.overrides() == []


def test_the_page_says_how_many_a_mark_is_for_and_marks_them(class_of_nine):
    course, browser = class_of_nine, class_of_nine.browser()
    page = browser.get("/q/wa.why/next?by=group")
    assert "applies to <strong>6 answers</strong>" in page.text
    mark = {"items": [1], "comment": "Good.", "group": True}
    told = browser.post(f"{page.url.path}/mark?by=group", json=mark).json()
    assert "6 answers marked alike" in browser.get(told["next"]).text
    assert sum(override.score == 1.0 for override in course.gradebook.overrides()) == 6
    batch = told["next"].partition("done=")[2]
    assert "Undone for 6 answers" in browser.post("/undo", data={"batch": batch, "check": "wa.why"}).text
    assert all(course.score(f"s{i}") is None for i in range(5))


def test_the_page_splits_and_joins(class_of_nine):
    course, browser = class_of_nine, class_of_nine.browser()
    keys = [course.entry(name).key for name in ("s0", "s1")]
    browser.post("/q/wa.why/groups/split", data={"key": keys})
    page = browser.get("/q/wa.why/groups").text
    assert "a group made by hand" in page
    name = next(
        event.value for event in course.gradebook.marking.events.latest(check_id="wa.why") if event.what == "split"
    )
    browser.post("/q/wa.why/groups/join", data={"name": name})
    assert "a group made by hand" not in browser.get("/q/wa.why/groups").text
