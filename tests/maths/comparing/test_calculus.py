"""Derivatives of trees: every function that has one, bases and exponents that vary."""

import pytest

from grader.maths.comparing.calculus import derivative
from grader.maths.comparing.scalars import compare
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols

SYMBOLS = Symbols.from_spec({"x": {"positive": True}, "a": {"positive": True}, "_constraints": ["x < 1"]})


@pytest.mark.parametrize(
    ("formula", "slope"),
    [
        ("x^a + a^x", "a x^(a-1) + a^x ln a"),
        ("x^x", "x^x (1 + ln x)"),
        ("log(x, 2)", "1/(x ln 2)"),
        ("log(a, x)", "-ln(a)/(x ln(x)^2)"),
        ("root(x, 3) - cbrt(x)", "0"),
        ("sqrt(1 + x^2)", "x/sqrt(1 + x^2)"),
        ("sum(x, x^2, a)", "1 + 2x"),
        ("tan(x) - tanh(a x)", "1 + tan(x)^2 - a (1 - tanh(a x)^2)"),
        ("asin(x)", "1/sqrt(1 - x^2)"),
        ("acos(x)", "-1/sqrt(1 - x^2)"),
        ("atan(x^2)", "2x/(1 + x^4)"),
        ("sinh(x) cosh(x)", "cosh(2x)"),
        ("e^(-x^2/2)", "-x e^(-x^2/2)"),
    ],
)
def test_a_formula_has_its_derivative(formula, slope):
    found = derivative(parse(formula, SYMBOLS), "x")
    assert compare(parse(slope, SYMBOLS), found, SYMBOLS, 1).verdict == "equal"


def test_what_jumps_has_no_derivative():
    with pytest.raises(Unreadable, match="floor cannot be differentiated"):
        derivative(parse("floor(x)", SYMBOLS), "x")
