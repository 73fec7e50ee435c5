"""Answers that are no formulas: what is read, what it earns, and what is said."""

from types import SimpleNamespace

import pytest

from grader.checks.base import Context, PartFacts
from grader.checks.field import FieldCheck, FieldSpec
from grader.checks.registry import kinds
from grader.checks.text import TextCheck
from grader.files.author_code import AuthorCode
from grader.submission.model import Answer, Submission

STEPS = {"edges": "Fill the edges", "inner": "Fill the cells", "corner": "Read the corner"}
WORDS = {"kind": "words", "right": "Dynamic Programming", "also": ["dp"]}
LIST = {"kind": "words", "right": ["insert", "delete", "replace"], "order": "any", "partial": "each"}
CHOICES = {
    "kind": "choices",
    "options": {"a": "Ants", "b": "Bees, too", "c": "Cows", "d": "Dogs"},
    "right": {"all": ["a", "b"]},
}
ORDER = {"kind": "ordering", "items": STEPS, "right": ["edges", "inner", "corner"], "partial": "pairs"}
PAIRS = {
    "kind": "matching",
    "left": {"s": "sens", "p": "prev"},
    "right": {"x": "Ex", "y": "Why", "z": "Zed"},
    "pairs": {"s": "x", "p": "y"},
    "partial": "each",
}
TABLE = {
    "kind": "numbers",
    "expect": "reference.r:table",
    "partial": "cells",
    "mistakes": [{"answer": "1, 3; 2, 4", "says": "exchanged"}],
}
NAMED = {**TABLE, "shape": [2, 2], "rows": ["ill", "well"], "columns": ["yes", "no"]}
SOME = {
    "kind": "words",
    "right": [["sigmoid", "logistic"], "tanh", "relu"],
    "order": "any",
    "wanted": 2,
}
VECTOR = {"kind": "numbers", "expect": "reference.r:vector"}
LINES = {"kind": "direction", "expect": "reference.r:lines", "order": "any"}


@pytest.fixture
def field(tmp_path, monkeypatch):
    """Builds a field of one point."""
    grids = {"table": [[1, 2], [3, 4]], "vector": [0.5, -2.0], "lines": [[1, 1], [-1, 1]]}
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: lambda: grids[name.partition(":")[2]])
    facts = PartFacts("p", "p1", {}, AuthorCode(tmp_path))

    def build(written):
        entry = kinds()[written["kind"]]
        return entry.build(facts, "f", entry.spec.model_validate({"points": 1, "asks": "?", **written}))

    return build


@pytest.fixture
def judged(field, judge):
    """The verdict, the credit and the message of one typed answer."""

    def judged(written, typed):
        submission = Submission("ada", {}, answers={("p1", "f"): Answer(typed)})
        outcome = field(written).judge(Context(submission, judge, b"s"), ())
        return SimpleNamespace(verdict=str(outcome.verdict), credit=outcome.credit, message=outcome.message)

    return judged


@pytest.mark.parametrize(
    ("written", "typed", "credit"),
    [
        (WORDS, " dynamic   programming ", 1),
        (WORDS, "`DP`", 1),
        (WORDS, "dynamicprogramming", 0),
        ({**WORDS, "spacing": "ignored"}, "dynamicprogramming", 1),
        ({**WORDS, "case": "kept"}, "dynamic programming", 0),
        ({**WORDS, "spacing": "kept"}, "Dynamic  Programming", 0),
        (LIST, "replace, insert and delete", 1),
        (LIST, "- delete\n- insert\n- swap", 1 / 3),
        (LIST, "insert, insert, insert", 0),
        (LIST, "insert, delete, replace, swap", 2 / 3),
        (LIST, "insert, delete", 2 / 3),
        (LIST, "insert / delete / replace", 1),
        (LIST, "insert delete replace", 1),
        (LIST, "insert & delete & replace.", 1),
        (LIST, "not insert delete replace", 0),
        (WORDS, "dynamic programming.", 1),
        (WORDS, "*Dynamic Programming*", 1),
        (WORDS, "(“DP”);", 1),
        (WORDS, r"$\text{dynamic programming}$", 1),
        (WORDS, "dynamic programming!", 0),
        ({**WORDS, "right": "torch.no_grad", "case": "kept"}, r"torch.no\_grad.", 1),
        ({**WORDS, "right": "torch.no_grad", "case": "kept"}, "torch.no_grad()", 0),
        ({**WORDS, "right": "__init__"}, "init", 0),
        ({**WORDS, "right": "n!"}, "n", 0),
        ({**WORDS, "right": "n!"}, "n!.", 1),
        ({**WORDS, "right": "etc."}, "etc.", 1),
        (SOME, "tanh, logistic.", 1),
        (SOME, "relu and sigmoid", 1),
        (SOME, "sigmoid, logistic", 0),
        (SOME, "relu", 0),
        (SOME, "relu, tanh, sigmoid", 0),
        ({**SOME, "partial": "each"}, "relu, tanh, sigmoid", 0.5),
        ({**SOME, "partial": "each"}, "relu", 0.5),
        ({**LIST, "order": "kept"}, "delete, insert, replace", 0),
        ({**LIST, "order": "kept"}, "1. insert\n2. delete\n3. replace", 1),
        (CHOICES, "a, b", 1),
        (CHOICES, "B; A", 1),
        (CHOICES, "Ants\nBees, too", 0),
        (CHOICES, "a", 0),
        (CHOICES, "none", 0),
        ({**CHOICES, "right": {"all": []}}, "none", 1),
        ({**CHOICES, "partial": "each"}, "a, c", 0.5),
        ({**CHOICES, "partial": "each"}, "c, d", 0),
        ({**CHOICES, "partial": "hits"}, "a", 0.5),
        ({**CHOICES, "partial": "hits"}, "a, b, c, d", 0),
        (ORDER, "edges > inner > corner", 1),
        (ORDER, "Fill the edges -> Fill the cells → Read the corner", 1),
        (ORDER, "inner, edges, corner", 1 / 3),
        (ORDER, "corner, inner, edges", 0),
        (ORDER, "edges, corner", 1 / 3),
        (ORDER, "edges", 0),
        (ORDER, "corner, edges", 0),
        ({**ORDER, "partial": "none"}, "inner, edges, corner", 0),
        (PAIRS, "s: x, p: y", 1),
        (PAIRS, "p -> Why\ns = Ex", 1),
        (PAIRS, "s: x, p: x", 0.5),
        (PAIRS, "s: x", 0.5),
        (PAIRS, "p: x", 0),
        ({**PAIRS, "partial": "none"}, "s: x, p: x", 0),
        (TABLE, "1, 2; 3, 4", 1),
        (TABLE, "1 2\n3 4", 1),
        (TABLE, "[[1, 2], [3, 8/2]]", 1),
        (TABLE, "| 1 | 2 |\n|---|---|\n| 3 | 4 |", 1),
        (TABLE, r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", 1),
        (TABLE, "(1, 2), (3, 4)", 1),
        (TABLE, "1, 2; 3, 5", 0.75),
        (TABLE, "1, 3; 2, 4", 0),
        (TABLE, "1, 2, 3; 4, 5, 6", 0),
        ({**TABLE, "partial": "none"}, "1, 2; 3, 5", 0),
        (VECTOR, "1/2, -2", 1),
        (VECTOR, "x = (1/2, -2)", 1),
        (VECTOR, r"$x = \begin{pmatrix} \frac12 \\ -2 \end{pmatrix}$", 1),
        (VECTOR, "np.array([0.5, -2])", 1),
        (VECTOR, "(0.5; -2)^T", 1),
        (VECTOR, "0.5, and -2.", 1),
        (NAMED, "| people | no | yes |\n|---|---|---|\n| **well** | 4 | 3 |\n| ill | 2 | 1 |", 1),
        (NAMED, "well = (3, 4), ill = (1, 2)", 1),
        (NAMED, "ill: 1 2\nwell: 3 4", 1),
        (NAMED, "yes, no\n1, 2\n3, 4", 1),
        (NAMED, "yes = 1, no = 2; no = 4, yes = 3", 1),
        (NAMED, "1, 2; 3, 4", 1),
        (VECTOR, "0.5\n-2", 1),
        (VECTOR, "[0.5, -2.0004]", 1),
        (VECTOR, "0.5, -2.01", 0),
        (LINES, "2, 2; 1, -1", 1),
        (LINES, "1/sqrt(2), -1/sqrt(2); -3, -3", 1),
        (LINES, "1, -1; 1, -1", 0),
        (LINES, "1, 1; 0, 0", 0),
        (LINES, "v_1 = (1, 1)^T, v_2 = (1, -1)^T.", 1),
        ({**LINES, "partial": "vectors"}, "(1, -1) and (1, 3)", 0.5),
        ({**LINES, "partial": "vectors"}, "1, -1; 2, -2", 0.5),
        ({**LINES, "partial": "vectors"}, "1, -1; 0, 0", 0.5),
        ({**LINES, "partial": "vectors"}, "0, 0; 0, 0", 0),
        ({**LINES, "order": "kept"}, "1, -1; 1, 1", 0),
    ],
)
def test_an_answer_earns_what_its_rule_says(judged, written, typed, credit):
    assert judged(written, typed).credit == pytest.approx(credit)


@pytest.mark.parametrize("kind", [TextCheck, FieldCheck])
def test_what_no_kind_judges_waits_for_a_person(kind, judge):
    check = kind(PartFacts("p", "p1", {}, None), "f", FieldSpec(kind="words", asks="?"))
    submission = Submission("ada", {}, answers={("p1", "f"): Answer("It grows.")})
    outcome = check.judge(Context(submission, judge, b"s"), ())
    assert (outcome.verdict, outcome.credit, outcome.message) == ("needs_review", None, "a person reads this")
    assert outcome.answer == "It grows."


@pytest.mark.parametrize(
    ("written", "typed", "says"),
    [
        (CHOICES, "a, e", "'e' is none of the options: a, b, c, d"),
        ({**ORDER, "partial": "none"}, "edges, inner", "corner is missing"),
        (ORDER, "edges, edges, inner, corner", "edges is here twice"),
        (ORDER, "edges, cells of all kinds, corner", "none of the items"),
        ({**PAIRS, "partial": "none"}, "s: x", "p is not paired"),
        (PAIRS, "s x, p y", "is no pair"),
        (PAIRS, "s: x, s: y, p: z", "s is paired twice"),
        (PAIRS, "s: q, p: y", "none of those on the right"),
        (TABLE, "1, 2; 3", "its rows hold 2, 1 numbers"),
        (TABLE, "[[1, 3], [2, 4]]^T", "without a transposition"),
        (
            {**VECTOR, "shape": [1, 2]},
            "0,5; -2,0",
            "2 numbers are wanted, 2 rows of 2 numbers came — a number takes a point",
        ),
        ({**TABLE, "shape": [2, 2]}, "1, 2; 3, 4; 5, 6", "3 rows of 2 numbers came"),
        (TABLE, "1, zwei; 3, 4", "row 1, column 2: 'zwei' is no number"),
        (TABLE, "1e999, 2; 3, 4", "row 1, column 1"),
        (TABLE, "1, 2, 3, 4", "4 numbers are in one row; a row has 2"),
        (TABLE, "; ;", "there is no number in it"),
        (TABLE, ", ".join("1" * 300), "more than 200 numbers"),
    ],
)
def test_what_cannot_be_read_is_said(judged, written, typed, says):
    found = judged(written, typed)
    assert (found.verdict, says in found.message) == ("unreadable", True), found.message


@pytest.mark.parametrize(
    ("written", "typed", "says"),
    [
        (TABLE, "1, 3; 2, 4", "exchanged"),
        (TABLE, "1, 2; 3, 5", "not row 2, number 2"),
        ({**TABLE, "rows": ["ill", "well"], "columns": ["yes", "no"]}, "1, 2; 3, 5", "not well, no"),
        (TABLE, "1, 2, 3; 4, 5, 6", "2 rows of 2 numbers are wanted, 2 rows of 3 numbers came"),
        (LINES, "1, 1; 0, 0", "the zero vector points nowhere"),
        (CHOICES, "a, c", "1 of those you chose does not apply; 1 more applies"),
        (ORDER, "inner, edges, corner", "2 of 3 pairs are in the right order"),
        (LIST, "insert", "3 are wanted, 1 came"),
        (LIST, "insert, delete, swap", "2 of 3 are right; 1 wrong takes as much away"),
        (ORDER, "inner, edges, corner", "; 1 wrong takes as much away"),
        (PAIRS, "s: x", "p is not paired"),
        (PAIRS, "s: y", "1 of 2 are paired wrongly; p is not paired"),
    ],
)
def test_what_is_not_right_is_told(judged, written, typed, says):
    assert says in judged(written, typed).message


@pytest.mark.parametrize(
    "written", [WORDS, LIST, SOME, CHOICES, ORDER, PAIRS, TABLE, NAMED, VECTOR, LINES], ids=lambda one: one["kind"]
)
def test_every_planted_mistake_and_every_accepted_answer_earns_what_is_promised(field, judge, written):
    check = field(written)
    for variant in (*check.planted_mistakes(), *check.accepted()):
        outcome = check.judge(Context(variant.plant(Submission("ada", {})), judge, b"s"), ())
        assert outcome.credit == pytest.approx(variant.credit), variant.name
        assert variant.says in f"{outcome.message} {outcome.mistake}"


@pytest.mark.parametrize(
    "written", [WORDS, LIST, SOME, CHOICES, ORDER, PAIRS, TABLE, NAMED, VECTOR, LINES], ids=lambda one: one["kind"]
)
def test_what_students_get_can_be_read_and_says_nothing_of_what_is_right(field, judge, written):
    check = field(written)
    shown = check.spec.for_students({"points": "1", "asks": "?", **written})
    again = field(shown)
    assert again.asked == check.asked
    read = again.before_deadline(Context(Submission("ada", {}, answers={("p1", "f"): Answer("?!")}), judge, b""))
    assert str(read.verdict) in ("unreadable", "needs_review")
    assert all(secret not in str(shown) for secret in ("Dynamic", "replace", "reference.r", "exchanged"))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"kind": "choice", "options": {"z": "Right", "a": "Wrong"}, "right": "z"}, "options"),
        ({**CHOICES, "options": dict(reversed(CHOICES["options"].items()))}, "options"),
        (ORDER, "items"),
        (PAIRS, "left"),
        ({**PAIRS, "right": dict(reversed(PAIRS["right"].items()))}, "right"),
    ],
)
def test_students_get_what_can_be_chosen_in_an_order_that_tells_nothing(field, written, key):
    assert list(field(written).spec.for_students({"points": "1", "asks": "?", **written})[key]) == sorted(written[key])


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({**CHOICES, "right": ["a", "b"]}, "right: {all: […]}"),
        ({**CHOICES, "right": {"all": ["e"]}}, "allowed: a, b, c, d"),
        ({**ORDER, "right": ["edges", "inner"]}, "each item once"),
        ({**PAIRS, "pairs": {"s": "x"}}, "each of the left once"),
        ({**LIST, "also": ["add"]}, "stands beside it"),
        ({**SOME, "order": "kept"}, "goes with `order: any`"),
        ({**SOME, "wanted": 4}, "4 are wanted of a list of 3"),
        ({**WORDS, "partial": "each"}, "are for a list"),
        ({**PAIRS, "pairs": {"s": "x", "p": "q"}}, "on the right there are"),
        ({"kind": "choice", "options": {"a": "A", "b": "B"}, "right": ["a", "b"]}, "kind: choices"),
    ],
)
def test_what_an_author_got_wrong_is_told(field, written, says):
    with pytest.raises(ValueError, match=says.replace("{", r"\{").replace("[", r"\[")):
        field(written)


@pytest.mark.parametrize(
    ("written", "form", "options", "slots"),
    [
        (WORDS, "box", [], []),
        (CHOICES, "several", ["a", "b", "c", "d", "none"], []),
        (ORDER, "order", ["corner", "edges", "inner"], ["1", "2", "3"]),
        (PAIRS, "pairs", ["x", "y", "z"], ["p", "s"]),
        ({"kind": "choice", "options": {"b": "Bees", "a": "Ants"}, "right": "b"}, "one", ["a", "b"], []),
        (TABLE, "box", [], []),
        ({**TABLE, "shape": [2, 2]}, "table", [], []),
        ({**TABLE, "shape": [20, 20]}, "box", [], []),
    ],
)
def test_how_a_page_asks_tells_nothing(field, written, form, options, slots):
    control = field(written).control
    assert (control.form, list(control.options), list(control.slots)) == (form, options, slots)


@pytest.mark.parametrize(
    ("written", "rows", "columns"),
    [
        ({**TABLE, "shape": [2, 2]}, ["1", "2"], ["1", "2"]),
        ({**TABLE, "shape": [2, 2], "rows": ["ill", "healthy"]}, ["ill", "healthy"], ["1", "2"]),
        ({**LINES, "shape": [2, 2]}, ["vector 1", "vector 2"], ["1", "2"]),
    ],
)
def test_a_table_has_a_cell_for_each_number(field, written, rows, columns):
    control = field(written).control
    assert (list(control.rows), list(control.columns)) == (rows, columns)
    assert "tolerance" in control.note
    assert ("any factor" in control.note) == (written["kind"] == "direction")


@pytest.mark.parametrize(
    ("written", "typed", "reading"),
    [
        (LIST, "sigmoid tanh", "1 word: sigmoid tanh"),
        (LIST, "insert; delete", "2 words: insert, delete"),
        (WORDS, " DP ", "dp"),
        (ORDER, "edges, inner", "edges, inner (corner is missing)"),
        (PAIRS, "p: x", "p: x (s is not paired)"),
    ],
)
def test_before_the_deadline_it_is_told_how_an_answer_is_parted(field, judge, written, typed, reading):
    context = Context(Submission("ada", {}, answers={("p1", "f"): Answer(typed)}), judge, b"")
    assert field(written).before_deadline(context).reading == reading


def test_a_word_that_two_members_may_be_called_is_told(field):
    ((place, says),) = field({**SOME, "right": [["sigmoid", "tanh"], "Tanh", "relu"]}).problems()
    assert (place, says) == (("right", 1), "'tanh' stands there twice")


@pytest.mark.parametrize(
    ("written", "answer", "says"),
    [
        (WORDS, "Greedy", None), (WORDS, "dp", "is listed as a mistake but is right"),
        (TABLE, "1, 3; 2, 4", None), (TABLE, "1, 2; 3, 4", "is listed as a mistake but is right"),
        (TABLE, "1, zwei; 3, 4", "cannot be read: row 1, column 2"),
        (LINES, "2, 2; 1, -1", "is listed as a mistake but is right"),
    ],
)  # fmt: skip
def test_a_listed_mistake_that_is_none_is_told(field, judge, written, answer, says):
    told = field({**written, "mistakes": [{"answer": answer, "says": "wrong"}]}).problems_judged(judge)
    assert [place for place, _ in told] == [("mistakes", 0, "answer")] * (says is not None)
    assert all(says in what for _, what in told)


@pytest.mark.parametrize("written", [TABLE, NAMED, VECTOR, LINES, WORDS, LIST], ids=lambda one: one["kind"])
@pytest.mark.parametrize(
    "typed",
    [
        *(
            3_000 * "(" + "1, 2" + 3_000 * ")",
            5_000 * "a.",
            "a" * 10_000,
            " " * 10_000 + "x",
            3_000 * "  a =" + "(1, 2) ! (3, 4)",
        ),
        *(
            "(1, 2)" + 3_000 * "  a = " + "!",
            "(1, 2)^" + 10_000 * " " + "(3, 4)",
            5_000 * "[" + "x",
            3_000 * "and ",
            10_000 * "\n",
        ),
        *(10_000 * "*", 3_000 * "/ ", 10_000 * "=", 5_000 * ": ", "(1, 2)" + 10_000 * "\n" + "(3"),
    ],
    ids=range(15),
)
def test_an_answer_made_to_be_slow_is_answered(judged, written, typed):
    """Backtracking, or a step for each pair of characters, would take minutes and more here."""
    assert judged(written, typed).verdict in ("unreadable", "wrong", "missing")
