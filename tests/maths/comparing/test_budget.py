"""What one answer may cost: counted in operations, refused in the reader, undecided beyond the budget."""

import pytest

from grader.maths.comparing.budget import Exhausted, budget, spend
from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.precision import digits_needed
from grader.maths.decide import decide
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.size_limits import check_bounds
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Name, Number

SYMBOLS = Symbols.from_spec({"x": {"positive": True}, "y": {"positive": True}})


def test_a_budget_ends_what_is_computed_inside_it_and_nothing_else():
    with budget(3):
        for _ in range(3):
            spend(60)
        with pytest.raises(Exhausted):
            spend(60)
    for _ in range(10_000):
        spend(60)


def test_more_digits_cost_more():
    with pytest.raises(Exhausted), budget(3):
        spend(600)


def test_an_answer_beyond_the_budget_goes_to_a_person():
    question = Question("p.f", "expr", "log(x) + y", {"x": {"positive": True}, "y": {"positive": True}})
    tower = "exp(log(" * 25 + "x" + "))" * 25
    assert decide(question, "log(x) + y + 1e-900*1e-900*1e-900").verdict == "undecided"
    assert decide(question, f"log({tower}) + y").verdict == "equal"


@pytest.mark.parametrize(
    "text", ["9^9^9", "(9^99)^99", "factorial(201)", "exp(5000)", "x^1001", "10^4001", "((x^20)^20)^20"]
)
def test_a_bomb_is_refused_from_its_tree_alone(text):
    with pytest.raises(Unreadable):
        parse(text, SYMBOLS)


@pytest.mark.parametrize(
    "text",
    [
        "^".join("x" * 50),
        "(" * 40 + "x" + "^y)" * 40,
        "(" + "+".join("A" * 100) + ")_{1,1}",
        "[" + "-".join("A" * 100) + ", A]",
        "x" + "!" * 300,
        "f(" * 50 + "x" + ")" * 50,
        "x+...+" * 40 + "x",
        "x+...+(" * 25 + "x" + ")" * 25,
        "*".join(["x*...*x"] * 30),
    ],
)
def test_the_work_on_what_is_nested_grows_with_its_length(text):
    symbols = {"x": {"positive": True}, "y": {}, "A": {"matrix": ["n", "n"]}, "f": {"function": "silu"}}
    with budget():
        assert decide(Question("p.f", "expr", "x", symbols), text).verdict in ("different", "invalid")


def test_what_is_left_has_no_value_where_it_would_be_huge():
    huge = Binary("^", Name("x"), Binary("^", Name("x"), Name("x")))
    check_bounds(huge)
    with pytest.raises(NoValue):
        Evaluator({"x": Number("1e9").value}, 60).value(huge)


def test_digits_grow_with_the_smallest_constant():
    needed = [
        digits_needed(parse(text, SYMBOLS)) for text in ("x + 1", "x + 1e-100", "x + 1e-100*1e-100", "x + 10^(-100-y)")
    ]
    assert needed == [60, 160, 260, 160]
