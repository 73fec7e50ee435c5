"""What follows from earlier numbers: a step rightly taken, never one from a number that says nothing."""

import math

import pytest

from grader.checks.carry_forward import Carried, carry_forward


def bytes_of(params: float = 1e12) -> float:
    return 4 * params


def ratio(books: float = 6.0, library: float = 3.0) -> float:
    return books / library


def change(temperature: float = -5.0) -> float:
    return 2 * temperature


def law(size: tuple[float, float] | None = None) -> float:
    return 0.5 if size is None else math.log10(size[1] / size[0])


@pytest.mark.parametrize(
    ("function", "earlier", "right", "expected"),
    [
        (bytes_of, {"params": 2e12}, 4e12, 8e12),
        (bytes_of, {"params": 1e9}, 4e12, 4e9),
        (ratio, {"books": 12.0}, 2.0, 4.0),
        (ratio, {"books": 12.0, "library": 6.0}, 2.0, 2.0),
        (change, {"temperature": -7.0}, -10.0, -14.0),
        (law, {"size": (1.0, 1e1)}, 0.5, 1.0),
    ],
)
def test_an_honest_slip_is_carried_on(function, earlier, right, expected):
    assert carry_forward(function, earlier, right) == Carried(pytest.approx(expected))


@pytest.mark.parametrize(
    ("function", "earlier", "right", "why"),
    [
        (bytes_of, {"params": 0.0}, 4e12, "which is zero"),
        (bytes_of, {"params": -3.0}, 4e12, "which has the wrong sign"),
        (bytes_of, {"params": math.inf}, 4e12, "which is not finite"),
        (bytes_of, {"params": math.nan}, 4e12, "which is not finite"),
        (bytes_of, {"params": 1e308}, 4e12, "no such amount"),
        (change, {"temperature": 5.0}, -10.0, "which has the wrong sign"),
        (ratio, {"books": 1.0, "library": 0.0}, 2.0, "which is zero"),
        (lambda speed=1.0: min(speed, 1.0), {"speed": 9.0}, 1.0, "any other would lead to the same"),
        (lambda speed=1.0: 1 / (speed - 2), {"speed": 2.0}, -1.0, "no such amount"),
        (law, {"size": (1.0, 1.0)}, 0.5, "no such amount"),
        (law, {"size": (10.0, 1.0)}, 0.5, "no such amount"),
        (law, {"size": (0.0, 1.0)}, 0.5, "which is zero"),
    ],
)
def test_what_says_nothing_is_not_and_it_is_told_why(function, earlier, right, why):
    found = carry_forward(function, earlier, right)
    assert found.expected is None
    assert why in found.why_not
