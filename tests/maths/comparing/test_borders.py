"""Borders of formulas that jump or bend: each once, taken apart as far as it goes."""

import pytest

from grader.maths.comparing.borders import breaks_of
from grader.maths.decide import decide
from grader.maths.reading.parser import parse
from grader.maths.reading.printer import write
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols

SPEC = {
    "r": {"positive": True},
    "a": {"real": True},
    "b": {"real": True},
    "e": {"positive": True},
    "_constraints": ["e < 1"],
}


@pytest.mark.parametrize(
    ("text", "margins"),
    [
        ("max(a, b)", ["a - b"]),
        ("max(a, b) + max(b, a) + min(2a, 2b) + |a - b|", ["a - b"]),
        ("min(r*a, 2*a)", ["a", "r - 2"]),
        ("max(a, a*b*b)", ["a", "1 - b*b"]),
        ("max(0, a*(b - 1))", ["a", "b - 1"]),
        ("max(a*r, a*r)", []),
        ("max(-a*r, -a*b)", ["a", "r - b"]),
        ("max(0, min(a, b) - 1)", ["a - 1", "b - 1", "a - b"]),
        ("floor(max(a, b))", ["a", "b", "a - b"]),
        ("floor(a*b)", ["a*b"]),
    ],
)
def test_each_border_is_one(text, margins):
    symbols = Symbols.from_spec(SPEC)
    found = {write(border.margin) for border in breaks_of(parse(text, symbols))}
    assert found == set(margins)


@pytest.mark.parametrize(
    ("reference", "right", "wrong"),
    [
        (
            "min(r*a, max(1-e, min(1+e, r))*a)",
            ["min(ra, clip(r, 1-e, 1+e) a)", "min(r, 1+e) a if a >= 0 else max(r, 1-e) a"],
            ["clip(r, 1-e, 1+e) a", "min(ra, (1+e)a)", "max(ra, clip(r, 1-e, 1+e) a)", "min(r, 1+e) a"],
        ),
        ("a*max(r, b)", ["max(ar, ab) if a > 0 else min(ar, ab)", "a(r + max(0, b-r))"], ["max(ar, ab)", "a r"]),
        ("|a*b|", ["|a||b|", "max(ab, -ab)"], ["a|b|", "|a b| + max(0, |a||b| - 10^9)"]),
    ],
)
def test_products_of_bends_are_visited_in_all_their_cells(reference, right, wrong):
    question = Question("case", "expr", reference, SPEC, labels=None)
    assert {answer: decide(question, answer).verdict for answer in right} == dict.fromkeys(right, "equal")
    assert {answer: decide(question, answer).verdict for answer in wrong} == dict.fromkeys(wrong, "different")
