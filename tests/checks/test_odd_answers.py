"""Odd spellings of answers to this homework: what is accepted, what is refused with what to type, what is wrong."""

from pathlib import Path

import pytest
from homework import ASSIGNMENT

from grader.checks.base import Context
from grader.maths import decide as in_process
from grader.records import Verdict
from grader.submission.model import Answer, Submission

from tables import read_table  # isort: skip

TABLE = read_table(Path(__file__).parents[1] / "cases" / "odd_answers.yaml")
CHECKS = {check.id: check for part in ASSIGNMENT.parts for check in part.checks}
VERDICTS = {
    "accepted": Verdict.CORRECT, "partly": Verdict.PARTIAL, "wrong": Verdict.WRONG, "refused": Verdict.UNREADABLE,
}  # fmt: skip
ROWS = [
    pytest.param(field, typed, VERDICTS[decision], id=f"{field}: {typed}"[:70])
    for field, decisions in TABLE.items()
    for decision, answers in decisions.items()
    for typed in answers
]


@pytest.mark.parametrize(("field", "typed", "verdict"), ROWS)
def test_an_odd_answer_is_decided_as_the_table_says(field, typed, verdict):
    part, _, name = field.partition(".")
    submission = Submission("odd", {}, {(part, name): Answer(typed)})
    outcome = CHECKS[field].judge_text(Context(submission, in_process, b"odd"), typed)
    assert outcome.verdict is verdict, outcome
    assert verdict is not Verdict.UNREADABLE or outcome.message


@pytest.mark.parametrize(
    ("counted", "typed", "verdict"),
    [
        ("zero_based", "49-70", Verdict.CORRECT),
        ("Zero based", "49-70", Verdict.CORRECT),
        ("`zero-based`.", "49-70", Verdict.CORRECT),
        ("From 0", "49-70", Verdict.CORRECT),
        ("from 0.", "50-71", Verdict.WRONG),
        ("From 1", "50-71", Verdict.CORRECT),
        ("one_based", "49-70", Verdict.WRONG),
        ("neither", "50-71", Verdict.CORRECT),
        ("", "50-71", Verdict.CORRECT),
    ],
)
def test_an_answer_that_goes_by_a_choice_goes_by_the_option_that_was_meant(counted, typed, verdict):
    submission = Submission("odd", {}, {("q6a", "base"): Answer(counted), ("q6a", "outputs"): Answer(typed)})
    assert CHECKS["q6a.outputs"].judge_text(Context(submission, in_process, b"odd"), typed).verdict is verdict
