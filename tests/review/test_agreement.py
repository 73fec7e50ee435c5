"""Agreement beyond chance, drift over time, and "too few" before either means something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.marking.marks import Given, Mark
from grader.review.agreement import ENOUGH, Tally, agreement, disagreements, kappa, second_pairs
from grader.review.marks import Draft

Y, N = True, False
BOOK = [(Y, Y)] * 20 + [(Y, N)] * 5 + [(N, Y)] * 10 + [(N, N)] * 15


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([], None),
        ([(Y, Y)] * 12, None),
        ([(Y, Y), (N, N)], 1.0),
        ([(Y, N), (N, Y)], -1.0),
        ([(Y, Y), (Y, N), (N, Y), (N, N)], 0.0),
        (BOOK, 0.4),
        ([(0.5, 0.5), (1.0, 1.0), (0.0, 0.5)], 0.5),
    ],
)
def test_kappa(pairs, value):
    assert kappa(pairs) == (value if value is None else pytest.approx(value))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_kappa_is_symmetric_and_at_most_one(pairs):
    value = kappa(pairs)
    assert value == (None if value is None else pytest.approx(kappa([(b, a) for a, b in pairs])))
    assert value is None or value <= 1 + 1e-12


def mark(key, marker, items=(), *, score=1.0, round="first", via="one", number=0):
    return Mark(key, "wa.why", marker, score, "d", round=round, items=items, via=via, id=number)


def test_what_stood_when_the_second_was_made_counts_not_what_was_agreed_after():
    marks = [
        mark("a", "ada", (1,)),
        mark("a", "bob", (2,), round="second"),
        mark("a", "ada", (2,)),
        mark("b", "ada"),
        mark("b", "ada", round="second"),
        mark("c", "bob", round="second"),
        mark("d", "ada", score=None),
        mark("d", "bob", round="second"),
    ]
    assert [(first.items, second.items) for first, second in second_pairs(marks)] == [((1,), (2,))]


def test_every_rubric_item_is_a_decision_and_few_answers_are_too_few():
    pairs = [(mark(str(i), "ada", (1,)), mark(str(i), "bob", (1, 2))) for i in range(ENOUGH)]
    found = agreement(pairs, {"wa.why": [1, 2]})
    assert (found.n, found.decisions, found.alike, found.too_few) == (10, 20, 0.5, False)
    assert agreement(pairs[:-1], {"wa.why": [1, 2]}).too_few
    assert agreement(pairs, {}).alike == 1.0


def test_the_widest_disagreement_comes_first():
    pairs = [
        (mark("a", "ada", score=1.0), mark("a", "bob", score=0.5)),
        (mark("b", "ada", score=2.0), mark("b", "bob", score=0.0)),
    ]
    pairs.append((mark("c", "ada"), mark("c", "bob")))
    assert [first.key for first, _ in disagreements(pairs)] == ["b", "a"]


def test_drift_is_the_mean_over_thirds_of_the_order_of_marking():
    tally = Tally()
    shares = [1.0] * 5 + [0.5] * 5 + [0.0] * 5
    tally.add(Given(i, str(i), "wa.why", "ada", 2 * share) for i, share in enumerate(shares))
    tally.add([Given(99, "3", "wa.why", "ada", 0.0), Given(100, "3", "wa.other", "ada", 0.0)])
    (found,) = tally.drifts({"wa.why": 2.0}).values()
    assert (found.n, found.thirds, found.mean, found.change) == (15, (1.0, 0.5, 0.0), 0.5, -1.0)
    assert tally.last == 100


@pytest.mark.parametrize("n", [1, 2, 3, 9])
def test_few_marks_are_too_few_for_drift(n):
    tally = Tally()
    tally.add(Given(i, str(i), "wa.why", "ada", 1.0) for i in range(n))
    assert tally.drifts({"wa.why": 2.0})["wa.why", "ada"].too_few


def second(browser):
    return browser.get("/q/wa.why/next?round=second")


def test_the_second_marker_sees_nothing_of_the_first(course):
    course.hand_in({f"s{i}": f"Answer {i}." for i in range(12)})
    for i in range(12):
        draft = Draft(items=(1,), comment="SEEN-BY-ADA", adjustment=0.25, reason="WHY-ADA")
        course.service.save(course.entry(f"s{i}"), draft, "ada", "first")
    bob, ada = course.browser("bob"), course.browser("ada")
    assert "Second marking (12)" in bob.get("/").text
    assert "Second marking" not in ada.get("/").text
    assert second(ada).url.path == "/"
    page = second(bob)
    assert "blind" in page.text
    assert "WHY-ADA" not in page.text
    assert " checked" not in page.text.partition('<form class="sheet marking')[2].partition("</form>")[0]
    assert "SEEN-BY-ADA" not in page.text
    for _ in range(12):
        page = second(bob)
        assert bob.post(f"{page.url.path}/mark?round=second", json={"items": [2]}).status_code == 200
    assert second(bob).url.path == "/"
    assert len(course.gradebook.overrides()) == 12
    quality = ada.get("/quality").text
    assert "Marked differently" in quality
    assert "33 %" in quality
    assert "too few" not in quality.partition("Drift")[0]


def test_the_share_is_a_fixed_lot(course):
    course.hand_in({f"s{i}": f"Answer {i}." for i in range(24)})
    for i in range(24):
        course.service.save(course.entry(f"s{i}"), Draft(items=(1,)), "ada", "first")
    offered = [course.gradebook.marking.marks.second_left("bob", share).get("wa.why", 0) for share in (0, 0.25, 0.5, 1)]
    assert offered[0] == 0
    assert offered[3] == 24
    assert offered == sorted(offered)
    assert course.gradebook.marking.marks.second_left("bob", 0.25).get("wa.why", 0) == offered[1]
    assert course.gradebook.marking.marks.second_left("ada", 1) == {}
