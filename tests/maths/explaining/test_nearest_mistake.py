"""The nearest mistake: what an author foresaw, single slips, the simplest true statement, and never the answer."""

import pytest

from equivalence_table import SYMBOLS, rows  # isort: skip

from grader.maths.decide import decide
from grader.maths.explaining.nearest_mistake import mutations
from grader.maths.reading.question import Alternative, Mistake, Question, Tolerance

SIZES = SYMBOLS["sizes"]
LAWS = SYMBOLS["laws"]
OPTIMUM = "(alpha*A/(beta*B))**(1/(alpha+beta))*(C/C_0)**(beta/(alpha+beta))"


@pytest.mark.parametrize(
    ("symbols", "reference", "answer", "says"),
    [
        ("sizes", "4*k*(m+l)", "4k(m-l)", "a sign is flipped"),
        ("sizes", "4*k*(m+l)", "4km+l", "a bracket is missing"),
        ("sizes", "4*k*(m+l)", "4kml", "a product stands where a sum belongs"),
        ("sizes", "4*k*(m+l)", "32k(m+l)", "off by a constant factor 8"),
        ("sizes", "k/(m+l)", "(m+l)/k", "a fraction is upside down"),
        ("sizes", "2**n", "2^n - 1", "off by one"),
        ("laws", OPTIMUM, "(αA/(βB))^(1/(α+β)) (C/C_0)^(α/(α+β))", "alpha and beta are swapped in an exponent"),
        ("laws", OPTIMUM, OPTIMUM.replace("C/C_0", "C"), "a factor is missing"),
        ("laws", "A*C**alpha", "A*C**(2*alpha)", "right except for how it depends on C"),
        ("ranges", "round(q_min-r_min/S)", "q_min-r_min/S", "round is missing"),
        ("lora", "G*transpose(B)", "B G^T", "the whole looks transposed"),
        ("square", "M*P", "P*M", "two factors are in the wrong order"),
        ("square", "M*P", "M^T P", "a transpose is missing or too many"),
        ("ranges", "r_max = S*(q_max-Z)", "r_max = S(q_max+Z)", "a sign is flipped"),
    ],
)  # fmt: skip
def test_a_slip_is_named(symbols, reference, answer, says):
    kind = "matrix" if symbols in ("lora", "square") else "equation" if "=" in reference else "expr"
    decision = decide(Question("part.field", kind, reference, SYMBOLS[symbols]), answer)
    assert decision.verdict == "different"
    assert says in decision.message


@pytest.mark.parametrize("huge", ["1e400", "-1e400", "1e400*k", "k + 2e999", "1e400 % ", "1e-400", "k/1e400"])
def test_a_number_that_no_float_can_hold_is_another_answer(huge):
    assert decide(Question("part.field", "expr", "4*k", SYMBOLS["sizes"]), huge).verdict == "different"


@pytest.mark.parametrize(
    ("symbols", "reference", "answer"),
    [
        ("sizes", "4*k*(m+l)", "32k(m+l)"),
        ("sizes", "log(n)*(1-n)**k", "log(n)"),
        ("sizes", "k*log(k/m)-l", "k log(m/k)-l"),
        ("laws", "C = C_0*N*D", "C = C_0 N D (N-1)"),
    ],
)
def test_what_several_slips_explain_is_called_none_of_them(symbols, reference, answer):
    kind = "equation" if "=" in reference else "expr"
    message = decide(Question("part.field", kind, reference, SYMBOLS[symbols]), answer).message
    assert not any(word in message for word in ("bits", "depends on", "upside", "looks as if", "chain"))


@pytest.mark.parametrize(
    ("reference", "answer", "says"),
    [
        ("2 GB", "16 GB", "bits instead of bytes"),
        ("2 GB", "2 TB", "10^3"),
        ("2 h", "2 min", "1/60"),
        ("0.5 token/s", "2 token/s", "upside down"),
        ("2 GB", "-2 GB", "the sign is flipped"),
    ],
)
def test_a_slip_in_a_quantity_is_named(reference, answer, says):
    question = Question("part.field", "quantity", reference, tolerance=Tolerance(rel=0.01))
    assert says in decide(question, answer).message


def test_what_an_author_foresaw_comes_first_and_carries_its_credit():
    mistakes = (Mistake("4*m*k*l", "product of the two factors", 0.25), Mistake("4*k*m*l", "never reached"))
    decision = decide(Question("part.field", "expr", "4*k*(m+l)", SIZES, mistakes=mistakes), "4mkl")
    assert (decision.mistake, decision.message, decision.credit) == ("product of the two factors",) * 2 + (0.25,)


def test_a_mistake_whose_shapes_do_not_fit_is_still_recognised():
    question = Question("p.f", "matrix", "G*transpose(B)", SYMBOLS["lora"], mistakes=(Mistake("B*G", "order"),))
    assert decide(question, "B G").mistake == "order"
    assert "shapes do not fit" in decide(question, "G B").message


def test_an_equally_right_answer_has_a_tolerance_of_its_own():
    also = (Alternative("0.504", Tolerance(rel=0.005)),)
    question = Question("p.f", "number", "0.49", tolerance=Tolerance(rel=0.01), alternatives=also)
    verdicts = [decide(question, answer).verdict for answer in ("0.49", "0.494", "0.505", "0.51", "0.498")]
    assert verdicts == ["equal", "equal", "equal", "different", "different"]


def test_a_range_replaces_the_tolerance():
    question = Question("p.f", "quantity", "", unit="book", within=(1.5e7, 5e7))
    assert decide(question, "3e7 books").verdict == "equal"
    assert decide(question, "15 million").verdict == "equal"
    assert decide(question, "1e6 books").verdict == "different"
    assert "book is asked" in decide(question, "3e7 pages").message


@pytest.mark.parametrize(
    "edits", [slice(8), pytest.param(slice(8, 25), marks=pytest.mark.slow)], ids=["the first", "others"]
)
@pytest.mark.parametrize(
    "question", {row.question.reference: row.question for row in rows() if row.file != "hostile"}.values(),
    ids=lambda question: question.reference,
)  # fmt: skip
def test_every_single_edit_of_a_right_answer_is_rejected(question, edits):
    if question.kind in ("number", "quantity", "set"):
        assert list(mutations(question)) == []
        return
    edited = list(mutations(question))[edits]
    assert edited or edits.start
    verdicts = {answer: decide(question, answer).verdict for answer in edited}
    assert set(verdicts.values()) <= {"different"}, verdicts
