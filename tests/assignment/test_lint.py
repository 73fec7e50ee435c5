"""What an author should mend that shows only when right answers and mistakes are judged, each where it stands."""

import pytest

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.errors import JudgeError, SpecError


@pytest.fixture
def complaints(tiny, judge):
    """What is said about the small assignment after one replacement, as (line, column, sentence)."""

    def tried(old, new):
        path = tiny / "problems" / "tiny.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        try:
            lint(load_assignment(tiny), judge)
        except SpecError as error:
            return [(told.line, told.column, told.what) for told in error.diagnostics]
        return []

    return tried


def test_a_sound_assignment_has_none(complaints):
    assert complaints("title: Tiny", "title: Tiny") == []


def test_a_model_answer_in_another_form_is_proven_equal(complaints):
    assert complaints("        mistakes:\n", "        shown: k*m\n        mistakes:\n") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "says"),
    [
        ("expect: reference.tiny:size\n", "expect: reference.tiny:nothing\n", 15, 9, "nothing"),
        ("{m: positive integer, k: positive integer}", "{m: positive integer}", 15, 9, "cannot be used"),
        ("answer: m + k, says", "answer: k*m, says", 17, 14, "is listed as a mistake but is right"),
        ("answer: m + k, says", "answer: m + z, says", 17, 14, "cannot be read: 'z' is not a name"),
        ("        mistakes:\n", "        shown: m*k + 1\n        mistakes:\n", 16, 9, "is not proven equal"),
        ("        mistakes:\n", "        shown: m*(k\n        mistakes:\n", 16, 9, "never closed"),
        ("answer: m + k, says", "answer: k(m + 1), says", 17, 14, "looks like a call, but k is a number"),
        ("        mistakes:\n", "        also: [{answer: m + (}]\n        mistakes:\n", 16, 17, "cannot be read"),
    ],
)
def test_a_slip_is_told_where_it_stands(complaints, old, new, line, column, says):
    found = complaints(old, new)
    assert any(said[:2] == (line, column) and says in said[2] for said in found), found


@pytest.mark.parametrize(
    ("symbols", "advised"),
    [
        ("m: positive integer, A: matrix k x 3", True),
        ("A: matrix k x k, B: identity m x m", True),
        ("m: positive integer, k: positive integer, A: matrix z x n", True),
        ("m: positive integer, A: matrix n x n", False),
    ],
)
def test_a_size_that_answers_hold_must_be_declared(complaints, symbols, advised, tiny):
    path = tiny / "problems" / "tiny.yaml"
    path.write_text(path.read_text().replace("answer: m + k,", "answer: m + z,"))
    told = [what for *_, what in complaints("m: positive integer, k: positive integer", symbols)]
    assert any("is not a name of this question" in what for what in told), told
    assert any("declare it, too, if answers may hold it" in what for what in told) is advised, told


def test_one_question_that_cannot_be_used_does_not_hide_the_others(complaints):
    found = complaints(
        "        mistakes:\n          - {answer: m + k, says: this is half the perimeter}\n      bytes:",
        "        mistakes:\n          - {answer: m*k, says: right after all}\n      bytes:",
    )
    assert [said[2] for said in found] == ["'m*k' is listed as a mistake but is right"]


def test_a_judge_that_cannot_start_is_no_fault_of_an_author(tiny):
    class Broken:
        def decide(self, question, answer, previous):
            raise JudgeError("the judge's worker does not start")

    with pytest.raises(JudgeError, match="does not start"):
        lint(load_assignment(tiny), Broken())
