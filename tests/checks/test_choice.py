"""An option is chosen by its id or by what its text says, never by letters alone."""

import pytest

from grader.checks.base import PartFacts
from grader.checks.choice import ChoiceCheck, ChoiceSpec
from grader.files.author_code import AuthorCode
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


CLAIMS = """
def square(option, rng):
    x = rng.uniform(-2, 2)
    return {"never_negative": x * x >= 0, "larger": x * x > x, "none_of_these": False, "itself": x * x == x}[option]
"""


def choice(tmp_path, right, *options, function="square"):
    """A choice between options whose claims can be tried."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "__init__.py").touch()
    (tmp_path / "reference" / "claims.py").write_text(CLAIMS)
    written = {"kind": "choice", "asks": "A square is", "options": dict.fromkeys(options, "…"), "right": right}
    spec = ChoiceSpec.model_validate(written | {"tries": f"reference.claims:{function}"})
    return ChoiceCheck(PartFacts("q1", "q1a", {}, AuthorCode(tmp_path)), "square", spec)


def tried(tmp_path, right, *options):
    """What is said of claims that do not hold where they should."""
    check = choice(tmp_path, right, *options)
    assert check.problems() == [], "a class that is to be graded waits for these"
    return [(claim.place, claim.fault) for claim in check.claims() if claim.fault]


def test_options_that_are_right_where_they_should_be_need_no_word(tmp_path):
    assert tried(tmp_path, "never_negative", "never_negative", "larger", "itself") == []


def test_a_right_option_that_fails_on_numbers_is_told_with_how_often(tmp_path):
    (((where, key), says),) = tried(tmp_path, "larger", "larger", "itself")
    assert (where, key) == ("options", "larger")
    assert "is right, yet what it says held of" in says
    assert "of 20 draws" in says


def test_another_option_that_always_holds_is_told(tmp_path):
    found = dict(tried(tmp_path, "larger", "larger", "never_negative"))
    assert "is not right, yet what it says held of 20 of 20 draws" in found["options", "never_negative"]


def test_an_option_that_nobody_can_try_is_told_with_its_place(tmp_path):
    ((place, says),) = tried(tmp_path, "never_negative", "never_negative", "other")
    assert place == ("options", "other")
    assert "breaks on this option: claims.py:" in says


def test_a_function_that_does_not_exist_is_told(tmp_path):
    ((place, _),) = choice(tmp_path, "larger", "larger", "itself", function="cube").problems()
    assert place == ("tries",)
