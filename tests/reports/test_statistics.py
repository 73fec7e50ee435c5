from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics import BINS, ENOUGH, correlation, histogram, item, reliability


def test_facility_is_the_mean_share_of_what_is_decided() -> None:
    found = item([1.0, 0.5, 0.0], [1.0, 0.5, 0.0], [1.0, 1.0, 0.0])
    assert (found.n, found.facility) == (2, 0.75)


def test_discrimination_leaves_the_item_itself_out_of_the_total() -> None:
    scores, rest = [0.0, 1.0, 0.0, 1.0], [1.0, 2.0, 3.0, 4.0]
    totals = [score + other for score, other in zip(scores, rest, strict=True)]
    assert item(scores, totals, [1.0] * 4).discrimination == pytest.approx(correlation(scores, rest))


@pytest.mark.parametrize(
    ("right", "rest", "flags"),
    [
        ([0.1] * 20 + [0.2] * 20, [1.0] * 20 + [2.0] * 20, ("hard",)),
        ([0.95] * 20 + [1.0] * 20, [1.0] * 20 + [2.0] * 20, ("easy",)),
        ([0.4] * 20 + [0.6] * 20, [2.0] * 20 + [1.0] * 20, ("negative: suspect key",)),
        ([0.4, 0.6] * 20, [1.0, 1.0, 2.0, 2.0] * 10, ("hardly separates",)),
        ([0.4] * 20 + [0.6] * 20, [1.0] * 20 + [2.0] * 20, ()),
        ([0.5] * 40, [1.0] * 40, ()),
    ],
)
def test_flags_follow_the_limits(right: list[float], rest: list[float], flags: tuple[str, ...]) -> None:
    totals = [score + other for score, other in zip(right, rest, strict=True)]
    assert item(right, totals, [1.0] * len(right)).flags == flags


def test_a_small_class_is_never_flagged_for_anything_else() -> None:
    n = ENOUGH - 1
    assert item([0.0] * n, [float(i) for i in range(n)], [1.0] * n).flags == ("n too small",)


@pytest.mark.parametrize(
    ("xs", "ys", "r"),
    [([1, 2, 3], [2, 4, 6], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 1, 1], [1, 2, 3], None), ([1, 2], [1, 2], None)],
)
def test_correlation_exists_only_where_both_sides_vary(xs: list[float], ys: list[float], r: float | None) -> None:
    assert correlation(xs, ys) == (None if r is None else pytest.approx(r))


def test_reliability_is_one_for_items_that_agree_and_undefined_without_spread() -> None:
    assert reliability([[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]) == pytest.approx(1.0)
    assert reliability([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]) is None
    assert reliability([[1.0, 2.0, 3.0]]) is None


@given(st.lists(st.floats(-0.5, 1.5)))
def test_a_histogram_counts_everybody_once(shares: list[float]) -> None:
    counts = histogram(shares)
    assert len(counts) == BINS
    assert sum(counts) == len(shares)


def test_full_marks_belong_to_the_last_bin() -> None:
    assert histogram([0.0, 0.1, 0.95, 1.0]) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
