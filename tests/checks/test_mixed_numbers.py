"""Whole numbers that a reference gives beside floats."""

import pytest
import torch

from grader.checks.compare_values import differ
from grader.checks.mixed_numbers import beside_floats

T = torch.tensor


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([0.0, 0.5], [0, 0.5]),
        ([[0.0, 0.5, 1.0], [0.0]], [[0, 0.5, 1], [0]]),
        ([T([0.0, 0.5, 1.0])], [[0, 0.5, 1]]),
        ([0, T(0.5)], [0, 0.5]),
        ([T(0), 0.5], [0, 0.5]),
        ([True, 0.5], [1, 0.5]),
        ([{"mean": 0.0}, {"mean": 0.5}], [{"mean": 0}, {"mean": 0.5}]),
        ([{"mean": 1e-9}, {"mean": 0.5, "n": 2}], [{"mean": 0}, {"mean": 0.5, "n": 2}]),
        ([{"a": [0.0]}, {"a": [1.5]}, {}], [{"a": [0]}, {"a": [1.5]}, {}]),
        ([(0.0, 2), (0.5, 3)], [(0, 2), (0.5, 3)]),
        ([{"a": (0.0, 1.5)}, {"a": (0.5, 2.5)}], [{"a": (0, 1.5)}, {"a": (0.5, 2.5)}]),
        ([((0.0,), "x"), ((0.5,), "y")], [((0,), "x"), ((0.5,), "y")]),
        ([(), (0.0,), (0.5, 1)], [(), (0,), (0.5, 1)]),
        ([None, 0.0, 1.5], [None, 0, 1.5]),
        ([10**400, 0.5], [10**400, 0.5]),
        ([], []),
        ([[], {}], [[], {}]),
    ],
)
def test_the_same_number_as_a_float_is_as_good(came, expected):
    assert differ(came, beside_floats(expected)) is None


@pytest.mark.parametrize(
    ("came", "expected", "says"),
    [
        ([0.0, 3], [0, 3], "an integer type is wanted, Python's float came"),
        ([{"n": 2.0}, {"n": 3}], [{"n": 2}, {"n": 3}], "an integer type is wanted"),
        ([{"n": 2.0, "mean": 0.5}], [{"n": 2, "mean": 0.5}], "an integer type is wanted"),
        ([(0.5, 2.0), (0.5, 3)], [(0.5, 2), (0.5, 3)], "an integer type is wanted"),
        ([[1.0], [0.5]], [[1], 0.5], "an integer type is wanted"),
        ([1.0, 0.5], [True, 0.5], None),
        ([0.01, 0.5], [0, 0.5], "0 is wanted, 0.01 came"),
        ([1234567.4, 0.5], [1234567, 0.5], "1234567 is wanted, 1234567.4 came"),
        ([float("nan"), 0.5], [0, 0.5], "0 is wanted, nan came"),
        ([1, 0.5], [0, 0.5], "0 is wanted, 1 came"),
        ([T([0.0, 0.0]), 0.5], [0, 0.5], "shape [] is wanted"),
        (["0", 0.5], [0, 0.5], "a number is wanted, a string came"),
        ([1e300, 0.5], [10**400, 0.5], "larger than a tensor holds"),
    ],
)
def test_anything_else_is_told(came, expected, says):
    found = differ(came, beside_floats(expected))
    assert (found and says) == says
    assert found is None or says in found.message
