"""Questions assigned to markers: shares that are even and disjoint, offered first, and told in hours."""

from __future__ import annotations

import pytest
from desk_class import record_of

from grader.gradebook.marking.marks import Mark
from grader.gradebook.marking.shares import EVERYTHING, share_of
from grader.gradebook.pending import entry_key

TEAM = ("ada", "bob", "cyd")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16])
def test_shares_are_disjoint_and_even_and_leave_nothing_out(size):
    markers = tuple(f"m{number:02}" for number in range(size))
    shares = [share_of(one, markers) for one in markers]
    assert (shares[0].first, shares[-1].end) == ("0" * 16, EVERYTHING.end)
    assert [one.end for one in shares[:-1]] == [one.first for one in shares[1:]]
    keys = [entry_key("w.why", f"s{number}") for number in range(600)]
    sizes = [sum(one.first <= key < one.end for key in keys) for one in shares]
    assert sum(sizes) == 600
    assert min(sizes) > 0.6 * 600 / size


def test_nobody_in_particular_is_everybody_and_others_have_no_share():
    assert share_of("ada", ()) == EVERYTHING
    assert share_of("zoe", TEAM) is None


@pytest.fixture
def team(course):
    """Thirty answers to a question that `ada` and `bob` share."""
    course.service.markers = TEAM
    for number in range(30):
        course.gradebook.append(record_of(f"s{number}", {"wa.why": {"answer": "Because."}}), "mark")
    course.service.read_again()
    page = course.browser().post("/team", data={"shown": ["wa.why", "nonsense"], "wa.why": ["ada", "bob", "stranger"]})
    assert page.text.count(" checked") == 3, "two boxes, and the switch of the single keys"
    return course


def offered(course, marker, query=""):
    """The answers that a marker is offered, each marked and left."""
    browser, seen = course.browser(marker), []
    while "/q/wa.why/" in str((page := browser.get(f"/q/wa.why/next{query}")).url):
        seen.append(str(page.url).partition("/q/wa.why/")[2].partition("?")[0])
        done = browser.post(f"/q/wa.why/{seen[-1]}/mark{query}", json={"items": [1]})
        assert done.status_code == 200, done.text
    return seen, page.text


def test_everybody_is_offered_their_share_first_and_the_rest_when_they_ask(team):
    mine, end = offered(team, "ada")
    assert set(mine) == {key for key in mine if key < share_of("bob", ("ada", "bob")).first}
    assert f"{30 - len(mine)} answers wait in the shares of others" in end
    assert offered(team, "cyd")[0] == [], "none of it is cyd's"
    theirs, _ = offered(team, "cyd", "?by=anybody")
    assert len(mine) + len(theirs) == 30


def test_who_marks_what_is_told_with_what_is_left_in_hours(team):
    home = team.browser("bob").get("/").text
    left = sum(entry_key("wa.why", f"s{number}") >= share_of("bob", ("ada", "bob")).first for number in range(30))
    assert f"ada, bob · {left} yours" in home
    at = [f"2026-11-20T10:{minute:02}:00+00:00" for minute in range(0, 18, 3)]
    marks = [Mark(f"k{i}", "wa.area", "bob", 1.0, "d", made_at=one) for i, one in enumerate(at)]
    team.gradebook.marking.commit(marks, [])
    page = team.browser().get("/team").text
    assert f'<td class="n">{left}</td><td class="n">180</td><td class="n">{180 * left / 3600:.1f}</td>' in page
    assert "assign <code>wa.why</code>" in team.browser().get("/history").text


def test_what_is_assigned_to_nobody_again_is_everybodys(team):
    team.browser().post("/team", data={"shown": "wa.why"})
    assert team.gradebook.marking.shares.assigned() == {}
    assert len(offered(team, "cyd")[0]) == 30
