"""An option is chosen by its id or by what its text says, never by letters alone."""

import pytest

from grader.checks.choice import ChoiceCheck, ChoiceSpec
from grader.records import Verdict

SPEC = ChoiceSpec.model_validate(
    {
        "kind": "choice",
        "asks": "Which way?",
        "right": "raise_rank",
        "options": {
            "raise_rank": "raise the rank k of the adapter",
            "lower_rank": "lower the rank k of the adapter",
            "freeze_more": "freeze more layers",
        },
    }
)


def read(text):
    return ChoiceCheck(None, "q1a.knob", SPEC).read_text(None, text)


@pytest.mark.parametrize(
    "text", ["raise_rank", "Raise the rank", "raise rank k", "Raise the rank k of the adapter.", "the rank: raise it"]
)
def test_the_meaning_of_an_option_chooses_it(text):
    assert read(text).reading == "raise_rank"


@pytest.mark.parametrize(
    "text", ["higher rank", "rank", "not raise the rank", "raise or lower the rank", "raise the learning rate", "A"]
)
def test_what_is_no_option_is_unreadable_and_not_led_to_another(text):
    found = read(text)
    assert found.verdict == Verdict.UNREADABLE
    assert "did you mean" not in found.message


def test_a_slip_of_spelling_is_pointed_out():
    assert "did you mean 'lower_rank'" in read("lowr_rank").message
