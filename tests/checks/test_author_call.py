"""An author's function that meets a student's value: whatever it raises is about the value, and costs one check."""

import pytest
import torch

from grader.checks.author_call import Raised, ask, not_real
from grader.errors import HarnessError


def test_what_it_returns_comes_through():
    assert ask(divmod, 7, 2) == (3, 1)


@pytest.mark.parametrize(
    ("function", "value", "reason"),
    [
        (float, 10**400, "int too large to convert to float"),
        (lambda value: 1 / value, 0, "division by zero"),
        (lambda value: value.shape, None, "'NoneType' object has no attribute 'shape'"),
        (lambda value: 10.0**value, 400, "(34, 'Numerical result out of range')"),
    ],
)
def test_whatever_it_raises_is_told_with_its_place(function, value, reason):
    raised = ask(function, value)
    assert isinstance(raised, Raised)
    assert raised.reason == reason
    assert ".py:" in raised.where


def test_a_fault_of_ours_stays_one():
    def broken():
        raise HarnessError("the judge is gone")

    with pytest.raises(HarnessError):
        ask(broken)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1.5, None),
        (torch.ones(2), None),
        ({"a": [1, "nan", None, torch.tensor([1, 2])]}, None),
        (10**400, None),
        (float("nan"), "NaN came out"),
        ([1.0, {"a": torch.tensor([1.0, torch.inf])}], "an infinity came out"),
        (torch.tensor([1 + 2j]), "real numbers are asked for, complex ones came out"),
    ],
)
def test_what_is_no_finite_real_number_is_seen_wherever_it_is(value, says):
    assert not_real(value) == says
