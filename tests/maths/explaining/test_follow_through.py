"""Follow-through: right given the student's own earlier answers, and identities among them."""

from dataclasses import replace

import pytest

from grader.maths.decide import decide, evaluate, holds, read
from grader.maths.reading.question import Mistake, Question, Tolerance

LAWS = {name: {"positive": True} for name in ("A", "B", "C", "C_0", "D", "N", "L_0", "alpha", "beta", "N_opt")}
SIZES = {name: {"positive": True, "integer": True} for name in ("m", "k", "l")}
RANGES = {"r_max": {}, "r_min": {}, "q_max": {"integer": True}, "q_min": {"integer": True}, "S": {"positive": True},
          "Z": {"integer": True}, "_constraints": ["r_max > r_min", "q_max > q_min"]}  # fmt: skip
OPTIMUM = "(alpha*A/(beta*B))**(1/(alpha+beta))*(C/C_0)**(beta/(alpha+beta))"
SLOPE = "-alpha*A*N**(-alpha-1)+beta*B*(C_0/C)**beta*N**(beta-1)"

BYTES = Question("p.bytes", "expr", "4*k*(m+l)", SIZES, follows="4*params", mistakes=(Mistake("4*m*k*l", "a product"),))
FRACTION = Question("p.fraction", "expr", "k*(m+l)/(m*l)", SIZES, follows="bytes/full_bytes")
EVEN = Question("p.even", "expr", "m*l/(m+l)", SIZES, follows="solve(bytes - full_bytes, k)")
DERIVATIVE = Question("p.dL_dN", "expr", SLOPE, LAWS, follows="diff(L_of_N, N)")
ROOT = Question("p.N_opt", "expr", OPTIMUM, LAWS, follows="solve(dL_dN, N)")
REST = Question("p.D_opt", "expr", "(beta*B/(alpha*A))**(1/(alpha+beta))*(C/C_0)**(alpha/(alpha+beta))", LAWS,
                follows="subst(D, N, N_opt)")  # fmt: skip
SCALE = Question("p.S", "expr", "(r_max-r_min)/(q_max-q_min)", RANGES, follows="solve(r_max_eq, r_min_eq, S, Z)")
ROUNDED = Question("p.Z", "expr", "round(q_min-r_min/S)", RANGES, follows="round(Z_exact)")


@pytest.mark.parametrize(
    ("question", "answer", "previous"),
    [
        (BYTES, "4mkl", {"params": "mkl"}),
        (BYTES, "4mkl", {"params": "params = m k l"}),
        (FRACTION, "k", {"bytes": "4mkl", "full_bytes": "4ml"}),
        (EVEN, "1", {"bytes": "4mkl", "full_bytes": "4ml"}),
        (replace(EVEN, follows="solve(bytes = full_bytes, k)"), "1", {"bytes": "4mkl", "full_bytes": "4ml"}),
        (replace(EVEN, follows="subst(diff(bytes, k), l, m + 1)"), "4m(m+1)", {"bytes": "4mkl"}),
        (DERIVATIVE, "-αA N^(-α-1) + βB N^(β-1)/C^β", {"L_of_N": "L(N) = A N^-α + B (N/C)^β + L_0"}),
        (DERIVATIVE, "ln N + 1 + e^N", {"L_of_N": "N ln N + exp(N)"}),
        (DERIVATIVE, "1/(2 sqrt(N)) - 1/N^2", {"L_of_N": "sqrt(N) + 1/N"}),
        (ROOT, "(αA/(βB))^(1/(α+β)) C^(β/(α+β))", {"dL_dN": "dL/dN = -αA N^(-α-1) + βB N^(β-1)/C^β"}),
        (ROOT, "(αA/(βB))^(1/(α+β)) C^(β/(α+β))", {"dL_dN": "-αA N^(-α-1) + βB N^(β-1)/C^β = 0"}),
        (REST, "(βB/(αA))^(1/(α+β)) C^(α/(α+β))/C_0", {"D": "C/(C_0 N)", "N_opt": "(αA/(βB))^(1/(α+β)) C^(β/(α+β))"}),
        (SCALE, "(q_max-q_min)/(r_max-r_min)", {"r_max_eq": "q_max = r_max S + Z", "r_min_eq": "q_min = r_min S + Z"}),
        (ROUNDED, "round(q_min + r_min/S)", {"Z_exact": "q_min + r_min/S"}),
    ],
)
def test_right_given_what_stands_before(question, answer, previous):
    decision = decide(question, answer, previous)
    assert (decision.verdict, decision.follows, decision.mistake) == ("equal", True, None)
    assert decide(question, answer, {}).verdict == "different"


LOSS = "A*N**(-alpha)+B*(C_0*N/C)**beta+L_0"
RIGHTS = {"L_of_N": LOSS, "dL_dN": SLOPE}


@pytest.mark.parametrize(
    ("question", "answer", "previous", "carried"),
    [
        (DERIVATIVE, "-αA N^(-α-1) + βB N^(β-1)/C^β", {"L_of_N": "A N^-α + B (N/C)^β + L_0"}, True),  # C_0 forgotten
        (DERIVATIVE, "-αA N^(-α-1) + βB C_0 N^(β-1)/C^β", {"L_of_N": "A N^-α + B C_0 (N/C)^β + L_0"}, True),
        (ROOT, "(βA/(αB))^(1/(α+β)) (C/C_0)^(β/(α+β))",
         {"dL_dN": "-βA N^(-α-1)+αB (C_0/C)^β N^(β-1)"}, True),  # factors swapped
        (DERIVATIVE, "N - 1", {"L_of_N": "N^2/2 - N"}, False),
        (DERIVATIVE, "0", {"L_of_N": "0"}, False),
        (DERIVATIVE, "1", {"L_of_N": "N"}, False),
        (ROOT, "1", {"dL_dN": "N - 1"}, False),
        (ROOT, "C", {"dL_dN": "N - C"}, False),
    ],
)  # fmt: skip
def test_an_honest_slip_is_carried_on_and_what_says_nothing_is_not(question, answer, previous, carried):
    given = {name: right for name, right in RIGHTS.items() if name in previous}
    assert (decide(replace(question, rights=given), answer, previous).verdict == "equal") is carried


@pytest.mark.parametrize(
    ("question", "answer", "previous"),
    [
        (BYTES, "8mkl", {"params": "mkl"}),
        (BYTES, "4mkl", {"params": "k(m+l)"}),
        (BYTES, "4mkl", {"params": "((("}),
        (FRACTION, "k", {"full_bytes": "4ml"}),
        (EVEN, "m", {"bytes": "4mkl", "full_bytes": "4ml"}),
        (EVEN, "7", {"bytes": "4ml", "full_bytes": "4ml"}),
        (DERIVATIVE, "N^2", {"L_of_N": "N^3"}),
        (ROOT, "C", {"dL_dN": "0"}),
        (ROOT, "N", {"dL_dN": "-αA N^(-α-1) + βB N^(β-1)/C^β"}),
        (REST, "D", {"N_opt": "C"}),
        (SCALE, "1/(q_max-q_min)", {"r_max_eq": "r_max = S(q_max - Z)", "r_min_eq": "r_min = S(q_min - Z)"}),
        (SCALE, "(r_max-r_min)/q_max", {"r_max_eq": "r_max = S(q_max - Z)"}),
    ],
)
def test_wrong_given_what_stands_before(question, answer, previous):
    assert decide(question, answer, previous).verdict == "different"


def test_a_right_answer_is_right_whatever_stands_before():
    decision = decide(BYTES, "4k(m+l)", {"params": "mkl"})
    assert (decision.verdict, decision.follows) == ("equal", False)


def test_a_mistake_is_named_only_where_nothing_explains_the_answer():
    assert decide(BYTES, "4mkl", {"params": "mkl"}).mistake is None
    assert decide(BYTES, "4mkl", {"params": "k(m+l)"}).mistake == "a product"


def test_a_number_follows_from_a_computed_reference():
    question = Question("p.usd", "quantity", "18.18", {}, Tolerance(rel=0.05), unit="USD", follow_reference="36.0")
    assert decide(question, "$36").follows
    assert decide(question, "$18.18").follows is False
    assert decide(question, "36 s").verdict == "different"


def test_a_matrix_follows():
    spec = {"A": {"matrix": ["n", "n"]}, "B": {"matrix": ["n", "n"]}}
    question = Question("p.second", "matrix", "A*B*A", spec, follows="first*A")
    assert decide(question, "B A A", {"first": "B A"}).follows


@pytest.mark.parametrize(
    ("statement", "previous", "verdict"),
    [
        ("C_0*N_opt*D_opt = C", {"N_opt": OPTIMUM, "D_opt": REST.reference}, "equal"),
        ("C_0*N_opt*D_opt = C", {"N_opt": "C", "D_opt": "1"}, "different"),
        ("subst(dL_dN, N, N_opt) = 0", {"dL_dN": SLOPE, "N_opt": "N_opt = " + OPTIMUM}, "equal"),
        ("subst(dL_dN, N, N_opt) = 0", {"dL_dN": SLOPE, "N_opt": "2 " + OPTIMUM}, "different"),
        ("subst(dL_dN, N, N_opt) = 0", {"dL_dN": SLOPE + " = 0", "N_opt": OPTIMUM}, "equal"),
        ("subst(dL_dN, N, N_opt) = 0", {"dL_dN": "0 = " + SLOPE, "N_opt": OPTIMUM}, "equal"),
        ("subst(dL_dN, N, N_opt) = 0", {"dL_dN": "N + A = 0", "N_opt": OPTIMUM}, "different"),
        ("subst(dL_dN, N, N_opt) = 0", {"dL_dN": SLOPE + " = 0", "N_opt": "3"}, "different"),
        ("diff(L_of_N, N) = dL_dN", {"L_of_N": "N^3", "dL_dN": "3N^2"}, "equal"),
        ("C_0*N_opt*D_opt = C", {"N_opt": "C"}, "invalid"),
        ("C_0*N_opt*D_opt = C", {"N_opt": "C", "D_opt": "((("}, "invalid"),
    ],
)
def test_identities_among_the_students_own_answers(statement, previous, verdict):
    assert holds(Question("p.holds", "equation", "", LAWS), statement, previous).verdict == verdict


@pytest.mark.parametrize(
    ("statement", "own", "verdict"),
    [
        ("W*A = I", "A^{-1}", "equal"),
        ("W*A = I", "A^T", "different"),
        ("trace(W) = trace(A)", "A^T", "equal"),
        ("trace(W) = trace(A)", "2A", "different"),
        ("transpose(W)*W = I", "Q", "equal"),
        ("transpose(W)*W = I", "A", "different"),
        ("W = transpose(W)", "D", "equal"),
        ("W = transpose(W)", "A", "different"),
        ("W*W = I", "D", "different"),
    ],
)
def test_identities_of_matrices_use_their_structure(statement, own, verdict):
    square = {"matrix": ["n", "n"]}
    symbols = {
        "A": square,
        "D": {**square, "diagonal": True},
        "Q": {**square, "orthogonal": True},
        "I": {"identity": True},
    }
    assert holds(Question("p.holds", "equation", "", symbols), statement, {"W": own}).verdict == verdict


@pytest.mark.parametrize(
    ("statement", "own", "verdict"),
    [
        ("v + w = [1, 1]", "[0, 1]", "equal"),
        ("v + w = [1, 1]", "(0; 1)", "invalid"),
        ("v + w = [1, 1]", "[1, 0]", "different"),
        ("v = w", "[1, 0]", "equal"),
        ("v = w", "[1, 0, 0]", "different"),
        ("transpose(v)*w = 0", "[0, 5]", "equal"),
        ("transpose(v)*w = 0", "[1, 5]", "different"),
        ("v + w = 0", "[-1, 0]", "equal"),
        ("v + w = 0", "[1, 0]", "different"),
        ("0 = v - w", "[1, 0]", "equal"),
    ],
)
def test_identities_of_vectors_need_no_declared_matrix(statement, own, verdict):
    question = Question("p.holds", "matrix", "")
    assert holds(question, statement, {"v": "[1, 0]", "w": own}).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"), [("[3, 5]", "equal"), ("[2, 3]", "equal"), ("(2, 3)^T", "equal"), ("[4, 4]", "different")]
)
def test_a_vector_follows_from_one_that_was_written_out(answer, verdict):
    question = Question("p.w", "matrix", "[3, 5]", follows="v + [1, 1]")
    assert decide(question, answer, {"v": "[1, 2]"}).verdict == verdict


def test_an_identity_of_numbers_has_the_questions_tolerance():
    question = Question("p.holds", "equation", "", {}, Tolerance(rel=0.01))
    assert holds(question, "6*c_N*c_D = 1", {"c_N": "0.5987", "c_D": "0.2784"}).verdict == "equal"
    assert holds(question, "6*c_N*c_D = 1", {"c_N": "1.345", "c_D": "0.744"}).verdict == "different"


def test_a_formula_is_evaluated_at_points():
    question = Question("p.bytes", "expr", "", SIZES)
    points = [{"k": "2", "m": "3", "l": "4"}, {"k": "2", "m": "1e3", "l": "0.5"}, {"k": "2"}]
    assert evaluate(question, "bytes = 4k(m+l)/3", points) == ["18.66666666666666666666667", "2668.0", None]
    for unusable in ("4k(", "(" * 500, "1...1...1...1...1...1", "k, for k*1e-900*1e-900*1e-900 > 0"):
        assert evaluate(question, unusable, points) == [None, None, None]


def test_a_reading_decides_nothing():
    question = Question("p.time", "quantity", "", {}, unit="s")
    assert (read(question, "3 min").verdict, read(question, "3 min").value) == ("undecided", "180")
    assert read(question, "3 minutos").verdict == "invalid"
