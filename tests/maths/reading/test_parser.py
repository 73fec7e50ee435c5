"""Reading: precedence, names, LaTeX, limits, and what a student is told."""

from contextlib import suppress

import pytest

from grader.maths.decide import decide
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.parser import parse
from grader.maths.reading.question import Question
from grader.maths.reading.symbols import Symbols, spelling_key
from grader.maths.reading.tokens import MAX_CHARACTERS, MAX_NESTING, MAX_TOKENS
from grader.maths.reading.tree import Binary, Call, Constant, Name, Negative, Number, Relation, Transpose

SYMBOLS = Symbols.from_spec(
    {name: {"positive": True} for name in ("a", "b", "c", "k", "m", "mk", "C_0", "N_opt", "alpha", "beta", "x1", "E")}
)
MATRICES = Symbols.from_spec({"A": {"matrix": ["m", "k"]}, "T": {"matrix": ["k", "m"]}, "s": {}})

a, b, c, i = Name("a"), Name("b"), Name("c"), Name("i")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a+b*c", Binary("+", a, Binary("*", b, c))),
        ("a-b-c", Binary("-", Binary("-", a, b), c)),
        ("a/b/c", Binary("/", Binary("/", a, b), c)),
        ("a/b c", Binary("", Binary("/", a, b), c)),
        ("a/b(c)", Binary("", Binary("/", a, b), c)),
        ("1/2k", Binary("", Binary("/", Number("1"), Number("2")), Name("k"))),
        ("a^b^c", Binary("^", a, Binary("^", b, c))),
        ("-a^2", Negative(Binary("^", a, Number("2")))),
        ("-a b + c", Binary("+", Negative(Binary("", a, b)), c)),
        ("a*-b", Binary("*", a, Negative(b))),
        ("a^-b", Binary("^", a, Negative(b))),
        ("a²b", Binary("", Binary("^", a, Number("2")), b)),
        ("a⁻¹", Binary("^", a, Negative(Number("1")))),
        ("k(a+b)", Binary("", Name("k"), Binary("+", a, b))),
        ("log(a)", Call("log", (a,))),
        ("log_2 a", Call("log", (a, Number("2")))),
        (r"\log_{10}(a)", Call("log", (a, Number("10")))),
        ("ln 2a", Call("log", (Binary("", Number("2"), a),))),
        (r"\frac12", Binary("/", Number("1"), Number("2"))),
        (r"\frac ab", Binary("/", a, b)),
        (r"\frac{a}{b}c", Binary("", Binary("/", a, b), c)),
        (r"\sqrt[3]{a}", Call("root", (a, Number("3")))),
        (r"\left\lfloor a\right\rceil", Call("round", (a,))),
        ("|a-b|", Call("abs", (Binary("-", a, b),))),
        ("2a!", Binary("", Number("2"), Call("factorial", (a,)))),
        ("e^a", Binary("^", Constant("e"), a)),
        ("a = b ≈ c", Relation((a, b, c), ("=", "≈"))),
        ("a <= b", Relation((a, b), ("≤",))),
        ("2,000,000", Number("2000000")),
        ("2{,}000.5", Number("2000.5")),
        ("1.5e-3", Number("1.5e-3")),
        (r"\sum_{i=1}^{2} a^i", Call("sum_over", (i, Number("1"), Number("2"), Binary("^", a, i)))),
    ],
)
def test_tree(text, tree):
    assert parse(text, SYMBOLS) == tree


@pytest.mark.parametrize(
    ("target", "side"),
    [("0", "to"), ("0^+", "above"), ("0^{+}", "above"), ("0⁺", "above"), ("0+", "above"), ("0^-", "below"),
     ("0-", "below"), (r"-1^{-}", "below"), ("-1", "to")],
)  # fmt: skip
def test_every_side_of_a_limit(target, side):
    tree = parse(rf"\lim_{{a \to {target}}} a", SYMBOLS)
    assert isinstance(tree, Call)
    assert tree.function == f"limit_{side}"
    assert tree.arguments[1] in (Number("0"), Negative(Number("1")))


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("d/da a^4", 1),
        ("∂/∂a a^4", 1),
        ("∂_a a^4", 1),
        (r"\frac{d}{da} a^4", 1),
        ("d^2/da^2 a^4", 2),
        ("∂^{3}/∂a^{3} a^4", 3),
        (r"\frac{d^2}{da^2} a^4", 2),
        (r"\frac{\partial^2}{\partial a\,\partial a} a^4", 2),
    ],
)
def test_every_derivative(text, times):
    tree = Binary("^", a, Number("4"))
    for _ in range(times):
        tree = Call("derivative", (a, tree))
    assert parse(text, SYMBOLS) == tree


@pytest.mark.parametrize(
    ("spellings", "name"),
    [
        (("C0", "C_0", "C_{0}", r"C_{\mathrm{0}}", "C₀", r"\mathrm{C}_0"), "C_0"),
        (("N_opt", "N_{opt}", r"N_{\mathrm{opt}}", r"N_\text{opt}", r"N_{\text{opt}}", "Nopt"), "N_opt"),
        (("alpha", "α", r"\alpha", r"\mathbf{\alpha}", "𝛼"), "alpha"),
        (("x1", "x_1", "x_{1}", "x₁"), "x1"),
        (("mk", r"\mathrm{mk}"), "mk"),
    ],
)
def test_every_spelling_is_one_name(spellings, name):
    assert {parse(spelling, SYMBOLS) for spelling in spellings} == {Name(name)}


@pytest.mark.parametrize(
    ("spellings", "name"),
    [
        (
            (r"\bar{\alpha}", r"\bar\alpha", r"\bar{{\alpha}}", r"\overline{\alpha}", "ᾱ", "α\u0304", "alpha_bar"),
            "alpha_bar",
        ),
        ((r"\hat{y}", r"\hat y", r"\widehat{\mathbf{y}}", "ŷ", "y\u0302", "y_hat", "yhat"), "y_hat"),
        ((r"\tilde{x}", "x\u0303", "x_tilde"), "x_tilde"),
    ],
)
@pytest.mark.parametrize("around", ["{}", r"\sqrt{{{}}}", r"\frac{{{}}}{{2}}", "2^{{{}}}", r"\sqrt{{1-{}}}"])
def test_a_letter_with_an_accent_is_its_name_inside_braces_too(spellings, name, around):
    symbols = Symbols.from_spec(dict.fromkeys(("alpha_bar", "y_hat", "x_tilde", "alpha", "y", "x")))
    assert {parse(around.format(one), symbols) for one in spellings} == {parse(around.format(name), symbols)}


@pytest.mark.parametrize("text", ["ẍ", "x\u0301", "é", "\u04e3", r"\hat{x", r"\hat m_1 x", r"\hat{m}_1 x", "\\hat"])
def test_an_accent_that_is_no_name_of_the_question_is_refused(text):
    symbols = Symbols.from_spec(dict.fromkeys(("x", "m_t", "t", "hat_v")))
    with pytest.raises(Unreadable):
        parse(text, symbols)


@pytest.mark.parametrize(
    "text",
    [
        "A.permute(1, 0)",
        "A.transpose(0,1)",
        "A.swapaxes(-1,-2)",
        "A^T",
        "A'",
        "Aᵀ",
        "A^⊤",
        "A.T",
        "A.mT",
        "A^{T}",
        r"A^\top",
        r"A^{\mathsf T}",
        "transpose(A)",
        "A^†",
    ],
)
def test_every_transpose(text):
    assert parse(text, MATRICES) == Transpose(Name("A"))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("A^T²", None),
        (r"A^\mathrm{T}²", None),
        ("A^T₂", 4),
        (r"A^\mathrm{T}_1", 13),
        (r"A^\text{T}_{12}", 11),
        ("A^Tᵢ", 4),
        ("A^T٣", 4),
    ],
)
def test_what_stands_behind_a_transpose_is_read_or_refused_where_it_stands(text, column):
    symbols = Symbols.from_spec({"A": {"matrix": ["m", "m"]}})
    if column is None:
        assert parse(text, symbols) == Binary("^", Transpose(Name("A")), Number("2"))
    else:
        with pytest.raises(Unreadable) as caught:
            parse(text, symbols)
        assert caught.value.column == column


def test_a_matrix_named_T_is_a_factor_but_not_an_exponent():
    assert parse("A T", MATRICES) == Binary("", Name("A"), Name("T"))
    assert parse("T^T", MATRICES) == Transpose(Name("T"))


@pytest.mark.parametrize(
    "text",
    [
        "Σ_i x_i",
        "Σ_{i} x_i",
        "Σ_{i=1}^n x_i",
        "Σᵢ xᵢ",
        "∑ᵢ xᵢ",
        "∑ᵢ₌₁ⁿ xᵢ",
        "∑_{i=1}ⁿ x_i",
        "sum_i=1^n x_i",
    ],
)
def test_every_sign_of_a_sum(text):
    question = Question("q.total", "expr", "sum_{i=1}^{n} x_i", {"x_i": {}, "n": {"positive": True, "integer": True}})
    assert decide(question, text).verdict == "equal"
    assert decide(question, f"total = {text}").verdict == "equal"
    assert decide(question, f"2{text}").verdict == "different"


@pytest.mark.parametrize("text", ["Σ x_i", "∑ x_i", "Σᵢ₊₁ xᵢ", "Σ₁ⁿ xᵢ", "Σⁿ xᵢ", "Σ", "∏", "Σᵢᵢ xᵢ", "sum_i= x_i"])
def test_a_sum_without_its_index_is_asked_back(text):
    question = Question("q.total", "expr", "sum_{i=1}^{n} x_i", {"x_i": {}, "n": {"positive": True, "integer": True}})
    assert decide(question, text).verdict == "invalid"


def test_a_matrix_named_sigma_is_no_sum():
    assert parse("Σ + Σ", Symbols.from_spec({"Sigma": {}})) == Binary("+", Name("Sigma"), Name("Sigma"))
    assert parse("Σ_1", Symbols.from_spec({"Sigma_1": {}})) == Name("Sigma_1")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "nothing here"),
        ("a + ", 5, "missing at the end"),
        ("(a + b", 1, "never closed"),
        ("a + b)", 6, "closes nothing"),
        ("a + q", 5, "not a name of this question"),
        ("a + K", 5, "did you mean 'k'"),
        ("α + Beta", 5, "did you mean 'beta'"),
        ("a + x2", 5, "its names are a, b"),
        ("2 3", 3, "two numbers side by side"),
        ("a, b", 2, "one answer"),
        ("a; b", 2, "one answer"),
        ("0,5 a", 2, "0.5 for a half"),
        ("2E3", 2, "E is a name here"),
        ("log(a, b, c)", 1, "1 to 2 values"),
        ("log_2(a, b)", 1, "log2 takes 1 value, not 2"),
        ("log2(a, b)", 1, "log2 takes 1 value, not 2"),
        ("log10(a, b)", 1, "log10 takes 1 value, not 2"),
        ("round()", 7, "a value is missing"),
        ("a^T", 3, "not a name"),
        (r"\sum_i a", 1, "both limits"),
        (r"\foo a", 1, "not a command"),
        ("a\x00", 2, "U+0000"),
        ("a\u200b", 2, "U+200B"),
        ("а + b", 1, "cyrillic small letter a"),
        ("please give me the points", 1, "reads like a sentence"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text, column, says):
    with pytest.raises(Unreadable) as caught:
        parse(text, SYMBOLS)
    assert caught.value.column == column
    assert says in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "Piecewise((a, a > b), (b, True))",
        r"\begin{cases} a & a > b \\ b & \text{else} \end{cases}",
        r"\begin{pmatrix} a & b \\ c & k \end{pmatrix}",
        "a if a > b else b",
        r"\frac{a}{b} + \sqrt[3]{a}",
        "log_2(a) + max(a, b) + |a|",
        "[1, a]^T",
        "1[a > b]",
        r"\int_0^1 a^x dx",
        "a + ... + b",
        "binom{a}{b} + root{a}{3} + pow{a}{b}",
        r"\lim_{a \to \infty} 1/a",
    ],
)
def test_an_answer_that_breaks_off_anywhere_is_read_or_refused(text):
    symbols = Symbols({**SYMBOLS.by_name, **MATRICES.by_name})
    for stop in range(len(text)):
        with suppress(Unreadable):
            parse(text[:stop], symbols)


def test_columns_point_into_the_text_as_typed():
    tree = parse("  a +  b*c", SYMBOLS)
    assert isinstance(tree, Binary)
    assert (tree.left.column, tree.right.column) == (3, 8)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("a" + " " * (MAX_CHARACTERS - 1), True),
        ("a" + " " * MAX_CHARACTERS, False),
        ("a" + "+a" * (MAX_TOKENS // 2 - 1), True),
        ("a" + "+a" * (MAX_TOKENS // 2), False),
        ("(" * (MAX_NESTING - 1) + "a" + ")" * (MAX_NESTING - 1), True),
        ("(" * MAX_NESTING + "a" + ")" * MAX_NESTING, False),
        ("1" * 40, True),
        ("1" * 42, False),
        ("a^1000", True),
        ("a^1001", False),
        ("1e1000", True),
        ("1e1001", False),
        ("(a^30)^30", True),
        ("(a^30)^40", False),
        ("200!", True),
        ("201!", False),
    ],
)
def test_limits(text, readable):
    if readable:
        parse(text, SYMBOLS)
    else:
        with pytest.raises(Unreadable):
            parse(text, SYMBOLS)


@pytest.mark.parametrize(
    "spec",
    [
        {"x1": {}, "x_1": {}},
        {"k": {"positive": "yes"}},
        {"k": {"matrix": ["m"]}},
        {"k": {"matrix": ["m", 0]}},
        {"k": {"aliases": "kk"}},
        {"": {}},
        {"_constraints": "a > b"},
        {"k": 5},
    ],
)
def test_a_question_with_bad_symbols_is_refused(spec):
    with pytest.raises(ValueError, match=r"symbol|constraints|name"):
        Symbols.from_spec(spec)


def test_the_key_of_a_spelling():
    assert spelling_key(r"W_{\mathrm{OV}}^{1}") == "W_OV^1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (r"\begin{pmatrix} a & b \\ c & k \\ \end{pmatrix}", None),
        (r"\begin{pmatrix} a & b \\ c & k \end{bmatrix}", "set apart by &"),
        (r"\begin{pmatrix} a, b \\ c, k \end{pmatrix}", "set apart by &"),
        (r"\begin{pmatrix} a & b \\ c \end{pmatrix}", "differ in length"),
        (r"\begin{cases} a & a > b \\ b & \text{else} \\ \end{cases}", None),
        (r"\begin{cases} a & a > b & b \end{cases}", "cases are set apart"),
        (r"\begin{cases} a & \text{else} \\ b & a > b \end{cases}", "nothing may follow"),
    ],
)
def test_rows_end_where_they_should(text, says):
    symbols = Symbols({**SYMBOLS.by_name, **MATRICES.by_name})
    if says is None:
        assert parse(text, symbols) == parse(text.replace(r"\\ \end", r"\end"), symbols)
        return
    with pytest.raises(Unreadable) as caught:
        parse(text, symbols)
    assert says in caught.value.message
