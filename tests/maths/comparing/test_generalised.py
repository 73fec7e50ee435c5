"""Unwieldy parts inside of bends, of which only what they are never below is kept."""

import pytest

from grader.maths.decide import decide
from grader.maths.reading.question import Question

SPEC = {
    "x": {"real": True},
    "s": {"positive": True},
    "z": {"integer": True},
    "b": {"positive": True, "integer": True},
}


@pytest.mark.parametrize(
    ("reference", "right", "wrong"),
    [
        (
            "max(-2**(b-1), min(2**(b-1)-1, round(x/s)+z))",
            ["min(max(round(x/s)+z, -2^b/2), 2^(b-1) - 1)"],
            ["min(max(round(x/s)+z, -2^b), 2^b - 1)"],
        ),
        (
            "max(0, min(2**b-1, floor(x/s)+z))",
            ["clip(floor(x/s)+z, 0, 2^b-1)"],
            ["clip(floor(x/s)+z, 1, 2^b-1)"],
        ),
        ("max(round(x), min(round(x) + x**2, 5))", ["min(round(x) + x^2, max(5, round(x)))"], ["min(round(x), 5)"]),
        ("abs(exp(x)*2)", ["2e^x", "max(2e^x, -1)"], ["max(2e^x, 10^-9)", "-2e^x"]),
    ],
)  # fmt: skip
def test_what_parts_are_never_below_orders_the_ends_of_a_clip(reference, right, wrong):
    question = Question("case", "expr", reference, SPEC, labels=None)
    assert {answer: decide(question, answer).verdict for answer in right} == dict.fromkeys(right, "equal")
    assert {answer: decide(question, answer).verdict for answer in wrong} == dict.fromkeys(wrong, "different")


@pytest.mark.parametrize("answer", ["min(max(round(x/s)+z, 5 - 2^b), 2^b - 1)", "max(min(round(x/s)+z, 2^b - 2), 1)"])
def test_ends_that_may_cross_are_not_equal(answer):
    question = Question("case", "expr", "max(5 - 2**b, min(2**b - 1, round(x/s)+z))", SPEC, labels=None)
    assert decide(question, answer).verdict == "different"
