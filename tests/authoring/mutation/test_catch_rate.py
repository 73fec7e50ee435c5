"""Bounds on a rate: those of Clopper and Pearson, and what several cases of one secret say together."""

import math

import pytest

from grader.authoring.mutation.catch_rate import DOUBT, Tally, lower_bound, upper_bound


@pytest.mark.parametrize(("seen", "tried"), [(1, 1), (6, 6), (12, 12), (459, 459)])
def test_where_everything_was_seen_the_bound_has_a_closed_form(seen, tried):
    assert lower_bound(seen, tried) == pytest.approx(DOUBT ** (1 / tried), rel=1e-6)
    assert upper_bound(0, tried) == pytest.approx(1 - DOUBT ** (1 / tried), rel=1e-6)


@pytest.mark.parametrize(("seen", "tried"), [(1, 5), (3, 10), (19, 20), (150, 200)])
def test_at_the_bound_what_was_seen_is_as_unlikely_as_the_doubt(seen, tried):
    bound = lower_bound(seen, tried)
    tail = sum(math.comb(tried, i) * bound**i * (1 - bound) ** (tried - i) for i in range(seen, tried + 1))
    assert tail == pytest.approx(DOUBT, rel=1e-6)
    assert lower_bound(seen, tried) < seen / tried < upper_bound(seen, tried)


def test_nothing_seen_says_nothing_from_below():
    assert lower_bound(0, 10) == 0.0
    assert upper_bound(10, 10) == 1.0


@pytest.mark.parametrize(
    ("cases", "refused", "secrets", "sure"),
    [
        (6, [6, 6], 2, True),
        (6, [6], 1, False),
        (5, [4, 5, 3, 5, 5], 5, True),
        (5, [1, 1, 1, 1], 4, False),
        (1, [1] * 50, 50, False),
        (1, [1] * 459, 459, True),
        (7, [0, 0], 2, False),
    ],
)
def test_several_cases_of_a_secret_are_worth_more_than_one(cases, refused, secrets, sure):
    tally = Tally()
    for count in refused:
        tally.add(count, cases)
    assert tally.tried == cases * secrets
    assert (tally.at_least() >= 0.99) is sure


def test_cases_that_differ_only_help():
    """A check with one sure and four blind cases always catches; the bound from the average is below that."""
    tally = Tally()
    for _ in range(100):
        tally.add(1, 5)
    assert tally.at_least() < 1 - (1 - 0.2) ** 5 < 1.0
