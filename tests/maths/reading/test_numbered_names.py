"""Names that are told apart by numbers, in sums over them: written out where they are bound, refused elsewhere."""

import pytest

from grader.maths.decide import decide
from grader.maths.reading.question import Question

SYMBOLS = {name: {"real": True} for name in ("a_1", "a_2", "a_3", "b_1", "b_2", "b_3", "x", "n")}
MATRICES = {name: {"matrix": ["d", "d"]} for name in ("X1", "X2", "Y")} | {
    "W1": {"matrix": ["d", "d"], "aliases": ["W_OV^1"]},
    "W2": {"matrix": ["d", "d"], "aliases": ["W_OV^2"]},
}


@pytest.mark.parametrize(
    ("reference", "typed"),
    [
        ("(a_1 + a_2)*(b_1 + b_2)", r"\sum_{i=1}^2 \sum_{j=1}^2 a_i b_j"),
        ("a_1 + a_2 + a_3 + b_1 + b_2", r"\sum_j a_j + \sum_{k=1}^2 b_k"),
        ("a_1*a_2 + a_1*a_3 + a_2*a_3", r"\sum_{i<j} a_i a_j"),
        ("a_2*b_1 + a_3*b_2", r"\sum_{j=1}^2 a_{j+1}b_j"),
        ("a_1*a_2*a_3 + x", r"x + \prod_i a_i"),
        ("a_1**2 + a_2**2 + a_3**2", r"\sum_i a_ia_i"),
        ("a_2 + a_3", r"\sum_{1 < i \le 3} a_i"),
        ("a_1 + a_3", r"\sum_{i=1, i \ne 2}^{3} a_i"),
        ("a_1**2 + a_2**2 + a_3**2 - (a_1 + a_2 + a_3)**2/3", r"\sum_i (a_i - \frac13 \sum_j a_j)^2"),
        ("(a_1 - a_2)*(a_1 - a_3)*(a_2 - a_3)", r"\prod_{i<j} (a_i - a_j)"),
        ("a_1*b_1 + a_2*b_2 + a_3*b_3", "sum_(k=1)^3 aₖbₖ"),
        ("x*(a_1 + 2*a_2)", r"\sum_{j=1}^{2} j x a_j"),
    ],
)
def test_numbered_names_are_added_up(reference, typed):
    assert decide(Question("part.f", "expr", reference, SYMBOLS, labels=None), typed).verdict == "equal"


@pytest.mark.parametrize(
    ("reference", "typed", "verdict"),
    [
        ("W1*X1*Y + W2*X2*Y", r"\sum_{h=1}^{2} W_{OV}^{(h)} X_h Y", "equal"),
        ("X1 + X2", r"\sum_{j=0}^{1} X_{j+1}", "equal"),
        ("X1*X1 + X2*X2", r"\sum_j X_j Y ⊙ X_j", "invalid"),
    ],
)
def test_matrices_with_numbers_are_matrices(reference, typed, verdict):
    assert decide(Question("part.f", "matrix", reference, MATRICES, labels=None), typed).verdict == verdict


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (r"\sum_{j=1}^3 a_j + b_j", "b_j is bound by no sum"),
        (r"(\sum_{j=1}^3 a_j) b_j", "b_j is bound by no sum"),
        (r"\sum_{i=1}^n i + i", "i is bound by no sum"),
        (r"i \sum_{i=1}^n i", "not a name"),
        (r"\int_0^1 t^2 dt + t", "t is bound by no sum"),
        (r"\sum_{j=1}^4 a_j", "a_4 is not a name"),
        (r"\sum_{j=1}^n a_j", "whole numbers"),
        (r"\sum_{j=1}^\infty a_j", "whole numbers"),
        (r"\sum_{j=1}^{3/2} a_j", "whole numbers"),
        (r"\sum_{j=-1}^{1} a_j", "is not a name"),
        (r"\sum_{j=2}^1 a_j", "runs through nothing"),
        (r"\sum_{j=1}^2 a_j \sum_{j=1}^n j", "bound twice"),
        (r"\sum_{j=1}^{99999999999} a_j", "a_4 is not a name"),
        (r"\sum_{j=1}^3 a_j + w", "its names are a_1, a_2, a_3, b_1, b_2, b_3, x, n, j"),
    ],
)
def test_what_is_not_bound_or_not_declared_is_refused(typed, says):
    decision = decide(Question("part.f", "expr", "a_1 + a_2 + a_3 + b_1", SYMBOLS, labels=None), typed)
    assert decision.verdict == "invalid"
    assert says in decision.message
