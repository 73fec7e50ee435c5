"""Formulas and numbers that students would read before they are asked for them are found; others are not."""

from pathlib import Path

import pytest

from grader.authoring import given_away
from grader.grading.worker_grader import Settings, grader_for

SETTINGS = Settings(Path(__file__).parents[2], bytes(32), "plain_process")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at most 2**bits of them", ["2**bits"]),
        ("the product $A B^\\top$ of both", ["A B^\\top"]),
        ("with `G @ B.T` for $dA = G B^T$", ["G @ B.T", "dA = G B^T", " G B^T"]),
        ("about 148349 tokens, 5 of them", ["148349"]),
        ("X: (d, n), tokens in columns. Returns (d, n).", []),
        ("weights of magnitude 1 or less", []),
    ],
)
def test_what_is_tried_of_a_text(text, found):
    assert list(given_away._formulas(text)) == found


@pytest.fixture(scope="module")
def settled():
    yield grader_for(SETTINGS).assignment
    grader_for(SETTINGS).executor.close()


def faults(problem, monkeypatch, *texts):
    if texts:
        monkeypatch.setattr(given_away, "_texts", lambda problem: iter([("a text", text) for text in texts]))
    return {trial.name: trial.fault for trial in given_away.given_away(SETTINGS, problem) if trial.fault}


@pytest.mark.parametrize(
    ("problem", "text", "field"),
    [
        ("q7", "Returns the centroids, at most 2**bits of them.", "q7b_ii.count"),
        ("q7", "$(r_{max} - r_{min}) / (q_{max} - q_{min})$", "q7b_iv.S"),
        ("q7", "$q_{min} - r_{min}/S$", "q7b_v.Z_exact"),
        ("q7", "A 4-bit index can name 16 values.", "q7b_i.count"),
        ("q2", "The logits are `W_U @ W_E @ T`.", "q2a_i.logits"),
        ("q5", "It takes 41.667 s per token.", "q5g.gpt6_seconds"),
    ],
)
def test_an_answer_in_a_text_is_found(problem, text, field, settled, monkeypatch):
    (fault,) = [said for name, said in faults(problem, monkeypatch, text).items() if name == field]
    assert fault.startswith("what is asked stands in a text: ")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("q7", "from -2**(bits-1) to 2**(bits-1) - 1"),
        ("q2", "W_O: list of H matrices (d_model, d_head). Returns (d_model, H * d_head)."),
        ("q5", "The battery holds 148 units."),
    ],
)
def test_shapes_ranges_and_givens_are_no_answers(problem, text, settled, monkeypatch):
    assert faults(problem, monkeypatch, text) == {}


@pytest.mark.slow
def test_no_text_of_the_homework_says_what_is_asked(settled, monkeypatch):
    assert {problem.id: faults(problem.id, monkeypatch) for problem in settled.problems} == {
        problem.id: {} for problem in settled.problems
    }
