"""What must never be accepted, and its neighbours that must be: jumps and bends, constants, coefficients, functions."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.maths.decide import QuestionError, decide
from grader.maths.reading.question import Alternative, Question, Tolerance

REAL, POSITIVE, COUNT = {"real": True}, {"positive": True}, {"positive": True, "integer": True}
SYMBOLS = {
    **{name: REAL for name in ("x", "y", "c", "u", "v", "w")},
    **{name: POSITIVE for name in ("a", "b", "eta", "p")},
    "_constraints": ["p < 1"],
    **{name: COUNT for name in ("m", "n", "k", "q")},
    "z": {"integer": True},
    "f": {"function": True},
    "g": {"function": "relu"},
    "A": {"matrix": ["r", "r"]},
    "B": {"matrix": ["r", "r"]},
    "I": {"identity": True},
}


def decision(reference: str, answer: str, kind: str = "expr"):
    return decide(Question("case", kind, reference, SYMBOLS, labels=None), answer)


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("ceil(n/128)*128", "(floor(n/128)+1)*128"),
        ("ceil(n/7)", "floor((n+5)/7)"),
        ("n", "n + floor((n-37)/128) - floor((n-38)/128)"),
        ("x+y", "x+y+max(0,min(x,y)-5)"),
        ("x", "x + max(0, min(x-700, 701-x))"),
        ("x", "x + max(0,1-(x-7)^2-(y-9)^2)"),
        ("a", "max(a, 10^-20)"),
        ("a", "min(a, 10^30)"),
        ("floor(x)", "ceil(x)-1"),
        ("ceil(x)-floor(x)", "1"),
        ("round(x)", "floor(x+1/2)"),
        ("floor(x)+floor(y)", "floor(x+y)"),
        ("max(x,y)", "max(x,y,x+y-10^4)"),
        ("min(m,n)", "min(m,n,5000)"),
        ("sign(n-50)", "sign(n-51)"),
        ("floor(n/k)", "ceil((n-k)/k)"),
        ("x", "x+max(0,min(1,x-10^17))"),
        ("n", "n+floor(n/(10^17+1))-floor(n/(10^17+2))"),
        ("floor(10^20*sqrt(2)*x)", "floor(10^20*sqrt(2)*x)+1/10^9"),
        ("n", "n+1-ceil(sin(pi*n/37)^2)"),
        ("n^2", "n^2 + 0^(n-1)"),
        ("abs(x)", "abs(x) + 1 - sign(abs(x))"),
        ("max(x,y)", "max(x,y) + 1 - abs(sign(x-y))"),
        ("floor(e^x)", "ceil(e^x)-1"),
        ("1", "abs(sign(x^2-2))"),
        ("x", "x+sign(x^5-x-1)^2-1"),
        ("x+y", "x+y+sign(x-sqrt(2)*y)^2-1"),
        ("floor(sqrt(n))", "ceil(sqrt(n))-1"),
        ("p*x", "x*min(p, 1-10^-9)"),
        ("x^2", "x^2 + 0^(x^2)"),
        ("x+y", "x + y + (x-x)^((x-y)^2)"),
        ("n", "n + 0^((n-777)^2)"),
        ("x", "x^2/max(0,x)"),
        ("x", "max(0,x)^2/max(0,x) + min(0,x)"),
        ("abs(x)", "2*x^2/(x + |x|)"),
        ("1 if x > 0 else 0", "max(0,x)/max(0,x)"),
        ("x^2", "x^2/1[x > -10^6]"),
        ("x^2", "x^2 + log(1[x < 7])"),
        ("x+y", "x + y/1[x < y]"),
        ("x/(1-p^n)", "x/(1-p^min(n,1000))"),
        ("x+y+c+u", "x+y+c+u+max(0,min(x,y,c,u)-5)"),
        ("x+y+c+u", "x+y+c+u+max(0,min(x-1000,1001-x,y+500,-499-y,c-70,71-c,u-3,4-u))"),
        ("x*y*c", "x*y*c+max(0,min(x+y+c-100,101-x-y-c,x-y-300,301-x+y,x+y-c-10,11-x-y+c))"),
        ("x+y+c+u", "x+y+c+u+max(0,1-(x-7)^2-(y-9)^2-(c-11)^2-(u-13)^2)"),
        ("max(x,y)+max(c,u)", "max(x+c,x+u,y+c)"),
    ],
)
def test_a_difference_in_one_cell_or_on_one_border_is_found(reference, answer):
    assert decision(reference, answer).verdict == "different"


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("ceil(n/7)", "floor((n+6)/7)"),
        ("floor(n/k)", "ceil((n-k+1)/k)"),
        ("ceil(n/k)", "-(-n//k)"),
        ("floor(-n/3)", "-n//3"),
        ("abs(asinh(x))", "asinh(|x|)"),
        ("floor(x)", "-ceil(-x)"),
        ("floor(2*x)", "floor(x)+floor(x+1/2)"),
        ("abs(x-y)", "max(x,y)-min(x,y)"),
        ("n", "n + sin(pi*n)"),
        ("sign(x^2-2)", "sign(|x|-sqrt(2))"),
        ("sign(e^x-2)", "sign(x-ln 2)"),
        ("floor(e^x)", "floor(1/e^(-x))"),
        ("floor(sqrt(n))", "ceil(sqrt(n+1))-1"),
        ("(-1)^n", "1-2*(n-2*floor(n/2))"),
        ("min(x,y,c,u)*b", "b min(u,min(c,min(y,x)))"),
        ("max(x,y)+max(c,u)", "max(x+c,x+u,y+c,y+u)"),
        ("abs(x)+abs(y)+abs(c)+abs(u)", "max(x,-x)+max(y,-y)+max(c,-c)+max(u,-u)"),
        ("ceil(m/k)*ceil(n/q)", "floor((m+k-1)/k) (floor((n-1)/q)+1)"),
    ],
)
def test_what_agrees_in_every_cell_is_accepted_and_says_how_much_was_visited(reference, answer):
    found = decision(reference, answer)
    assert found.verdict == "equal"
    assert found.known == "proven" or (found.cells >= 1 and found.points >= 8)


@pytest.mark.slow
def test_where_corners_cannot_all_be_reached_a_person_decides():
    bent = [f"max(0, {one}*{other} - {number})" for number, one, other in zip("1234", "xycu", "ycuv", strict=True)]
    folded = [f"(|{one}*{other} - {number}| + {one} {other} - {number})/2" for number, one, other in
              zip("1234", "xycu", "ycuv", strict=True)]  # fmt: skip
    assert decision("+".join(bent[:2]), "+".join(folded[:2])).verdict == "equal"
    assert decision("+".join(bent), "+".join(folded)).verdict in ("equal", "undecided")
    hidden = "max(0, min(x y - 1, y c - 2, c u - 3, u v - 4, 50 - x^2 - y^2 - c^2 - u^2 - v^2) - 10)"
    assert decision("x*y", f"x y + {hidden}").verdict != "equal"


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("2**300", "2^300+1", "different"),
        ("factorial(52)", "52!+1", "different"),
        ("1", "1-2^(-400)", "different"),
        ("1", "tanh(200)", "different"),
        ("pi/2", "atan(10^45)", "different"),
        ("exp(-100)", "cosh(100)-sinh(100)", "equal"),
        ("sqrt(2)+sqrt(3)", "sqrt(5+2sqrt(6))", "equal"),
        ("sqrt(2)+sqrt(3)", "sqrt(5+2sqrt(6)+10^-80)", "different"),
        ("0", "sin(pi)", "equal"),
        ("0", "1-tanh(100)", "different"),
    ],
)
def test_constants_are_compared_until_their_gap_is_settled(reference, answer, verdict):
    assert decision(reference, answer, "number").verdict == verdict


@pytest.mark.parametrize("answer", ["x+1/cosh(300)", "x*tanh(150)", "x+exp(-500)/(1+x^2)", "x+10^-60"])
def test_a_term_however_small_makes_a_difference(answer):
    assert decision("x", answer).verdict == "different"


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("c*A", "min(c,100)*A", "different"),
        ("c*A", "sqrt(c^2) A", "different"),
        ("c*A", "A c", "equal"),
        ("A*B/sqrt(n)", "A B", "different"),
        ("A*B/sqrt(n)", "A B / n^(1/2)", "equal"),
        ("A/pi", "A", "different"),
        ("floor(n/2)*A", "ceil((n-1)/2) A", "equal"),
        ("floor(n/2)*A", "(n-1)/2 A", "different"),
        ("A-A", "0", "equal"),
        ("2*I", "2", "different"),
        ("2*I", "I+I", "equal"),
        ("A+I", "A+1", "different"),
        ("(1-eta)*I", "1-eta", "different"),
        ("(1-eta)*I", "I - eta I", "equal"),
    ],
)
def test_coefficients_of_matrices_are_compared_as_scalars_are(reference, answer, verdict):
    assert decision(reference, answer, "matrix").verdict == verdict


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("f(x+y)", "f(y+x)", "equal"),
        ("f(x+y)-f(x)", "f y", "invalid"),
        ("a*x", "a(x)", "invalid"),
        ("a*(x+1)", "a(x+1)", "equal"),
        ("f(x+y)-f(x)", "f(x)+f(y)-f(x)", "different"),
        ("f(2*x)", "2f(x)", "different"),
        ("f(abs(x))", "f(sqrt(x^2))", "equal"),
        ("f(x)", "f(|x|)", "different"),
        ("g(x)", "max(0,x)", "equal"),
        ("g(x)", "|x|", "different"),
    ],
)
def test_a_declared_function_is_no_factor(reference, answer, verdict):
    found = decision(reference, answer)
    assert found.verdict == verdict, found


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("x = 0", "1-cos(x)=0", "different"),
        ("x = 0", "x^2 = 0", "equal"),
        ("x = 0", "e^x-1-x=0", "equal"),
        ("x = 2", "(x-2)(e^x-5)^2=0", "different"),
        ("x = 2", "(x-2)(e^(2x)-10e^x+25)=0", "different"),
        ("x = 2", "(x-2)^3=0", "equal"),
        ("x = 1", "(x-1)(x-1.00001)=0", "different"),
        ("x = 1", "x = 1+10^-50", "different"),
        ("a = b", "ln a = ln b", "equal"),
        ("a = b", "(a-b)(a-7)=0", "different"),
        ("x*y = 1", "(xy-1)|y-4|=0", "different"),
        ("sin(x) = 0", "cos(x)^2=1", "equal"),
        ("sin(x) = 0", "sin(2x)=0", "different"),
        ("x**2 < 2", "x^2<2.0000001", "different"),
        ("x**2 < 2", "-sqrt(2)<x<sqrt(2)", "equal"),
        ("x**2 < 2", "-sqrt(2)<x<=sqrt(2)", "different"),
        ("eta < 2/a", "0 < eta < 2/a", "equal"),
        ("eta < 2/a", "eta <= 2/a", "different"),
        ("n > 5", "n >= 6", "equal"),
        ("n > 5", "n >= 7", "different"),
        ("z > 2", "z >= 3", "equal"),
        ("x > 0", "e^x > 1", "equal"),
        ("x > 0", "1/x > 0", "equal"),
        ("x >= 0", "1/x >= 0", "different"),
        ("x != 1", "(x-1)^2 > 0", "equal"),
        ("abs(x) < 1", "-1<x<1", "equal"),
        ("x+y=0", "(x+y)((x-1)^2+(y-2)^2)=0", "different"),
        ("x<y", "(x-y)(c^2+u^2)<0", "different"),
        ("x<y", "e^x<e^y", "equal"),
        ("x^3=10^51", "x^3=10^51+1", "different"),
        ("x^3=10^51", "x=10^17", "equal"),
        ("x < 10^17", "x<10^17+1", "different"),
        ("e^x<10^17", "x<17 ln 10", "equal"),
        ("e^x<10^17", "x<17 ln 10+10^-40", "different"),
        ("a = b*eta", "ln a = ln b + ln eta", "equal"),
        ("cos(x)=1", "sin(x/2)=0", "equal"),
        ("cos(x)=1", "sin(x)=0", "different"),
        ("n*k>=3", "n k>2.5", "equal"),
        ("n/k>=3", "ceil(n/k)>=3", "different"),
        ("a > 0", "a>10^-60", "different"),
        ("-2 < x < 2", "0 < |x| < 2", "different"),
        ("-2 < x < 2", "(-2, 0) ∪ (0, 2)", "different"),
        ("x < 0", "|x| = -x", "different"),
        ("x < 0", "x - |x| < 0", "equal"),
        ("x < y", "max(x, y) = y", "different"),
        ("x <= y", "max(x, y) = y", "equal"),
        ("x < 2", "sign(x-2)^2 - sign(x-2) > 0", "equal"),
        ("x <= 2", "|sign(x-2)| > sign(x-2)", "different"),
        ("max(x, y, c) > 0", "max(x, y, c) > 0 and |x-y|+|y-c| > 0", "different"),
        ("x = 0", "asinh(x) = 0", "equal"),
        ("x > 0", "asinh(x) > 0", "equal"),
        ("x < 1", "atanh(x) < 5", "different"),
        ("log(x) = ln(2)/2", "sqrt(x^2-2) + x = x", "different"),
        ("x = sqrt(2)", "asin(x^2-1) = pi/2", "different"),
        ("x^2 = 2", "asin(x^2-1) = pi/2", "equal"),
        ("x^2 = 3", "sqrt(3-x^2) + sqrt(x^2-3) = 0", "equal"),
        ("y = sqrt(x)", "y^2 = x and y >= 0", "equal"),
        ("x > 0", "0*log(x) = 0", "equal"),
        ("x > 0", "log(x) = log(x)", "equal"),
        ("-1 <= x <= 1", "asin(x) = asin(x)", "equal"),
        ("x = y", "sqrt(x) = sqrt(y)", "different"),
    ],
)
def test_relations_are_compared_by_where_they_are_true(reference, answer, verdict):
    assert decision(reference, answer, "equation").verdict == verdict


@pytest.mark.parametrize("answer", ["X = A^{-1} Y", "A^T A X = A^T Y"])
def test_what_holds_for_invertible_matrices_alone_is_a_persons_to_decide(answer):
    symbols = {"A": SYMBOLS["A"], "X": {"matrix": ["r", 1]}, "Y": {"matrix": ["r", 1]}}
    assert decide(Question("case", "equation", "A*X = Y", symbols, labels=None), answer).verdict == "undecided"


@pytest.mark.parametrize("reference", ["a(x+y)-a(x)", "2*eta(x)", "x + n (x) + n(2)"])
def test_what_looks_like_a_call_of_a_number_is_an_authors_mistake(reference):
    with pytest.raises(QuestionError, match=r"column \d+: \w+\(…\) looks like a call"):
        decision(reference, "x")


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("A + I", "A + I_r", "equal"),
        ("A + I", "I_{r} + A", "equal"),
        ("A - 2*I", "A - 2 I_r", "equal"),
        ("A*B", "A I_r B", "equal"),
        ("A*B", "A I_r B I", "equal"),
        ("A + I_r", "A + I", "equal"),
        ("A + I_r", "A + x*I_r", "different"),
        ("A + I", "A + 2 I_r", "different"),
        ("A + I", "A - I_r", "different"),
        ("x*A", "x^T A", "equal"),
        ("x*A*B", "A (x y^T)^T B/y", "equal"),
        ("x*A", "(x + 1)^T A", "different"),
        ("inverse(A)*A - I", "0", "equal"),
        ("inverse(A)*A - I", "A - A", "equal"),
        ("0", "A^{-1}A - I_r", "equal"),
        ("inverse(A)*A - I", "1", "different"),
        ("inverse(A) - A", "0", "different"),
        ("inverse(A)*A - I + B", "B - 0", "equal"),
        ("inverse(A)*A - I - B", "0 - B", "equal"),
    ],
)
def test_an_identity_with_its_size_is_that_identity_and_a_zero_has_every_size(reference, answer, verdict):
    assert decision(reference, answer, "matrix").verdict == verdict


@pytest.mark.parametrize("tolerance", [Tolerance(rel=0.0), Tolerance(abs=0.0), Tolerance(), None])
@pytest.mark.parametrize(
    ("kind", "reference", "answer", "verdict"),
    [
        ("expr", "log(a*b)", "log(a) + log(b)", "equal"),
        ("expr", "log(a*b)", "log(a) + log(b) + 10^-70", "different"),
        ("number", "sqrt(6)", "sqrt(2)*sqrt(3)", "equal"),
        ("number", "sqrt(6)", "2.4494897427831781", "different"),
        ("number", "1/3", "0.333333", "different"),
        ("number", "100", "≈ 99.5", "different"),
        ("number", "100", "100 = 99.5", "different"),
        ("number", "100", "100 ≈ 99.5", "equal"),
    ],
)
def test_a_tolerance_of_nothing_asks_for_equality(tolerance, kind, reference, answer, verdict):
    question = Question("case", kind, reference, SYMBOLS, labels=None, tolerance=tolerance)
    assert decide(question, answer).verdict == verdict


@pytest.mark.parametrize(
    ("name", "reference", "answer", "verdict"),
    [
        ("gamma", "gamma(x+1)", "x*gamma(x)", "different"),
        ("gamma", "gamma(x+1)", "gamma(1+x) + 0", "equal"),
        ("gamma", "gamma(x)", "Γ(x)", "different"),
        ("gamma", "Gamma(x)", "γ(x)", "different"),
        ("gamma", "gamma(x) + Gamma(x)", "Γ(x) + γ(x)", "equal"),
        ("zeta", "zeta(2)*x", "pi^2/6*x", "different"),
        ("erf", "erf(-x)", "-erf(x)", "different"),
        ("erf", "erf(-x)", "erf(x - 2*x)", "equal"),
        ("sign", "sign(x)", "1", "different"),
        ("h", "h(x+1)", "x*h(x)", "different"),
    ],
)
def test_a_declared_function_is_no_other_of_its_name(name, reference, answer, verdict):
    question = Question("case", "expr", reference, {"x": POSITIVE, name: {"function": True}}, labels=None)
    assert decide(question, answer).verdict == verdict


def test_dots_are_read_whatever_letters_are_declared():
    symbols = {letter: COUNT for letter in "ijklpqrtuvn"}
    question = Question("case", "expr", "n*(n+1)/2", symbols)
    assert decide(question, "1 + 2 + ... + n").verdict == "equal"
    assert decide(question, "2 + 3 + ... + n").verdict == "different"


def test_a_domain_without_any_whole_number_tells_nothing():
    symbols = {"n": {"integer": True}, "_constraints": ["n > 1/5", "n < 4/5"]}
    assert decide(Question("case", "expr", "n^2", symbols), "n*n + 1").verdict == "undecided"


@pytest.mark.parametrize(
    ("kind", "reference", "answer", "verdict"),
    [
        ("expr", "floor(2*x)", "floor(x) + floor(x+1/2) + i*i + 1", "equal"),
        ("expr", "floor(2*x)", "floor(x) + floor(x+1/2) + i*i", "different"),
        ("expr", "abs(x) + max(x,y)", "max(x,-x) + max(x,y)*i^4", "equal"),
        ("expr", "sign(x-1)", "sign(x+i^2)", "equal"),
        ("equation", "floor(2*x) = 3", "floor(x) + floor(x+1/2) = 5 + i*i", "different"),
    ],
)
def test_borders_are_found_beside_complex_constants(kind, reference, answer, verdict):
    question = Question("case", kind, reference, {"x": REAL, "y": REAL, "i": {"imaginary": True}}, labels=None)
    assert decide(question, answer).verdict == verdict


@pytest.mark.parametrize("answer", ["log(0)*0 + x + y", "x + y + 0/(x-x)"])
def test_what_has_no_value_anywhere_is_different(answer):
    assert decision("x+y", answer).verdict in ("different", "invalid")


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("n+1", "(n^2-1)(n-2)/((n-1)(n-2))"),
        ("x", "x*(x-7)/(x-7)"),
        ("a", "a(a-b)/(a-b)"),
        ("x", "x/sign(x)^2"),
        ("x+y", "(x^2-y^2)/(x-y)"),
        ("1/max(0,x)", "max(0,x)/max(0,x)^2"),
    ],
)
def test_a_pole_at_single_values_is_read_over(reference, answer):
    assert decision(reference, answer).verdict == "equal"


def test_every_member_of_a_chain_may_be_any_accepted_form():
    question = Question("case", "expr", "min(m, n)", SYMBOLS, alternatives=(Alternative("n"),), labels=None)
    answers = ("min(m, n) = n", "n = min(n, m)", "min(m, n) = m", "n = n", "n = m")
    assert [decide(question, answer).verdict for answer in answers] == [
        "equal", "equal", "different", "equal", "different",
    ]  # fmt: skip


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@FEW
@given(st.integers(2, 60), st.data())
def test_a_change_at_one_residue_flips_the_verdict(modulus, data):
    residue = data.draw(st.integers(0, modulus - 1))
    right = f"floor(n/{modulus})"
    assert decision(right, f"ceil((n-{modulus - 1})/{modulus})").verdict == "equal"
    bump = f"floor((n-{residue})/{modulus}) - floor((n-{residue + 1})/{modulus})"
    assert decision(right, f"{right} + {bump}").verdict == "different"


@FEW
@given(st.integers(-(10**6), 10**6), st.integers(1, 1000), st.sampled_from(["x", "y", "x+y", "x-2y"]))
def test_a_change_inside_one_cell_flips_the_verdict(start, width, along):
    changed = f"x y + max(0, min({along} - ({start}), {start + width} - ({along})))"
    assert decision("x*y", changed).verdict == "different"


@FEW
@given(st.integers(1, 60), st.sampled_from(["max(0, {} - 10^{})", "max(0, -{} - 10^{})", "max(0, 10^-{1} - |{0}|)"]))
def test_a_change_beyond_any_distance_flips_the_verdict(power, change):
    assert decision("x+y", f"x+y+{change.format('x', power)}").verdict == "different"
