"""Logarithmic axes: every value inside, few ticks, and those where a reader expects them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import floats, lists

from reports.axes import SPAN, axis, grid, words

positive = floats(min_value=0, exclude_min=True, allow_infinity=False)


@given(lists(positive, min_size=1, max_size=20), st.integers(3, 9))
def test_every_value_lies_inside_and_ticks_are_few(values, most):
    made = axis(values, 40, 140, most)
    assert all(40 < made.at(value) < 140 for value in values)
    assert len(made.ticks) <= most
    assert all(39.9 <= made.at(tick) <= 140.1 for tick in made.ticks)
    assert made.high - made.low >= SPAN - 1e-9


@given(floats(1e-300, 1e300), st.floats(1.01, 100))
def test_larger_values_lie_further_on(value, factor):
    if value * factor < 1e300:
        across, up = axis([value, value * factor], 0, 100, 5), axis([value, value * factor], 100, 0, 5)
        assert across.at(value) < across.at(value * factor)
        assert up.at(value) > up.at(value * factor)


@pytest.mark.parametrize(
    ("values", "most", "ticks"),
    [
        ([1, 256], 9, (1, 2, 4, 8, 16, 32, 64, 128, 256)),
        ([1, 256], 5, (1, 4, 16, 64, 256)),
        ([0.006, 0.2], 9, (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)),
        ([0.001, 1.4], 4, (0.001, 0.01, 0.1, 1)),
        ([3e-5, 4.8], 4, (0.0001, 0.01, 1)),
        ([2e307, 1.7e308], 4, (2e307, 5e307, 1e308)),
        ([2.0**1020, 2.0**1023], 9, (2.0**1020, 2.0**1021, 2.0**1022, 2.0**1023)),
    ],
)
def test_ticks_are_numbers_that_people_count_in(values, most, ticks):
    assert axis(values, 0, 100, most).ticks == pytest.approx(ticks)


def test_words_are_escaped():
    assert "<b>" not in words("start", (1.0, 2.0, "<b>&"))


def test_small_ticks_are_short():
    across, up = axis([1, 100], 43, 143, 4), axis([2e-6, 0.002], 98, 20, 4)
    drawn = grid(across, up)
    assert [label in drawn for label in (">1e-5<", ">1e-4<", ">0.001<", ">100<", "0.0001", "e-0")] == [True] * 4 + [
        False
    ] * 2
