"""Points: in the domain, kept by constraints, the same for the same seed, far enough out."""

from grader.maths.comparing.sampling import points, seed
from grader.maths.decide import decide
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols

SYMBOLS = Symbols.from_spec(
    {"p": {"positive": True}, "n": {"integer": True}, "x": {}, "y": {}, "_constraints": ["x > y"]}
)
EVERY = frozenset("pnxy")


def test_points_lie_in_the_domain_and_keep_constraints():
    drawn = list(points(SYMBOLS, EVERY, 3, 24))
    assert len(drawn) == 24
    assert all(point["p"] > 0 and point["n"].denominator == 1 and point["x"] > point["y"] for point in drawn)
    assert any(point["n"] < 0 for point in drawn)
    assert any(point["n"] > 0 for point in drawn)


def test_every_symbol_is_tried_very_far_out_and_very_near_zero():
    drawn = list(points(Symbols.from_spec({"p": {"positive": True}}), frozenset("p"), 1, 20))
    assert max(point["p"] for point in drawn) > 10**7
    assert min(point["p"] for point in drawn) < 10**-7


def test_a_seed_gives_the_same_points_and_a_secret_gives_others():
    assert list(points(SYMBOLS, EVERY, 5, 6)) == list(points(SYMBOLS, EVERY, 5, 6))
    assert seed(b"one", "q", "4 k") != seed(b"two", "q", "4 k")
    assert seed("ab", "c") != seed("a", "bc")


def test_a_constraint_decides_what_is_equal():
    spec = {"x": {}, "y": {}}
    question = Question("p.f", "expr", "abs(x - y)", spec)
    assert decide(question, "x - y").verdict == "different"
    constrained = Question("p.f", "expr", "abs(x - y)", {**spec, "_constraints": ["x > y"]})
    assert decide(constrained, "x - y").verdict == "equal"


def test_the_same_answer_gives_the_same_decision():
    question = Question("p.f", "expr", "x*y", {"x": {}, "y": {}}, secret=b"s")
    assert len({decide(question, "y x + 0 x") for _ in range(3)}) == 1
