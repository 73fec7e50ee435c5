"""Sums within sums: what does not change with the outer index is added up once, and few terms are taken at a point."""

from fractions import Fraction

import pytest

from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.running import NoSum
from grader.maths.decide import decide
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols

SPEC = {"z_k": {"real": True}, "z_j": {"real": True}, "n": {"positive": True, "integer": True}}


@pytest.mark.parametrize(
    ("reference", "right", "wrong"),
    [
        (
            "sum_{k=1}^{n} exp(2*z_k)/(sum_{j=1}^{n} exp(z_j))**2",
            [r"\sum_k \left(\frac{e^{z_k}}{\sum_j e^{z_j}}\right)^2",
             r"\frac{\sum_{k=1}^{n} e^{2z_k}}{\sum_{k=1}^{n}\sum_{j=1}^{n} e^{z_k + z_j}}"],
            [r"\frac{\sum_k e^{2z_k}}{\sum_j e^{2z_j}}", r"\frac{\sum_k e^{2z_k}}{n\sum_j e^{2z_j}}"],
        ),
        (
            "sum_{k=1}^{n} sum_{j=1}^{n} z_k*z_j",
            [r"(\sum_k z_k)^2", r"\sum_k z_k \sum_j z_j"],
            [r"\sum_k z_k^2", r"n \sum_k z_k^2"],
        ),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_sums_within_sums_are_decided(reference, right, wrong):
    question = Question("case", "expr", reference, SPEC, labels=None)
    assert {answer: decide(question, answer).verdict for answer in right} == dict.fromkeys(right, "equal")
    assert {answer: decide(question, answer).verdict for answer in wrong} == dict.fromkeys(wrong, "different")


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        (r"\sum_{k=1}^{n} \frac{k}{\sum_{j=1}^{n} j}", 1),
        (r"\sum_{k=1}^{n} \sum_{j=1}^{k} j", 1540),
        (r"\sum_{k=1}^{n} \left(\sum_{j=1}^{k} j + \sum_{i=1}^{n} k\right)", 5740),
        (r"\sum_{k=2}^{1} \frac{1}{\sum_{j=1}^{n} 0}", 0),
    ],
)
def test_what_stands_within_is_worth_the_same(text, worth):
    assert Evaluator({"n": Fraction(20)}, 30).value(parse(text, Symbols.from_spec(SPEC))) == worth


def test_too_many_terms_together_have_no_value():
    tree = parse(r"\sum_{k=1}^{n} \sum_{j=1}^{n} z_k z_j", Symbols.from_spec(SPEC))
    with pytest.raises(NoSum):
        Evaluator({"n": Fraction(21)}, 30).below(tree)
