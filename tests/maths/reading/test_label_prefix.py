"""Labels: taken off where they name what is asked, refused where they name something else."""

import pytest

from grader.maths.decide import decide
from grader.maths.reading.question import Question

SPEC = {name: {"positive": True} for name in ("A", "N", "N_opt", "phi_i", "C")}


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("N_opt", "N_opt"),
        ("N_opt", r"N_{\mathrm{opt}}"),
        ("N_opt", "N_{opt}^{*}"),
        ("N_opt", "n_opt"),
        ("dL_dN", "dL/dN"),
        ("dL_dN", r"\frac{dL}{dN}"),
        ("dL_dN", r"\frac{\partial L}{\partial N}"),
        ("dL_dN", "∂L/∂N"),
        ("grad_A", "dL/dA"),
        ("grad_A", r"\nabla_A L"),
        ("grad_A", "∇_A"),
        ("L_of_N", "L(N)"),
        ("inner", "inner"),
        ("break_even", "break even"),
    ],
)
def test_a_label_that_names_the_field_is_taken_off(field, label):
    assert decide(Question(f"part.{field}", "expr", "A*C", SPEC), f"{label} = A C").verdict == "equal"


@pytest.mark.parametrize(
    ("field", "text"),
    [("N_opt", "N = A C"), ("N_opt", "D_opt = A C"), ("bytes", "memory = A C"), ("dL_dN", "dL/dD = A C")],
)
def test_a_label_that_names_something_else_is_refused_by_name(field, text):
    decision = decide(Question(f"part.{field}", "expr", "A*C", SPEC), text)
    assert decision.verdict == "invalid"
    assert f"give {field} alone" in decision.message


def test_an_author_may_name_other_labels():
    question = Question("part.bytes", "expr", "A*C", SPEC, labels=("memory", "M"))
    assert [decide(question, text).verdict for text in ("memory = A C", "M: A C", "size = A C")] == [
        "equal",
        "equal",
        "invalid",
    ]


def test_what_the_right_answer_holds_is_a_member_of_a_chain():
    question = Question("part.bytes", "expr", "A*C", SPEC, labels=None)
    assert [decide(question, text).verdict for text in ("A = A C", "A C = C A", "2A C = A C")] == [
        "different",
        "equal",
        "different",
    ]
