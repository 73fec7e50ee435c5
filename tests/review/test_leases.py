"""Two people never hold the same answer, whatever they do at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.gradebook import Gradebook
from grader.gradebook.marking.leases import LEASE_SECONDS
from grader.gradebook.pending import entry_key
from grader.review.marks import Draft
from grader.review.service import NotSaved


@pytest.fixture
def three(course):
    course.hand_in({name: f"Answer {name}." for name in ("one", "two", "three")})
    return course


def key(name):
    return entry_key("wa.why", name)


def test_an_answer_is_held_by_one_and_again_by_the_same(three):
    take, at = three.gradebook.leases.take, three.now[0]
    assert take(key("one"), "first", "ada", at) is None
    assert take(key("one"), "first", "ada", at) is None
    assert take(key("one"), "first", "bob", at) == "ada"
    assert take(key("one"), "second", "bob", at) is None
    assert take(key("two"), "first", "bob", at) is None


def test_a_lease_ends_by_itself_and_is_longer_while_somebody_works(three):
    take, at = three.gradebook.leases.take, three.now[0]
    take(key("one"), "first", "ada", at)
    assert take(key("one"), "first", "bob", at + LEASE_SECONDS - 1) == "ada"
    take(key("one"), "first", "ada", at + LEASE_SECONDS - 1)
    assert take(key("one"), "first", "bob", at + LEASE_SECONDS + 1) == "ada"
    assert take(key("one"), "first", "bob", at + 2 * LEASE_SECONDS) is None
    assert take(key("one"), "first", "ada", at + 2 * LEASE_SECONDS) == "bob"


def test_next_gives_everybody_another_answer_until_all_are_held(three):
    found = [three.service.next("wa.why", "", marker) for marker in ("ada", "bob", "cleo", "dora")]
    assert found[3] is None
    assert set(found[:3]) == {key(name) for name in ("one", "two", "three")}
    assert found[:3] == sorted(found[:3])


def test_next_goes_round_and_only_over_what_is_open(three):
    order = sorted(key(name) for name in ("one", "two", "three"))
    assert three.service.next("wa.why", order[1], "ada") == order[2]
    assert three.service.next("wa.why", order[2], "ada") == order[0]
    three.service.save(three.gradebook.queue.entry(order[0]), Draft(nothing=True), "ada", "first")
    assert three.service.next("wa.why", order[2], "ada") == order[1]


def test_who_opens_another_answer_lets_go_of_the_first(three):
    three.service.open(three.entry("one"), "ada", "first")
    three.service.open(three.entry("two"), "ada", "first")
    assert three.service.open(three.entry("one"), "bob", "first") is None
    assert three.service.open(three.entry("two"), "bob", "first") == "ada"


def test_what_another_holds_cannot_be_written_to(three):
    three.service.open(three.entry("one"), "ada", "first")
    for act in (
        lambda: three.service.begin(three.entry("one"), Draft(comment="x"), "bob", "first"),
        lambda: three.service.save(three.entry("one"), Draft(items=(1,)), "bob", "first"),
        lambda: three.service.save_group(three.entry("one"), [], Draft(items=(1,)), "bob"),
        lambda: three.service.take_back(three.entry("one"), "bob"),
    ):
        with pytest.raises(NotSaved, match="ada holds this answer"):
            act()
    assert three.gradebook.overrides() == []
    assert three.service.draft(three.entry("one"), "bob", "first") == Draft()


def test_two_servers_on_one_gradebook_race_and_each_answer_goes_to_one(course):
    names = [f"s{i}" for i in range(12)]
    course.hand_in(dict.fromkeys(names, "Because."))

    def work(marker):
        got = []
        with Gradebook(course.gradebook.path.parent) as gradebook:
            while (
                found := gradebook.leases.next_open("wa.why", "", f"{marker}-{len(got)}", course.now[0])
            ) is not None:
                got.append(found)
        return got

    with ThreadPoolExecutor(4) as pool:
        found = [one for got in pool.map(work, ("ada", "bob", "cleo", "dora")) for one in got]
    assert sorted(found) == sorted(key(name) for name in names)


def test_two_browsers_on_one_page(three):
    ada, bob = three.browser("ada"), three.browser("bob")
    first, other = ada.get("/q/wa.why/next"), bob.get("/q/wa.why/next")
    assert first.url != other.url
    same = bob.get(first.url.path)
    assert "ada holds this answer now" in same.text
    assert "disabled" in same.text
    refused = bob.post(f"{first.url.path}/mark", json={"items": [1]})
    assert refused.status_code == 409
    assert "ada holds" in refused.json()["complaint"]
    assert ada.post(f"{first.url.path}/mark", json={"items": [1]}).status_code == 200
    assert len(three.gradebook.overrides()) == 1
