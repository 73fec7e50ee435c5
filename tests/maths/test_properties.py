"""Properties: what is written reads back, identities keep a verdict, changes flip it, nothing raises."""

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from latex_writer import write_latex

from grader.maths.comparing.evaluator import Evaluator
from grader.maths.comparing.no_value import NoValue
from grader.maths.comparing.sampling import points
from grader.maths.comparing.scalars import compare
from grader.maths.decide import decide, read
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.printer import write
from grader.maths.reading.question import Alternative, Question
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tree import Binary, Call, Constant, Name, Negative, Number, Percent, Relation, Transpose

SPEC = {name: {"positive": True} for name in ("k", "m", "C_0", "N_opt", "alpha", "x1")}
SYMBOLS = Symbols.from_spec(SPEC)
MATRIX_SPEC = {name: {"matrix": ["n", "n"]} for name in ("A", "B", "W_OV", "H_tr")} | {"eta": {"positive": True}}
MATRICES = Symbols.from_spec(MATRIX_SPEC)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=120, deadline=None)

numbers = st.one_of(
    st.integers(0, 999).map(lambda value: Number(str(value))),
    st.decimals(0, 99, places=2).map(lambda value: Number(format(value, "f"))),
)
leaves = st.one_of(numbers, st.sampled_from([Name(name) for name in SPEC]), st.just(Constant("pi")))


def larger(inner):
    operators = st.sampled_from(["+", "-", "*", "·", "", "/"])
    small = st.integers(0, 3).map(lambda value: Number(str(value)))
    return st.one_of(
        st.builds(Binary, operators, inner, inner),
        st.builds(lambda base, power: Binary("^", base, power), inner, st.one_of(small, st.just(Name("k")))),
        st.builds(Negative, inner),
        st.builds(Percent, inner),
        st.builds(
            lambda function, argument: Call(function, (argument,)),
            st.sampled_from(["log", "exp", "sqrt", "abs", "round", "floor", "ceil", "sin", "factorial", "sign"]),
            inner,
        ),
        st.builds(lambda x, y: Call("max", (x, y)), inner, inner),
        st.builds(lambda x: Call("log", (x, Number("2"))), inner),
        st.builds(lambda x: Call("root", (x, Number("3"))), inner),
    )


formulas = st.recursive(leaves, larger, max_leaves=12)
matrix_formulas = st.recursive(
    st.sampled_from([Name("A"), Name("B"), Name("W_OV"), Name("H_tr")]),
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*", ""]), inner, inner),
        st.builds(Transpose, inner),
        st.builds(Negative, inner),
        st.builds(lambda x: Binary("", Name("eta"), x), inner),
    ),
    max_leaves=8,
)
simple = st.recursive(
    st.one_of(
        st.integers(1, 9).map(lambda value: Number(str(value))), st.sampled_from([Name("k"), Name("m"), Name("x1")])
    ),
    lambda inner: st.builds(Binary, st.sampled_from(["+", "*", "/"]), inner, inner),
    max_leaves=8,
)  # fmt: skip


def readable(text, symbols=SYMBOLS):
    """The tree, where the reader's limits allow one."""
    try:
        return parse(text, symbols)
    except Unreadable as error:
        assume(not any(limit in error.message for limit in ("beyond", "deeper", "more than", "longer")))
        raise


@MANY
@given(formulas)
@example(Binary("", Binary("/", Number("1"), Number("2")), Name("k")))
@example(Binary("^", Negative(Name("k")), Number("2")))
@example(Binary("-", Name("k"), Negative(Name("m"))))
def test_what_is_written_reads_back(tree):
    assert readable(write(tree)) == tree


@MANY
@given(formulas)
def test_what_is_written_in_latex_reads_back(tree):
    assert readable(write_latex(tree)) == tree


@MANY
@given(matrix_formulas)
def test_matrices_read_back_in_text_and_latex(tree):
    assert readable(write(tree), MATRICES) == tree
    assert readable(write_latex(tree), MATRICES) == tree


relations = st.builds(
    lambda members, operators: Relation(tuple(members), tuple(operators[: len(members) - 1])),
    st.lists(formulas, min_size=2, max_size=3),
    st.lists(st.sampled_from(["=", "≠", "<", "≤", ">", "≥"]), min_size=2, max_size=2),
)


@MANY
@given(relations)
def test_relations_and_chains_read_back_in_text_and_latex(tree):
    assert readable(write(tree)) == tree
    assert readable(write_latex(tree)) == tree


REWRITINGS = [
    lambda e: Binary("+", e, Number("0")),
    lambda e: Binary("*", Number("1"), e),
    lambda e: Binary("/", Binary("*", e, Name("k")), Name("k")),
    lambda e: Binary("-", Binary("+", e, Name("m")), Name("m")),
    lambda e: Negative(Negative(e)),
    lambda e: Binary("^", Binary("^", e, Number("2")), Binary("/", Number("1"), Number("2"))),
    lambda e: Call("exp", (Call("log", (e,)),)),
    lambda e: Binary("/", Number("1"), Binary("/", Number("1"), e)),
    lambda e: Binary("/", Binary("^", e, Number("3")), Binary("^", e, Number("2"))),
]


@FEW
@given(simple, st.sampled_from(REWRITINGS), st.sampled_from(REWRITINGS))
def test_rewriting_by_an_identity_keeps_the_verdict(tree, first, second):
    assert compare(tree, second(first(tree)), SYMBOLS, 1).verdict == "equal"


@FEW
@given(simple, st.lists(st.sampled_from(REWRITINGS), min_size=1, max_size=3), st.booleans(), st.data())
def test_a_chain_is_right_exactly_if_every_member_is(tree, rewritings, spoilt, data):
    other = Binary("*", tree, Name("C_0"))
    members = [rewriting(data.draw(st.sampled_from([tree, other]))) for rewriting in rewritings]
    if spoilt:
        members.insert(data.draw(st.integers(0, len(members))), Binary("+", tree, Name("alpha")))
    question = Question("q", "expr", write(tree), SPEC, alternatives=(Alternative(write(other)),), labels=())
    text = " = ".join(f"({write(member)})" for member in members)
    assert decide(question, text).verdict == ("different" if spoilt else "equal")


MATRIX_REWRITINGS = [
    lambda e: Transpose(Transpose(e)),
    lambda e: Binary("-", Binary("+", e, Name("A")), Name("A")),
    lambda e: Binary("-", Binary("*", Number("2"), e), e),
    lambda e: Binary("/", Binary("*", e, Name("eta")), Name("eta")),
    lambda e: Binary("*", e, Name("I")),
    lambda e: Binary("+", Name("B"), Binary("-", e, Name("B"))),
]
MATRIX_CHANGES = [
    lambda e: Binary("+", e, Name("A")),
    lambda e: Binary("*", Name("eta"), e),
    lambda e: Binary("*", Call("max", (Name("eta"), Number("1e-9"))), e),
    lambda e: Binary("*", e, Name("B")),
    lambda e: Binary("+", e, Name("I")),
]
products = st.recursive(
    st.sampled_from([Name("A"), Name("B"), Name("W_OV")]),
    lambda inner: st.one_of(st.builds(Binary, st.sampled_from(["+", "*"]), inner, inner), st.builds(Transpose, inner)),
    max_leaves=5,
)


@FEW
@given(
    products, st.sampled_from(MATRIX_REWRITINGS), st.sampled_from(MATRIX_REWRITINGS), st.sampled_from(MATRIX_CHANGES)
)
def test_identities_of_matrices_keep_the_verdict_and_changes_flip_it(tree, first, second, change):
    question = Question("q", "matrix", write(tree), MATRIX_SPEC | {"I": {"identity": True}})
    assert decide(question, write(second(first(tree)))).verdict == "equal"
    assert decide(question, write(change(first(tree)))).verdict == "different"


TURNED = {"=": "=", "<": ">", "≤": "≥"}
BOTH_SIDES = [
    lambda side: Binary("+", side, Name("m")),
    lambda side: Binary("*", Number("3"), side),
    lambda side: Binary("/", side, Name("k")),
    lambda side: Binary("^", side, Number("3")),
    lambda side: Call("log", (side,)),
]


@settings(FEW, max_examples=12)
@given(simple, st.sampled_from(sorted(TURNED)), st.sampled_from(BOTH_SIDES), st.sampled_from(BOTH_SIDES), st.booleans())
def test_what_is_done_to_both_sides_changes_no_relation_and_what_is_done_to_one_does(tree, sign, first, second, turned):
    bound = Name("N_opt")
    question = Question("q", "equation", write(Relation((bound, tree), (sign,))), SPEC)
    sides = tuple(second(first(side)) for side in (bound, tree))
    asked = Relation(sides[::-1], (TURNED[sign],)) if turned else Relation(sides, (sign,))
    assert decide(question, write(asked)).verdict == "equal"
    spoilt = Relation((bound, Binary("*", tree, Number("1.000001"))), (sign,))
    assert decide(question, write(spoilt)).verdict == "different"
    strictness = {"<": "≤", "≤": "<", "=": "≠"}[sign]
    assert decide(question, write(Relation((bound, tree), (strictness,)))).verdict == "different"


CHANGES = [
    lambda e: Binary("+", e, Number("1e-30")),
    lambda e: Binary("*", e, Number("1.000000000000000000001")),
    lambda e: Negative(e),
    lambda e: Binary("*", e, Name("k")),
    lambda e: Binary("+", e, Name("m")),
    lambda e: Binary("^", Binary("+", e, Number("1")), Number("2")),
    lambda e: Call("max", (e, Number("1e7"))),
    lambda e: Call("sqrt", (Binary("+", e, Number("1")),)),
]


@FEW
@given(simple, st.sampled_from(CHANGES))
def test_a_change_flips_the_verdict(tree, change):
    changed = change(tree)
    at = list(points(SYMBOLS, frozenset(SPEC), 1, 10))
    differs = any(Evaluator(point, 60).value(tree) != Evaluator(point, 60).value(changed) for point in at)
    assume(differs)
    assert compare(tree, changed, SYMBOLS, 2).verdict == "different"


QUESTIONS = [
    Question("part.field", "expr", "4*k*(m + x1)", SPEC),
    Question("part.field", "matrix", "A*transpose(B)", MATRIX_SPEC),
    Question("part.field", "number", "20"),
    Question("part.field", "quantity", "2 GB"),
    Question("part.field", "set", "1-5"),
    Question("part.field", "equation", "k = m*x1", SPEC),
]
WORDS = r"""
k m x1 A B ^T ' ( ) [ ] { } | + - * / ^ ** = < ≤ ≈ , ; : . .. ... ! % $ & # @ \ \frac \sqrt \left( \right)
\sum_{i=1}^{3} \log_ \text{ } log sqrt round max 1 2e9 0.5 1e5 999 GB s token/min to - – ² ⁻¹ ½ ∞ é α _ _{ ^{
import __class__ lambda x: i e pi %pi
"""
pieces = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(QUESTIONS), st.one_of(pieces, st.text(max_size=60), pieces.map(lambda text: text.replace(" ", "")))
)
def test_nothing_that_is_typed_raises(question, text):
    decision = decide(question, text)
    assert decision.verdict in ("equal", "different", "invalid", "undecided")
    if decision.verdict == "invalid":
        assert decision.message
        assert decision.column is None or 1 <= decision.column <= len(text) + 1
    elif decision.reading is not None:
        assert read(question, decision.reading).reading == decision.reading


@MANY
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
                    max_leaves=5))  # fmt: skip
def test_answers_of_any_type_are_taken(answer):
    assert decide(QUESTIONS[2], answer).verdict in ("equal", "different", "invalid")


@FEW
@given(formulas)
def test_a_formula_equals_itself(tree):
    text = write(tree)
    readable(text)
    point = {name: value for name, value in next(points(SYMBOLS, frozenset(SPEC), 1, 1)).items()}
    try:
        Evaluator(point, 60).value(tree)
    except NoValue:
        return
    assert decide(Question("q", "expr", text, SPEC), text).verdict == "equal"
